/** Finds the passes that a filter means. */
import { firstIdOf, spanOf } from './pass-id.ts';
import { readAll, rowsOf, type Steps } from './query.ts';
import type { AuditFilter } from './terms.ts';
import { wordsOfFilter } from './words.ts';

/** How far postings are counted to find the rarest word. */
const COUNTED = 10_000;
/** Passes that one statement reads of many. */
const PAGE = 2_000;

/** A filter in the numbers of a database: ids from `low` up to, not including, `high`, and words, the rarest first. */
export interface Selection {
  readonly low: number;
  readonly high: number;
  readonly words: readonly number[];
}

function* numbersOf(words: readonly string[]): Steps<number[] | undefined> {
  const found = yield* readAll<{ id: number }>('SELECT id FROM words WHERE text', words);
  return found.length === words.length ? found.map(({ id }) => id) : undefined;
}

/** The postings of one word, span by span: joined in this order, so that SQLite does not choose another. */
const OF_WORD = 'FROM spans s CROSS JOIN postings w';
const WHERE_WORD = 's.id >= ? AND s.id <= ? AND w.span = s.id AND w.word = ? AND w.id >= ? AND w.id < ?';

const valuesOf = (word: number, { low, high }: Selection): number[] => [spanOf(low), spanOf(high), word, low, high];

function* rarestFirst(selection: Selection): Steps<Selection> {
  const { words } = selection;
  if (words.length < 2) return selection;
  const count = `SELECT count(*) AS n FROM (SELECT 1 AS one ${OF_WORD} WHERE ${WHERE_WORD} LIMIT ${COUNTED}) AS c`;
  const counted: { word: number; n: number }[] = [];
  for (const word of words) {
    const [row] = yield* rowsOf<{ n: number }>(count, ...valuesOf(word, selection));
    counted.push({ word, n: row!.n });
  }
  return { ...selection, words: counted.sort((a, b) => a.n - b.n).map(({ word }) => word) };
}

/** Undefined where no record can be meant. */
export function* selectionOf(filter: AuditFilter): Steps<Selection | undefined> {
  const { since = -Infinity, until = Infinity } = filter;
  const [low, high] = [firstIdOf(since), firstIdOf(until)];
  const words = yield* numbersOf(wordsOfFilter(filter));
  return words && low < high ? yield* rarestFirst({ low, high, words }) : undefined;
}

/** What to read of each pass, how many, and in which order. */
export interface Reading {
  readonly columns: string;
  readonly order: 'ASC' | 'DESC';
  readonly limit: number;
}

/** Some passes of a selection. */
export function* passesIn<T>(selection: Selection, { columns, order, limit }: Reading): Steps<readonly T[]> {
  const { low, high, words } = selection;
  const [rarest, ...others] = words;
  if (rarest === undefined) {
    const sql = `SELECT ${columns} FROM passes p WHERE p.id >= ? AND p.id < ? ORDER BY p.id ${order} LIMIT ?`;
    return yield* rowsOf<T>(sql, low, high, limit);
  }
  const also = 'AND EXISTS (SELECT 1 FROM postings o WHERE o.span = s.id AND o.word = ? AND o.id = w.id)';
  const sql = `SELECT ${columns} ${OF_WORD} CROSS JOIN passes p
    WHERE ${WHERE_WORD} AND p.id = w.id ${others.map(() => also).join(' ')}
    ORDER BY s.id ${order}, w.id ${order} LIMIT ?`;
  return yield* rowsOf<T>(sql, ...valuesOf(rarest, selection), ...others, limit);
}

/** One pass, without its JSON. */
export interface PassRow {
  readonly id: number;
  readonly facts: string;
}

/** Does something with every pass of a selection, the oldest first. They are not held in memory. */
export function* eachPass(selection: Selection, use: (pass: PassRow) => void): Steps<void> {
  for (let rest = selection; rest.low < rest.high;) {
    const rows = yield* passesIn<PassRow>(rest, { columns: 'p.id, p.facts', order: 'ASC', limit: PAGE });
    for (const row of rows) use(row);
    if (rows.length < PAGE) return;
    rest = { ...rest, low: rows.at(-1)!.id + 1 };
  }
}
