import { setImmediate as others } from 'node:timers/promises';
import type { AuditRecord } from '../audit/record.ts';
import type { Database } from './database.ts';
import { Ingestion } from './ingest.ts';
import { listEntries, showEntry } from './list.ts';
import { lastUseOf, posturesOf } from './postures.ts';
import { pruneSome } from './prune.ts';
import type { Steps } from './query.ts';
import { awaitedRecords, someRecords } from './records.ts';
import { sumOldestSpan } from './spans.ts';
import { statsOf } from './stats.ts';
import type {
  AuditEntry,
  AuditFilter,
  AuditPage,
  AuditStats,
  AuditStore,
  NamespacePosture,
  Period,
  Retention,
} from './terms.ts';
import { uidsWith } from './uids.ts';

/** A journal, and whom to tell of lines in it that are no records: they are kept aside, and never read. */
export interface StoreJournal {
  readonly folder: string;
  readonly onUnreadable: (error: Error) => void;
}

/** A store in a database, filled from a journal where there is one. */
export class Store implements AuditStore {
  readonly #database: Database;
  readonly #journal: StoreJournal | undefined;
  readonly #ingestion: Ingestion | undefined;
  /** What is being done: it ends before the database is closed. */
  readonly #doing = new Set<Promise<unknown>>();
  #ingesting: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(database: Database, journal: StoreJournal | undefined) {
    this.#database = database;
    this.#journal = journal;
    if (journal) this.#ingestion = new Ingestion(database, journal.folder);
  }

  list(filter: AuditFilter, limit: number, after?: string): Promise<AuditPage> {
    return this.#ask(() => listEntries(filter, limit, after));
  }

  show(uid: string): Promise<AuditEntry | undefined> {
    return this.#ask(() => showEntry(uid));
  }

  uids(prefix: string, limit: number): Promise<readonly string[]> {
    return this.#ask(() => uidsWith(prefix, limit));
  }

  stats(filter: AuditFilter): Promise<AuditStats> {
    return this.#ask(() => statsOf(filter));
  }

  postures(period: Period, limit: number): Promise<readonly NamespacePosture[]> {
    return this.#ask(() => posturesOf(period, limit));
  }

  lastUse(exception: string): Promise<number | undefined> {
    return this.#ask(() => lastUseOf(exception));
  }

  awaited(since: number): Promise<readonly AuditRecord[]> {
    return this.#ask(() => awaitedRecords(since));
  }

  async *records(filter: AuditFilter): AsyncGenerator<AuditRecord> {
    // In pieces: a reader that is slow would keep what is replaced meanwhile from being cleaned up.
    for (let from: number | undefined = -1; from !== undefined;) {
      const at: number = from;
      const { records, next } = await this.#ask(() => someRecords(filter, at));
      yield* records;
      from = next;
    }
  }

  /** One at a time: it is one journal. */
  ingest(): Promise<number> {
    const taken = this.#ingesting.then(() => this.#ingest());
    this.#ingesting = taken.catch(() => undefined);
    return this.#track(taken);
  }

  prune(retention: Retention): Promise<number> {
    return this.#track(this.#prune(retention));
  }

  /** What is being taken in or removed ends after its next step. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.allSettled(this.#doing);
    this.#ingestion?.stop();
    await this.#database.close();
  }

  async #ingest(): Promise<number> {
    let [records, unreadable] = [0, 0];
    await this.#stepwise(async () => {
      const taken = await this.#ingestion?.step();
      records += taken?.records ?? 0;
      unreadable += taken?.unreadable ?? 0;
      return taken !== undefined;
    });
    if (!this.#closed) await this.#ingestion?.removeTaken();
    await this.#stepwise(() => this.#database.write(sumOldestSpan));
    const { folder, onUnreadable } = this.#journal ?? {};
    if (unreadable > 0)
      onUnreadable?.(
        new Error(`${folder!}: lines that are no audit records are kept in the table "unreadable": ${unreadable}`),
      );
    return records;
  }

  async #prune(retention: Retention): Promise<number> {
    let removed = 0;
    await this.#stepwise(async () => {
      const some = await this.#database.write(() => pruneSome(retention, this.#database.bytes));
      removed += some;
      return some > 0;
    });
    await this.#stepwise(() => this.#database.shrink(retention));
    return removed;
  }

  #ask<T>(question: () => Steps<T>): Promise<T> {
    return this.#track(this.#database.ask(question));
  }

  async #track<T>(doing: Promise<T>): Promise<T> {
    this.#doing.add(doing);
    return doing.finally(() => this.#doing.delete(doing));
  }

  /** Does something again and again as long as there is something to do, and lets others work in between. */
  async #stepwise(step: () => Promise<boolean>): Promise<void> {
    while (!this.#closed && (await step())) await others();
  }
}
