/**
 * Where audit records go: JSON lines through winston, to stdout or to a file that is rotated by size. Records wait in a
 * bounded queue and are written in batches, because one write a record costs the webhook more than deciding does. Where
 * there is a store, its journal gets the same lines, and answers wait for that.
 */
import type { Logger } from 'winston';
import type { Decision } from '../engine/decision.ts';
import type { TrailCounts } from './counts.ts';
import { handover } from './handover.ts';
import type { JournalTrail } from './journal-trail.ts';
import { recordOf, type Circumstances, type Writer } from './record.ts';
import { RotatingFile } from './rotating-file.ts';

/** Records that may wait. Past that they are lost, and counted: admission never waits for a slow disk. */
const CAPACITY = 10_000;
const BATCH = 200;
const BATCH_CHARACTERS = 4 * 1024 * 1024;
const EVERY_MS = 20;
const MAX_FILE_BYTES = 100 * 1024 * 1024;
const MAX_FILES = 10;
/** How long closing waits for a destination that takes nothing. */
const CLOSE_MS = 3_000;

/** Where the trail is written: a file's path, or undefined for stdout. */
export interface TrailOptions {
  readonly file: string | undefined;
  /** Size at which the file is set aside, in bytes; 100 MiB where it is left out. */
  readonly maxFileBytes?: number;
  readonly store?: JournalTrail | undefined;
  readonly writer: Writer;
  readonly onError: (error: Error) => void;
}

type Waiting = string | readonly [Circumstances, Decision];

/** The audit trail of one server. */
export class AuditTrail {
  /** Undefined where no answer waits for its record. */
  readonly store: JournalTrail | undefined;
  readonly #options: TrailOptions;
  readonly #logger: Logger;
  readonly #waiting: Waiting[] = [];
  /** Records that are being written: one batch at a time, so that no buffer behind the queue can grow. */
  #leaving = 0;
  #written = 0;
  #lost = 0;
  #timer: NodeJS.Timeout | undefined;
  #emptied: (() => void) | undefined;

  /** Throws where the file cannot be opened. */
  constructor(options: TrailOptions) {
    this.#options = options;
    this.store = options.store;
    const { file: path, maxFileBytes: maxBytes = MAX_FILE_BYTES, onError } = options;
    const to = path === undefined ? process.stdout : new RotatingFile({ path, maxBytes, maxFiles: MAX_FILES, onError });
    this.#logger = handover(to, (error) => this.#left(error));
    this.#logger.on('error', onError);
  }

  /**
   * Queues a record; counts it as lost where the queue is full. Where an answer has to wait for the store, returns the
   * promise to wait for: rejected where the answer must not leave.
   */
  push(circumstances: Circumstances, decision: Decision): Promise<void> | undefined {
    const { store } = this;
    const record = store ? this.#lineOrNone([circumstances, decision]) : ([circumstances, decision] as const);
    if (record !== '') this.#queue(record);
    if (typeof record !== 'string') return undefined;
    return record === '' ? store?.lose(new Error('the record is no JSON')) : store?.push(record);
  }

  /** Of the lines; the store has its own. */
  counts(): TrailCounts {
    return { backlog: this.#waiting.length + this.#leaving, written: this.#written, lost: this.#lost };
  }

  /** Writes what waits. Resolves when store and operating system have all of it, or after a while: then the rest is lost. */
  async close(): Promise<void> {
    await Promise.all([this.store?.close(), this.#closeLines()]);
  }

  async #closeLines(): Promise<void> {
    const emptied = new Promise<void>((resolve) => (this.#emptied = resolve));
    const late = setTimeout(() => {
      const { backlog } = this.counts();
      this.#lost += backlog;
      this.#waiting.length = this.#leaving = 0;
      this.#options.onError(new Error(`${backlog} records could not be written in time and are lost`));
      this.#emptied?.();
    }, CLOSE_MS);
    this.#flush();
    await emptied;
    clearTimeout(late);
    clearTimeout(this.#timer);
  }

  #queue(record: Waiting): void {
    if (this.#waiting.length >= CAPACITY) this.#lost++;
    else this.#waiting.push(record);
    this.#schedule(EVERY_MS);
  }

  #schedule(milliseconds: number): void {
    this.#timer ??= setTimeout(() => this.#flush(), milliseconds);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#leaving > 0) return;
    const batch = this.#nextBatch();
    this.#leaving = batch.length;
    if (batch.length > 0) this.#logger.write({ level: 'info', message: batch.join('\n') });
    else this.#emptied?.();
  }

  #left(error: Error | null | undefined): void {
    if (error) {
      this.#lost += this.#leaving;
      this.#options.onError(error);
    } else this.#written += this.#leaving;
    this.#leaving = 0;
    if (this.#emptied) this.#flush();
    else if (this.#waiting.length > 0) this.#schedule(this.#waiting.length < BATCH ? EVERY_MS : 0);
  }

  #nextBatch(): string[] {
    const lines: string[] = [];
    let taken = 0;
    let characters = 0;
    while (taken < this.#waiting.length && lines.length < BATCH && characters < BATCH_CHARACTERS) {
      const line = this.#lineOrNone(this.#waiting[taken++]!);
      characters += line.length;
      if (line !== '') lines.push(line);
    }
    this.#waiting.splice(0, taken);
    return lines;
  }

  // This runs from a timer, too, where whatever is thrown would end the process.
  #lineOrNone(record: Waiting): string {
    try {
      return typeof record === 'string' ? record : JSON.stringify(recordOf(...record, this.#options.writer));
    } catch (error) {
      this.#lost++;
      this.#options.onError(error as Error);
      return '';
    }
  }
}
