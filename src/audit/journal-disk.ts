/** Writes the segments of a journal: what it has written is on disk, and the names of the files are, too. */
import { constants, fstatSync, write } from 'node:fs';
import { mkdir, open, stat, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { segmentFile } from './journal-segments.ts';
import { Spare } from './journal-spare.ts';

// Returns when the bytes are on the disk: one system call, where write and fdatasync are two.
const FLAGS = constants.O_WRONLY | constants.O_DSYNC;
const NEW = FLAGS | constants.O_CREAT | constants.O_EXCL;

/** Of memory, as the operating system has it as a rule. */
export const PAGE_BYTES = 4096;

// A handle's own promises cost several times as much.
const writeSome = promisify(write);

/** What is to be written: the first `length` bytes of a buffer with room for a page more. */
export interface Bytes {
  readonly buffer: Buffer;
  readonly length: number;
}

interface Segment {
  readonly file: FileHandle;
  readonly path: string;
  /** Bytes that are surely on disk. */
  bytes: number;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a folder that lasts, where it is missing. Its parent must be there: it may be a volume that is not mounted now. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return;
  }
  await syncFolder(dirname(folder));
}

/** The segments of one journal, seen by their writer. One write at a time. */
export class JournalDisk {
  readonly #folder: string;
  readonly #segmentBytes: number;
  readonly #spare: Spare;
  #newest: number;
  #segment: Segment | undefined;

  /** `newest` is the number of the last segment that is there. Nothing is added to that: its end may be torn. */
  constructor(folder: string, newest: number, segmentBytes: number) {
    this.#folder = folder;
    this.#newest = newest;
    this.#segmentBytes = segmentBytes;
    this.#spare = new Spare(folder, segmentBytes);
  }

  /**
   * Resolves when whole lines are on disk. They are made once it is known whether they are the first of a segment. After it has
   * rejected, some of them may be there all the same, and the next are the first of a segment.
   */
  async write(linesOf: (isNew: boolean) => Bytes): Promise<void> {
    const segment = await this.#withRoom();
    const { buffer, length } = linesOf(segment.bytes === 0);
    // Zeros up to the end of the page, as are there already: what is not in memory of a page that is written in part is read first.
    const end = Math.ceil((segment.bytes + length) / PAGE_BYTES) * PAGE_BYTES - segment.bytes;
    buffer.fill(0, length, end);
    try {
      for (let done = 0; done < end;)
        done += (await writeSome(segment.file.fd, buffer, done, end - done, segment.bytes + done)).bytesWritten;
      // A file that has lost its name takes everything, and keeps nothing.
      if (fstatSync(segment.file.fd).nlink === 0) throw new Error(`${segment.path} was removed`);
      segment.bytes += length;
    } catch (error) {
      await this.#abandon(segment);
      throw error;
    }
  }

  async close(): Promise<void> {
    const segment = this.#segment;
    this.#segment = undefined;
    await segment?.file.close();
    await this.#spare.close();
  }

  async #withRoom(): Promise<Segment> {
    const segment = this.#segment;
    if (segment && segment.bytes < this.#segmentBytes) return segment;
    this.#segment = undefined;
    await segment?.file.close();
    await makeFolder(this.#folder);
    // By the clock, so that numbers go on rising for a store whose journal was removed.
    this.#newest = Math.max(this.#newest + 1, Date.now());
    const path = segmentFile(this.#folder, this.#newest);
    const isFilled = await this.#spare.become(path);
    const next = { file: await open(path, isFilled ? FLAGS : NEW, 0o600), path, bytes: 0 };
    this.#spare.make();
    try {
      await syncFolder(this.#folder);
    } catch (error) {
      await this.#abandon(next);
      throw error;
    }
    return (this.#segment = next);
  }

  /** Nothing is added to a file once a write to it has failed: what it holds, and what the disk holds of it, is not known. */
  async #abandon({ file, path }: Segment): Promise<void> {
    this.#segment = undefined;
    await file.close().catch(() => undefined);
    // Only what is empty is removed: from anything else a reader may have come.
    const size = await stat(path).then(
      (stats) => stats.size,
      () => undefined,
    );
    if (size === 0) await unlink(path).catch(() => undefined);
  }
}
