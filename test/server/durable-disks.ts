/** Small disks that fill up or stop answering, for tests. They need root, and a kernel that lets it mount. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const done = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;

/** A disk of 8 MB with a file system of its own. */
export interface Disk {
  readonly folder: string;
  /** Leaves no byte, until `drain`. */
  readonly fill: () => void;
  readonly drain: () => void;
  /** Whoever writes waits, until `thaw`. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** Waits until nobody uses it any more. */
  readonly remove: () => Promise<void>;
}

/** Mounts a disk at a new folder; undefined where that is not possible here. */
export function mountDisk(folder: string): Disk | undefined {
  const image = `${folder}.img`;
  writeFileSync(image, '');
  truncateSync(image, 8 * 1024 * 1024);
  mkdirSync(folder);
  if (!done('mkfs.ext4', '-q', '-F', image) || !done('mount', '-o', 'loop', image, folder)) return undefined;
  const ballast = join(folder, 'ballast');
  const thaw = (): void => void done('fsfreeze', '-u', folder);
  return {
    folder,
    fill: () => {
      spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=1k']);
      const { bavail, bsize } = statfsSync(folder);
      if (bavail * bsize > 0) throw new Error(`${bavail * bsize} bytes are left`);
    },
    drain: () => rmSync(ballast),
    freeze: () => {
      if (!done('fsfreeze', '-f', folder)) throw new Error('cannot be frozen');
    },
    thaw,
    remove: async () => {
      thaw();
      while (!done('umount', folder)) await sleep(20);
      rmSync(image);
    },
  };
}

/** Can disks be mounted and frozen here? */
export async function canMount(folder: string): Promise<boolean> {
  const disk = mountDisk(folder);
  const can = disk !== undefined && done('fsfreeze', '-f', folder);
  await disk?.remove();
  rmSync(folder, { recursive: true, force: true });
  rmSync(`${folder}.img`, { force: true });
  return can;
}
