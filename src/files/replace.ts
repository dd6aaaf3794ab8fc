/** Puts a new content in a file's place: after a crash at any moment the file holds the one or the other, whole. */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { dirname, join } from 'node:path';

const ANY_WRITE = 0o222;
const PERMISSIONS = 0o777;
const DENIED: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS']);

function attempt(action: () => void): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}

/** What the new file has to look like. Throws where the old one must not be replaced. */
function mayReplace(path: string): Stats {
  const stats = statSync(path);
  if (!stats.isFile()) throw new Error('it is no regular file');
  // To rename asks only the folder, and root is asked nothing; a file marked read-only is meant to stay as it is.
  const isWritable = (stats.mode & ANY_WRITE) !== 0 && attempt(() => closeSync(openSync(path, 'r+')));
  if (!isWritable) throw new Error('it is read-only');
  return stats;
}

/** Only root gives files away, and others only to their own groups: what the system does not allow is left. */
function keepOwner(descriptor: number, { uid, gid }: Stats): void {
  if (!attempt(() => fchownSync(descriptor, uid, gid))) attempt(() => fchownSync(descriptor, -1, gid));
}

function openBeside(temporary: string): number {
  try {
    return openSync(temporary, 'wx', 0o600);
  } catch (error) {
    if (!DENIED.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    throw new Error('its folder is read-only', { cause: error });
  }
}

function writeBeside(temporary: string, content: string, stats: Stats): void {
  const descriptor = openBeside(temporary);
  try {
    writeFileSync(descriptor, content);
    keepOwner(descriptor, stats);
    fchmodSync(descriptor, stats.mode & PERMISSIONS);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Replaces a file's content by renaming a new file over it; permissions and, where allowed, owner are kept, a symbolic link
 * stays one and its target is replaced. Other hard links to the file keep the old content; access control lists and extended
 * attributes are not kept. Throws, and leaves the file as it was, where it does not hold `before`, is read-only or no
 * regular file, or where the system refuses. No temporary file is left, but by a kill; its name begins with a dot.
 */
export function replaceFile(path: string, before: string, after: string): void {
  const stats = mayReplace(path);
  const target = realpathSync(path);
  const temporary = join(dirname(target), `.dropcap-${randomUUID()}.tmp`);
  try {
    writeBeside(temporary, after, stats);
    // Last, so that the time in which another's change could be lost is as short as it can be.
    if (!readFileSync(target).equals(Buffer.from(before))) throw new Error('it was changed meanwhile');
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
