import type { AuditRecord } from '../audit/record.ts';
import { openStore } from './open.ts';
import { askReader, LONGEST_MS, patiently, type Method, type Source } from './reader-questions.ts';
import type { AuditFilter, AuditReader } from './terms.ts';

/** Reads a database that is waited for without holding anybody up. Opened at the first question, and again where that failed. */
export class PostgresSource implements Source {
  readonly #location: string;
  readonly #longestMs: number;
  #opening: Promise<AuditReader> | undefined;

  constructor(location: string, longestMs: number = LONGEST_MS) {
    this.#location = location;
    this.#longestMs = longestMs;
  }

  ask(method: Method, args: readonly unknown[], signal: AbortSignal | undefined): Promise<unknown> {
    const asked = this.#open().then((reader) => askReader(reader, method, args));
    return patiently(asked, { signal, longestMs: this.#longestMs });
  }

  async *records(filter: AuditFilter, signal: AbortSignal | undefined): AsyncGenerator<AuditRecord> {
    const patience = { signal, longestMs: this.#longestMs };
    const reader = await patiently(this.#open(), patience);
    const records = reader.records(filter)[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await patiently(records.next(), patience);
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      // Not waited for: it may be what took too long.
      void records.return?.();
    }
  }

  async *lines(filter: AuditFilter, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    for await (const record of this.records(filter, signal)) yield Buffer.from(`${JSON.stringify(record)}\n`);
  }

  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    await opening?.then(
      (reader) => reader.close(),
      () => undefined,
    );
  }

  #open(): Promise<AuditReader> {
    this.#opening ??= openStore(this.#location, { readOnly: true }).catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }
}
