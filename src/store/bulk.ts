import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Rows that one statement writes: running it costs about as much as writing a row. */
const ROWS = 64;

/** Writes rows of numbers and texts, many at a time. */
export class Bulk {
  readonly #width: number;
  readonly #many: StatementSync;
  readonly #one: StatementSync;

  /** `into` is a table with its columns, `otherwise` what follows the values. */
  constructor(database: DatabaseSync, into: string, width: number, otherwise = '') {
    const row = `(${Array<string>(width).fill('?').join(', ')})`;
    const insert = (rows: number): StatementSync =>
      database.prepare(`INSERT INTO ${into} VALUES ${Array<string>(rows).fill(row).join(', ')} ${otherwise}`);
    this.#width = width;
    this.#many = insert(ROWS);
    this.#one = insert(1);
  }

  /** Sorted rows are written fastest. */
  write(rows: readonly (readonly (number | string)[])[]): void {
    const whole = rows.length - (rows.length % ROWS);
    const values = new Array<number | string>(ROWS * this.#width);
    for (let from = 0; from < whole; from += ROWS) {
      let at = 0;
      for (let i = from; i < from + ROWS; i++) for (const value of rows[i]!) values[at++] = value;
      this.#many.run(...values);
    }
    for (const row of rows.slice(whole)) this.#one.run(...row);
  }
}
