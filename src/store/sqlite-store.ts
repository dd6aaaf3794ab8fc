import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as others } from 'node:timers/promises';
import { journalFolder } from '../audit/journal-segments.ts';
import type { AuditRecord } from '../audit/record.ts';
import { clearly, inTransaction } from './database.ts';
import { Ingestion } from './ingest.ts';
import { listEntries, showEntry } from './list.ts';
import { pruneSome, shrinkSome } from './prune.ts';
import { someRecords } from './records.ts';
import { Spans } from './spans.ts';
import { statsOf } from './stats.ts';
import type { AuditEntry, AuditFilter, AuditPage, AuditStats, AuditStore, Retention } from './terms.ts';
import { PassWriter } from './write.ts';

interface Writing {
  readonly spans: Spans;
  readonly ingestion: Ingestion;
}

/** A store in a SQLite database. Each question is answered, and each step of writing done, in one go: SQLite does not wait. */
export class SqliteStore implements AuditStore {
  readonly #file: string;
  readonly #database: DatabaseSync;
  readonly #onUnreadable: (error: Error) => void;
  /** Undefined where the store is only read. */
  readonly #writing: Writing | undefined;
  readonly #inode: number;
  #closed = false;

  /** `onUnreadable` is told of lines in the journal that are no records: they are kept aside, and never read. */
  constructor(file: string, database: DatabaseSync, readOnly: boolean, onUnreadable: (error: Error) => void) {
    this.#file = file;
    this.#database = database;
    this.#inode = statSync(file).ino;
    this.#onUnreadable = onUnreadable;
    if (readOnly) return;
    const spans = clearly(file, () => new Spans(database));
    const writer = clearly(file, () => new PassWriter(database, spans));
    this.#writing = { spans, ingestion: new Ingestion(database, writer, journalFolder(file)) };
  }

  list(filter: AuditFilter, limit: number, after?: string): Promise<AuditPage> {
    return this.#ask((database) => listEntries(database, filter, limit, after));
  }

  show(uid: string): Promise<AuditEntry | undefined> {
    return this.#ask((database) => showEntry(database, uid));
  }

  stats(filter: AuditFilter): Promise<AuditStats> {
    return this.#ask((database) => statsOf(database, filter));
  }

  async *records(filter: AuditFilter): AsyncGenerator<AuditRecord> {
    // In pieces: a reader that is slow would keep the log of the database from being copied, and it would grow.
    for (let from: number | undefined = -1; from !== undefined;) {
      const at: number = from;
      const { records, next } = await this.#ask((database) => someRecords(database, filter, at));
      yield* records;
      from = next;
    }
  }

  async ingest(): Promise<number> {
    const { ingestion, spans } = this.#toWrite();
    let [records, unreadable] = [0, 0];
    for (;;) {
      this.#mustBeThere();
      const taken = this.#closed ? undefined : clearly(this.#file, () => ingestion.step());
      if (!taken) break;
      records += taken.records;
      unreadable += taken.unreadable;
      await others();
    }
    if (!this.#closed) clearly(this.#file, () => ingestion.removeTaken());
    await this.#stepwise(() => inTransaction(this.#database, 'IMMEDIATE', () => spans.sumOldest()));
    if (unreadable > 0) this.#onUnreadable(unreadableLines(this.#file, unreadable));
    return records;
  }

  async prune(retention: Retention): Promise<number> {
    const { spans } = this.#toWrite();
    let removed = 0;
    while (!this.#closed) {
      const some = clearly(this.#file, () => pruneSome(this.#database, spans, retention));
      removed += some;
      await others();
      if (some === 0) break;
    }
    await this.#stepwise(() => shrinkSome(this.#database, retention));
    return removed;
  }

  /** What is being taken in or removed ends after its next step. */
  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#writing?.ingestion.stop();
      this.#database.close();
    }
    return Promise.resolve();
  }

  /** Does something again and again as long as there is something to do, and lets others work in between. */
  async #stepwise(step: () => boolean): Promise<void> {
    while (!this.#closed && clearly(this.#file, step)) await others();
  }

  /** One answer is about one moment, whatever is written meanwhile. */
  #ask<T>(question: (database: DatabaseSync) => T): Promise<T> {
    return new Promise((resolve) => {
      resolve(clearly(this.#file, () => inTransaction(this.#database, 'DEFERRED', () => question(this.#database))));
    });
  }

  // What goes into a file that has lost its name is gone, and the journal must not be removed for it.
  #mustBeThere(): void {
    const now = statSync(this.#file, { throwIfNoEntry: false });
    if (now?.ino !== this.#inode) throw new Error(`${this.#file}: was removed or replaced while it was open`);
  }

  #toWrite(): Writing {
    if (this.#writing) return this.#writing;
    throw new Error(`${this.#file}: opened only to be read`);
  }
}

const unreadableLines = (file: string, count: number): Error =>
  new Error(`${journalFolder(file)}: lines that are no audit records are kept in the table "unreadable": ${count}`);
