/** Reads a SQLite file in threads of its own: SQLite does not wait, and whoever asks it does nothing else meanwhile. */
import { Worker } from 'node:worker_threads';
import type { AuditRecord } from '../audit/record.ts';
import { LONGEST_MS, patiently, type Method, type Source } from './reader-questions.ts';
import type { Answered, Part, Question } from './reader-worker.ts';
import type { AuditFilter } from './terms.ts';

/** How long a thread without a question is kept, in milliseconds. */
const IDLE_MS = 60_000;

// From sources the thread is a source too; in a build it is a file beside this one's.
const PROGRAM = new URL(import.meta.url.endsWith('.ts') ? './reader-worker.ts' : './reader-worker.js', import.meta.url);

/** A thread that is asked one question at a time. It keeps the process alive only while it has one. */
class Thread {
  readonly #worker: Worker;
  #hasEnded = false;
  /** Rejects what is asked; does nothing where nothing is. */
  #giveUp: () => void = () => undefined;

  constructor(file: string) {
    this.#worker = new Worker(PROGRAM, { name: 'audit reader', workerData: file });
    this.#worker.once('exit', () => (this.#hasEnded = true));
    // An error ends the thread, and is told to who asked.
    this.#worker.on('error', () => undefined);
    this.#worker.unref();
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  ask(question: Question): Promise<unknown> {
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      const settle = (then: () => void) => (): void => {
        worker.off('message', answered).off('error', failed).off('exit', ended).unref();
        then();
      };
      const answered = (answer: Answered): void =>
        settle(() => ('error' in answer ? reject(new Error(answer.error)) : resolve(answer.value)))();
      const failed = (error: Error): void => settle(() => reject(error))();
      const ended = settle(() => reject(new Error('the thread that reads the store has ended')));
      this.#giveUp = ended;
      worker.on('message', answered).on('error', failed).on('exit', ended).ref();
      worker.postMessage(question);
    });
  }

  /** Ends it, whatever it does. Not waited for: a thread that the system holds, as a disk does that hangs, ends only after that. */
  end(): void {
    this.#hasEnded = true;
    this.#giveUp();
    void this.#worker.terminate();
  }
}

/** Answers from one thread; records are read in a thread for each that asks. */
export class ReaderThread implements Source {
  readonly #file: string;
  readonly #longestMs: number;
  #thread: Thread | undefined;
  readonly #streams = new Set<Thread>();
  #turn: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;

  constructor(file: string, longestMs: number = LONGEST_MS) {
    this.#file = file;
    this.#longestMs = longestMs;
  }

  ask(method: Method, args: readonly unknown[], signal: AbortSignal | undefined): Promise<unknown> {
    let thread: Thread | undefined;
    let isGivenUp = false;
    const turn = this.#turn.then(async () => {
      if (isGivenUp) return undefined;
      thread = this.#awake();
      return thread.ask({ method, args }).finally(() => this.#rest());
    });
    this.#turn = turn.catch(() => undefined);
    // What is under way cannot be stopped but with its thread; the next question has a new one.
    const giveUp = (): void => {
      isGivenUp = true;
      thread?.end();
    };
    return patiently(turn, { signal, longestMs: this.#longestMs }, giveUp);
  }

  async *records(filter: AuditFilter, signal: AbortSignal | undefined): AsyncGenerator<AuditRecord> {
    for await (const some of this.#stream('records', filter, signal)) yield* some as readonly AuditRecord[];
  }

  async *lines(filter: AuditFilter, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    for await (const some of this.#stream('lines', filter, signal)) yield some as Uint8Array;
  }

  async *#stream(
    method: 'records' | 'lines',
    filter: AuditFilter,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Part['some']> {
    const thread = new Thread(this.#file);
    this.#streams.add(thread);
    try {
      const patience = { signal, longestMs: this.#longestMs };
      for (let isLast = false; !isLast;) {
        const part = (await patiently(thread.ask({ method, filter }), patience)) as Part;
        yield part.some;
        ({ isLast } = part);
      }
    } finally {
      this.#streams.delete(thread);
      thread.end();
    }
  }

  close(): Promise<void> {
    clearTimeout(this.#idle);
    for (const thread of [...this.#streams, ...(this.#thread ? [this.#thread] : [])]) thread.end();
    return Promise.resolve();
  }

  #awake(): Thread {
    clearTimeout(this.#idle);
    if (this.#thread === undefined || this.#thread.hasEnded) this.#thread = new Thread(this.#file);
    return this.#thread;
  }

  #rest(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#thread?.end(), IDLE_MS).unref();
  }
}
