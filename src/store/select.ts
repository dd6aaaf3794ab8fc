/** Finds the passes that a filter means. */
import type { DatabaseSync } from 'node:sqlite';
import { firstIdOf, spanOf } from './pass-id.ts';
import type { AuditFilter } from './terms.ts';
import { wordsOfFilter } from './words.ts';

/** How far postings are counted to find the rarest word. */
const COUNTED = 10_000;

/** A filter in the numbers of a database: ids from `low` up to, not including, `high`, and words, the rarest first. */
export interface Selection {
  readonly low: number;
  readonly high: number;
  readonly words: readonly number[];
}

function numbersOf(database: DatabaseSync, words: readonly string[]): number[] | undefined {
  const find = database.prepare('SELECT id FROM words WHERE text = ?');
  const found = words.map((word) => find.get(word)?.['id'] as number | undefined);
  return found.every((id) => id !== undefined) ? found : undefined;
}

/** The postings of one word, span by span. */
const OF_WORD = 'spans s CROSS JOIN postings w ON w.span = s.id AND w.word = ? AND w.id >= ? AND w.id < ?';

function rarestFirst(database: DatabaseSync, words: readonly number[], low: number, high: number): number[] {
  if (words.length < 2) return [...words];
  const limited = `SELECT 1 FROM ${OF_WORD} WHERE s.id >= ? AND s.id <= ? LIMIT ${COUNTED}`;
  const count = database.prepare(`SELECT count(*) AS n FROM (${limited})`);
  const counted = words.map((word) => ({
    word,
    n: count.get(word, low, high, spanOf(low), spanOf(high))!['n'] as number,
  }));
  return counted.sort((a, b) => a.n - b.n).map(({ word }) => word);
}

/** Undefined where no record can be meant. */
export function selectionOf(database: DatabaseSync, filter: AuditFilter): Selection | undefined {
  const { since = -Infinity, until = Infinity } = filter;
  const [low, high] = [firstIdOf(since), firstIdOf(until)];
  const words = numbersOf(database, wordsOfFilter(filter));
  return words && low < high ? { low, high, words: rarestFirst(database, words, low, high) } : undefined;
}

/** One pass, without its JSON. */
export interface PassRow {
  readonly id: number;
  readonly uid: string;
  readonly facts: string;
}

/** What to read of each pass, and in which order. */
export interface Reading {
  readonly columns: string;
  readonly order: 'ASC' | 'DESC';
  readonly limit?: number;
}

/** The passes of a selection, read one by one. */
export function passesIn(database: DatabaseSync, selection: Selection, reading: Reading): Iterable<unknown> {
  const { low, high, words } = selection;
  const { columns, order, limit = -1 } = reading;
  const [rarest, ...others] = words;
  if (rarest === undefined) {
    const sql = `SELECT ${columns} FROM passes p WHERE p.id >= ? AND p.id < ? ORDER BY p.id ${order} LIMIT ${limit}`;
    return database.prepare(sql).iterate(low, high);
  }
  const also = 'AND EXISTS (SELECT 1 FROM postings o WHERE o.span = s.id AND o.word = ? AND o.id = w.id)';
  // Joined in this order: the postings of the rarest word lead.
  const sql = `SELECT ${columns} FROM ${OF_WORD} CROSS JOIN passes p ON p.id = w.id
    WHERE s.id >= ? AND s.id <= ? ${others.map(() => also).join(' ')}
    ORDER BY s.id ${order}, w.id ${order} LIMIT ${limit}`;
  return database.prepare(sql).iterate(rarest, low, high, spanOf(low), spanOf(high), ...others);
}

/** Tells whether a selection means a pass. */
export function isSelected(database: DatabaseSync, { low, high, words }: Selection): (id: number) => boolean {
  const has = database.prepare('SELECT 1 FROM postings WHERE span = ? AND word = ? AND id = ?');
  return (id) => id >= low && id < high && words.every((word) => has.get(spanOf(id), word, id) !== undefined);
}
