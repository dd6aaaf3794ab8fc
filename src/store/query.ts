/**
 * Reading and writing as steps: what to ask a database and what to make of its answers, without the asking. Each database runs
 * the same steps in its own way (sqlite.ts, postgres.ts), in one transaction.
 */

/** What a statement is given, and a row holds. */
export type Value = number | string;

/** One statement in SQL that both databases take; `?` stands for the values. */
export interface Query {
  readonly sql: string;
  readonly values: readonly Value[];
}

/** One row of an answer, by the names of its columns. */
export type Row = Readonly<Record<string, Value | null>>;

/** Yields statements and is given their rows. */
export type Steps<T> = Generator<Query, T, readonly Row[]>;

/** The rows of a statement, as its SQL names and types them. */
export function* rowsOf<T = Row>(sql: string, ...values: readonly Value[]): Steps<readonly T[]> {
  return (yield { sql, values }) as readonly T[];
}

/** Runs a statement for what it does. */
export function* run(sql: string, ...values: readonly Value[]): Steps<void> {
  yield { sql, values };
}

// Few sizes, for each is a statement of its own. Running one costs about as much as writing a row.
const SIZES = [64, 8, 1];

/** Items some at a time, as many as a statement takes. */
export function* chunksOf<T>(items: readonly T[]): Generator<readonly T[]> {
  let from = 0;
  for (const size of SIZES) for (; items.length - from >= size; from += size) yield items.slice(from, from + size);
}

const made = new Map<string, string>();

/** A text so many times, with another between. */
export function repeated(text: string, times: number, between: string): string {
  // Statements are made of few of them, again and again.
  const key = `${times} ${between} ${text}`;
  let all = made.get(key);
  if (all === undefined) made.set(key, (all = Array<string>(times).fill(text).join(between)));
  return all;
}

/**
 * Writes rows, many at a time; sorted rows are written fastest. `into` is a table with its columns, `then` what follows the
 * values. Returns what that returns.
 */
export function* insert<T = Row>(into: string, rows: readonly (readonly Value[])[], then = ''): Steps<T[]> {
  const all: T[] = [];
  for (const chunk of chunksOf(rows)) {
    const values = repeated(`(${repeated('?', chunk[0]!.length, ', ')})`, chunk.length, ', ');
    all.push(...(yield* rowsOf<T>(`INSERT INTO ${into} VALUES ${values} ${then}`, ...chunk.flat())));
  }
  return all;
}

/** Does a statement for all items, many at a time: `of` is what it is asked for each, as `a = ? AND b = ?`. */
export function* forAll<T = Row>(before: string, of: string, items: readonly (readonly Value[])[]): Steps<T[]> {
  const all: T[] = [];
  for (const chunk of chunksOf(items))
    all.push(...(yield* rowsOf<T>(`${before} (${repeated(`(${of})`, chunk.length, ' OR ')})`, ...chunk.flat())));
  return all;
}

/** Reads what belongs to each value: `before` ends with the column that is to have one of them. */
export function* readAll<T = Row>(before: string, values: readonly Value[]): Steps<T[]> {
  const all: T[] = [];
  for (const chunk of chunksOf(values))
    all.push(...(yield* rowsOf<T>(`${before} IN (${repeated('?', chunk.length, ', ')})`, ...chunk)));
  return all;
}
