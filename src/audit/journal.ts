/**
 * A log of lines on disk that is written ahead of anything else: what it has acknowledged is there however the process ends.
 * Lines that come close together share one write, for waiting for the disk costs more than all the rest.
 */
import { JournalDisk, makeFolder, PAGE_BYTES, type Bytes } from './journal-disk.ts';
import { ADDED, SegmentWriter } from './journal-lines.ts';
import { lockJournal, type Unlock } from './journal-lock.ts';
import { segmentsIn } from './journal-segments.ts';

const SEGMENT_BYTES = 8 * 1024 * 1024;
/** What one buffer, used for every write, holds: many times what comes together as a rule. Only what is used of it takes memory. */
const BUFFER_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;
/** The most that a character of a text takes, in bytes. */
const WIDEST = 3;
/** How long the first of some lines waits for company, in milliseconds; not at all after a rest of IDLE_MS. */
const GATHER_MS = 4;
const IDLE_MS = 20;
/** Lines that are company enough. */
const ENOUGH = 16;
/** Characters that may wait for a disk that does not answer. */
const MAX_WAITING = 64 * 1024 * 1024;
/** How long everything fails at once after a failure, in milliseconds: asking for each line helps no full disk. */
const RETRY_MS = 1_000;

interface Waiting {
  readonly line: string;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** The one writer of a journal. */
export class Journal {
  readonly #disk: JournalDisk;
  readonly #unlock: Unlock;
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #lines = new SegmentWriter();
  #waiting: Waiting[] = [];
  #characters = 0;
  /** When the first of those that wait came, and when the disk was last done; as performance.now(). */
  #since = 0;
  #done = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #writing: Promise<void> | undefined;
  #leaving = 0;
  #failure: { readonly error: Error; readonly until: number } | undefined;

  constructor(disk: JournalDisk, unlock: Unlock) {
    this.#disk = disk;
    this.#unlock = unlock;
  }

  /** Lines that are not on disk yet. */
  get backlog(): number {
    return this.#waiting.length + this.#leaving;
  }

  /** Resolves when the line, which has no line end of its own, is on disk. Rejects where it could not be written. */
  append(line: string): Promise<void> {
    const now = performance.now();
    if (this.#failure && now < this.#failure.until) return Promise.reject(this.#failure.error);
    if (this.#characters > MAX_WAITING) return Promise.reject(new Error('too much waits for the disk'));
    this.#characters += line.length;
    if (this.#waiting.length === 0) this.#since = now;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ line, resolve, reject });
      this.#schedule(now);
    });
  }

  /** Writes what waits, and lets others write. Nothing may be appended any more. */
  async close(): Promise<void> {
    while (this.backlog > 0) {
      this.#flush();
      await this.#writing;
    }
    await this.#disk.close();
    this.#unlock();
  }

  #schedule(now: number): void {
    if (this.#writing || this.#immediate || this.#waiting.length === 0) return;
    const left = now - this.#done > IDLE_MS || this.#waiting.length >= ENOUGH ? 0 : GATHER_MS - (now - this.#since);
    // Not at once: what else is decided in this round comes along.
    if (left <= 0) this.#immediate = setImmediate(() => this.#flush());
    else this.#timer ??= setTimeout(() => this.#flush(), left);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#timer = this.#immediate = undefined;
    if (this.#writing || this.#waiting.length === 0) return;
    const batch = this.#waiting;
    this.#waiting = [];
    this.#characters = 0;
    this.#leaving = batch.length;
    this.#writing = this.#write(batch).then(() => {
      this.#writing = undefined;
      this.#leaving = 0;
      this.#done = performance.now();
      this.#schedule(this.#done);
    });
  }

  /** The lines with their ends, and room for a page after them. Holds until the next are asked for. */
  #bytesOf(batch: readonly Waiting[], isNew: boolean): Bytes {
    if (isNew) this.#lines = new SegmentWriter();
    const room = WIDEST * batch.reduce((sum, { line }) => sum + line.length + ADDED, 0) + PAGE_BYTES;
    const buffer = room > BUFFER_BYTES ? Buffer.allocUnsafeSlow(room) : this.#buffer;
    let end = 0;
    for (const { line } of batch) {
      end += buffer.write(this.#lines.write(line), end);
      end = buffer.writeUInt8(NEWLINE, end);
    }
    return { buffer, length: end };
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.#disk.write((isNew) => this.#bytesOf(batch, isNew));
      this.#failure = undefined;
      for (const { resolve } of batch) resolve();
    } catch (error) {
      this.#failure = { error: error as Error, until: performance.now() + RETRY_MS };
      for (const { reject } of batch) reject(error as Error);
    }
  }
}

/**
 * Opens a journal to write to; the folder is made where it is missing. `segmentBytes` is the size from which on a new segment
 * is begun. Rejects where the folder cannot be made or written to, or another process writes to it.
 */
export async function openJournal(folder: string, segmentBytes = SEGMENT_BYTES): Promise<Journal> {
  await makeFolder(folder);
  const unlock = lockJournal(folder);
  return new Journal(new JournalDisk(folder, segmentsIn(folder).at(-1) ?? 0, segmentBytes), unlock);
}
