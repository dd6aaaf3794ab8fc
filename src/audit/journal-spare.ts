/** Segments of zeros, made ahead: to overwrite a block is one write, to lengthen a file is one of its length, too. */
import { open, rename, statfs, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

// In steps with pauses: what answers wait for would wait behind all of it.
const STEP = Buffer.alloc(256 * 1024);
const PAUSE_MS = 10;
/** What is made ahead takes at most this part of the room that is left: records come first. */
const PART = 1 / 8;

async function hasRoom(folder: string, bytes: number): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder);
  return bytes <= bavail * bsize * PART;
}

async function fill(path: string, bytes: number, signal: AbortSignal): Promise<void> {
  if (!(await hasRoom(dirname(path), bytes)))
    throw new Error(`${path}: no room for ${bytes} bytes that are not needed yet`);
  const file = await open(path, 'w', 0o600);
  try {
    for (let at = 0; at < bytes; at += STEP.length) {
      await file.write(STEP, 0, Math.min(STEP.length, bytes - at), at);
      await file.datasync();
      await sleep(PAUSE_MS, undefined, { signal });
    }
  } finally {
    await file.close();
  }
}

/** One file that waits to become the next segment of a journal. Nobody waits for it: without it a segment starts empty. */
export class Spare {
  readonly #path: string;
  readonly #bytes: number;
  readonly #closing = new AbortController();
  #making: Promise<void> | undefined;
  #isReady = false;

  constructor(folder: string, bytes: number) {
    this.#path = join(folder, 'spare');
    this.#bytes = bytes;
  }

  /** Begins to make one, where there is none. A disk that has no room for it gets back what was taken of it. */
  make(): void {
    if (this.#isReady || this.#making) return;
    this.#making = fill(this.#path, this.#bytes, this.#closing.signal)
      .then(() => void (this.#isReady = true))
      .catch(() => unlink(this.#path).catch(() => undefined))
      .finally(() => void (this.#making = undefined));
  }

  /** Gives it a name of its own. False where there is none yet. */
  async become(path: string): Promise<boolean> {
    if (!this.#isReady) return false;
    this.#isReady = false;
    return rename(this.#path, path).then(
      () => true,
      () => false,
    );
  }

  /** Stops making one. Resolves when nothing is being made any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#making;
  }
}
