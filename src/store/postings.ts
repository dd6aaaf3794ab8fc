/** The rows by which passes are found by word. To be used in a transaction that writes. */
import type { Facts } from './facts.ts';
import { spanOf } from './pass-id.ts';
import { chunksOf, insert, repeated, run, type Steps } from './query.ts';

/** A pass and its facts. */
export type Posted = readonly [id: number, facts: Facts];

const inOrder = (a: readonly number[], b: readonly number[]): number => a[0]! - b[0]! || a[1]! - b[1]! || a[2]! - b[2]!;

/** The rows of some passes, in the order of the table. */
export const postingsOf = (passes: readonly Posted[]): number[][] =>
  passes
    .flatMap(([id, [givens, others]]) => [...givens, ...others].map((word) => [spanOf(id), word, id]))
    .sort(inOrder);

const sorted = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);

// In PostgreSQL a parameter that stands in no column is text unless it is told; SQLite takes the name of the type, too.
const NUMBER = 'CAST(? AS bigint)';
const rowsOf = (numbers: number): string => repeated(`(${NUMBER})`, numbers, ', ');

/** Passes from which on pairing pays. */
const ENOUGH = 8;
/** Words that one statement takes. Most passes have a dozen. */
const WORDS = 64;

/** Each word with each pass. The database pairs them, which costs half of what handing over each row does. */
function* pair(span: number, words: readonly number[], ids: readonly number[]): Steps<void> {
  for (let from = 0; from < words.length; from += WORDS) {
    const few = words.slice(from, from + WORDS);
    for (const some of chunksOf(ids)) {
      const sql = `WITH words (word) AS (VALUES ${rowsOf(few.length)}), passes (id) AS (VALUES ${rowsOf(some.length)})
        INSERT INTO postings (span, word, id) SELECT ${NUMBER}, word, id FROM words CROSS JOIN passes`;
      yield* run(sql, ...few, ...some, span);
    }
  }
}

/** Those of each span that share their givens: the array itself, as those of one template do. */
function groupsOf(passes: readonly Posted[]): Map<number, Map<readonly number[], number[]>> {
  const spans = new Map<number, Map<readonly number[], number[]>>();
  for (const [id, [givens]] of passes) {
    let groups = spans.get(spanOf(id));
    if (!groups) spans.set(spanOf(id), (groups = new Map<readonly number[], number[]>()));
    const ids = groups.get(givens);
    if (ids) ids.push(id);
    else groups.set(givens, [id]);
  }
  return spans;
}

/** Writes the rows of passes that have none. */
export function* addPostings(passes: readonly Posted[]): Steps<void> {
  const rest: Posted[] = passes.map(([id, [, others]]) => [id, [[], others, []]]);
  for (const [span, groups] of groupsOf(passes))
    for (const [givens, ids] of groups)
      if (ids.length < ENOUGH) rest.push(...ids.map((id): Posted => [id, [givens, [], []]]));
      else yield* pair(span, sorted(givens), ids);
  yield* insert('postings (span, word, id)', postingsOf(rest));
}
