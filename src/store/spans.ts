/** Spans of ten minutes, and whether what came in them is in the sums. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Bulk } from './bulk.ts';
import { Sums, type Facts } from './facts.ts';
import { firstIdOfSpan } from './pass-id.ts';

const ADD_UP = 'ON CONFLICT DO UPDATE SET count = count + excluded.count';

/** Keeps sums true. To be used inside a transaction. */
export class Spans {
  readonly #add: StatementSync;
  readonly #summed: StatementSync;
  readonly #sum: StatementSync;
  readonly #waiting: StatementSync;
  readonly #passes: StatementSync;
  readonly #zero: StatementSync;
  readonly #rollups: Bulk;

  constructor(database: DatabaseSync) {
    this.#add = database.prepare('INSERT OR IGNORE INTO spans VALUES (?, 0)');
    this.#summed = database.prepare('SELECT summed FROM spans WHERE id = ?');
    this.#sum = database.prepare('UPDATE spans SET summed = 1 WHERE id = ?');
    this.#waiting = database.prepare(
      'SELECT min(id) AS id FROM spans WHERE summed = 0 AND id < (SELECT max(id) FROM spans)',
    );
    this.#passes = database.prepare('SELECT id, facts FROM passes WHERE id >= ? AND id < ?');
    this.#zero = database.prepare('DELETE FROM rollups WHERE given = ? AND hour = ? AND counted = ? AND count = 0');
    this.#rollups = new Bulk(database, 'rollups (given, hour, counted, count)', 4, ADD_UP);
  }

  /** There is a pass in this span. */
  add(span: number): void {
    this.#add.run(span);
  }

  isSummed(span: number): boolean {
    return this.#summed.get(span)?.['summed'] === 1;
  }

  /** Sums the oldest span that is not, but the newest, to which passes are still added. False where there is none. */
  sumOldest(): boolean {
    const span = this.#waiting.get()!['id'] as number | null;
    if (span === null) return false;
    const sums = new Sums();
    for (const { id, facts } of this.#passes.iterate(firstIdOfSpan(span), firstIdOfSpan(span + 1)))
      sums.add(Number(id), JSON.parse(String(facts)) as Facts, 1);
    this.write(sums);
    this.#sum.run(span);
    return true;
  }

  /** Adds to what is kept. What comes to nothing is removed. */
  write(sums: Sums): void {
    const rows = sums.rows();
    this.#rollups.write(rows);
    for (const [given, hour, counted, count] of rows) if (count! <= 0) this.#zero.run(given!, hour!, counted!);
  }
}
