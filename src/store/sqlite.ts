import { statSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Database } from './database.ts';
import { rowsOf, type Query, type Row, type Steps } from './query.ts';
import { clearly, openDatabase } from './sqlite-open.ts';
import type { Retention } from './terms.ts';

/** Pages that one transaction gives back: others wait while it runs. */
const PAGES = 1_000;

const USED = `SELECT (pages.page_count - free.freelist_count) * size.page_size AS bytes
  FROM pragma_page_count AS pages, pragma_freelist_count AS free, pragma_page_size AS size`;

/** What counts is what is used of the file: room that is free is used again. */
function* bytesUsed(): Steps<number> {
  const [row] = yield* rowsOf<{ bytes: number }>(USED);
  return row!.bytes;
}

/** What is thrown is to reject. */
const promised = <T>(doing: () => T): Promise<T> =>
  new Promise((resolve) => {
    resolve(doing());
  });

/** A store in a file. Each question is answered, and each step of writing done, in one go: SQLite does not wait. */
export class SqliteDatabase implements Database {
  readonly name: string;
  readonly bytes = bytesUsed;
  readonly #database: DatabaseSync;
  readonly #readOnly: boolean;
  readonly #inode: number;
  readonly #statements = new Map<string, StatementSync>();

  /** Makes the file where it is missing, unless it is only read. Throws an `Error` that names it and what is wrong. */
  constructor(file: string, readOnly: boolean) {
    this.name = file;
    this.#readOnly = readOnly;
    this.#database = openDatabase(file, readOnly);
    this.#inode = statSync(file).ino;
  }

  ask<T>(question: () => Steps<T>): Promise<T> {
    return promised(() => {
      if (!this.#readOnly) this.#mustBeThere();
      return this.#inTransaction('DEFERRED', question());
    });
  }

  write<T>(steps: () => Steps<T>): Promise<T> {
    return promised(() => {
      if (this.#readOnly) throw new Error(`${this.name}: opened only to be read`);
      this.#mustBeThere();
      return this.#inTransaction('IMMEDIATE', steps());
    });
  }

  /** Copies the log into the database. */
  isOnDisk(): Promise<boolean> {
    return promised(() => {
      const { log, checkpointed } = clearly(this.name, () => this.#pragma('wal_checkpoint(PASSIVE)'));
      return log === checkpointed;
    });
  }

  shrink({ maxBytes = Infinity }: Retention): Promise<boolean> {
    return promised(() => {
      const pages = (): number => Number(this.#pragma('page_count')['page_count']);
      const before = pages();
      const isFree = Number(this.#pragma('freelist_count')['freelist_count']) > 0;
      if (!isFree || before * Number(this.#pragma('page_size')['page_size']) <= maxBytes) return false;
      this.#database.exec(`PRAGMA incremental_vacuum(${PAGES})`);
      return pages() < before;
    });
  }

  close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
    return Promise.resolve();
  }

  #pragma(name: string): Row {
    return this.#database.prepare(`PRAGMA ${name}`).get() as Row;
  }

  #inTransaction<T>(kind: 'DEFERRED' | 'IMMEDIATE', steps: Steps<T>): T {
    return clearly(this.name, () => {
      this.#database.exec(`BEGIN ${kind}`);
      try {
        const result = this.#run(steps);
        this.#database.exec('COMMIT');
        return result;
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  #run<T>(steps: Steps<T>): T {
    let step = steps.next();
    while (step.done !== true) step = steps.next(this.#rows(step.value));
    return step.value;
  }

  #rows({ sql, values }: Query): readonly Row[] {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#database.prepare(sql)));
    return statement.all(...values) as Row[];
  }

  // What goes into a file that has lost its name is gone, and the journal must not be removed for it.
  #mustBeThere(): void {
    const now = statSync(this.name, { throwIfNoEntry: false });
    if (now?.ino !== this.#inode) throw new Error(`${this.name}: was removed or replaced while it was open`);
  }
}
