/** A file of lines that is set aside when it is full: `audit.log` becomes `audit.log.1`, that `audit.log.2`, and so on. */
import { closeSync, fstatSync, openSync, renameSync, write } from 'node:fs';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const writeSome = promisify(write);

/** How long to wait before trying again what could not be written. */
const RETRY_MS = 1_000;

/** Where the lines go, how much of them is kept, and whom to tell of trouble. */
export interface RotatingFileOptions {
  readonly path: string;
  readonly maxBytes: number;
  /** Files kept, the one that is written to included. */
  readonly maxFiles: number;
  readonly onError: (error: Error) => void;
}

/**
 * Takes whole lines a chunk. What cannot be written is tried again until it can be: a full disk is a stream that does not
 * drain, and its error is told once. The constructor throws where the file cannot be opened.
 */
export class RotatingFile extends Writable {
  readonly #options: RotatingFileOptions;
  #descriptor: number | undefined;
  #bytes = 0;
  #failing = false;

  constructor(options: RotatingFileOptions) {
    super();
    this.#options = options;
    this.#open();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    void this.#append(chunk).then(done);
  }

  override _final(done: () => void): void {
    this.#close();
    done();
  }

  async #append(chunk: Buffer): Promise<void> {
    let written = 0;
    while (written < chunk.length) {
      try {
        // Between chunks only: a line is never cut in two.
        if (written === 0) this.#makeRoom(chunk.length);
        written += await this.#some(chunk.subarray(written));
        this.#failing = false;
      } catch (error) {
        if (!this.#failing) this.#options.onError(error as Error);
        this.#failing = true;
        await sleep(RETRY_MS, undefined, { ref: false });
      }
    }
  }

  async #some(bytes: Buffer): Promise<number> {
    const { bytesWritten } = await writeSome(this.#descriptor ?? this.#open(), bytes);
    this.#bytes += bytesWritten;
    return bytesWritten;
  }

  #makeRoom(bytes: number): void {
    const { path, maxBytes, maxFiles } = this.#options;
    if (this.#bytes === 0 || this.#bytes + bytes <= maxBytes) return;
    this.#close();
    for (let number = maxFiles - 2; number >= 1; number--) setAside(`${path}.${number}`, `${path}.${number + 1}`);
    setAside(path, `${path}.1`);
    this.#open();
  }

  #open(): number {
    this.#descriptor = openSync(this.#options.path, 'a');
    this.#bytes = fstatSync(this.#descriptor).size;
    return this.#descriptor;
  }

  #close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

function setAside(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
