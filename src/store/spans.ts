/** Spans of ten minutes, and whether what came in them is in the sums. To be used in a transaction that writes. */
import { Sums, type Facts } from './facts.ts';
import { firstIdOfSpan, spanOf } from './pass-id.ts';
import { forAll, insert, rowsOf, run, type Steps } from './query.ts';
import { eachPass } from './select.ts';

const ADD_UP = 'ON CONFLICT (given, hour, counted) DO UPDATE SET count = rollups.count + excluded.count';

/** There are passes in these spans. */
export function* addSpans(spans: Iterable<number>): Steps<void> {
  yield* insert(
    'spans (id, summed)',
    [...spans].map((span) => [span, 0]),
    'ON CONFLICT (id) DO NOTHING',
  );
}

/** Adds to what is kept. What comes to nothing is removed. */
function* write(sums: Sums): Steps<void> {
  const rows = sums.rows();
  yield* insert('rollups (given, hour, counted, count)', rows, ADD_UP);
  const less = rows.filter(([, , , count]) => count! < 0).map((row) => row.slice(0, 3));
  yield* forAll('DELETE FROM rollups WHERE count = 0 AND', 'given = ? AND hour = ? AND counted = ?', less);
}

/** A pass that comes, or with -1 goes. */
export type Change = readonly [id: number, facts: Facts, sign: 1 | -1];

/** Brings the sums up to date with passes that change in spans that are summed. The others are summed all at once. */
export function* addToSums(changes: readonly Change[]): Steps<void> {
  const spans = new Set(changes.map(([id]) => spanOf(id)));
  const summed = new Set<number>();
  for (const span of spans)
    if ((yield* rowsOf('SELECT id FROM spans WHERE id = ? AND summed = 1', span)).length > 0) summed.add(span);
  const sums = new Sums();
  for (const [id, facts, sign] of changes) if (summed.has(spanOf(id))) sums.add(id, facts, sign);
  yield* write(sums);
}

/** Sums the oldest span that is not, but the newest, to which passes are still added. False where there is none. */
export function* sumOldestSpan(): Steps<boolean> {
  const waiting = 'SELECT min(id) AS id FROM spans WHERE summed = 0 AND id < (SELECT max(id) FROM spans)';
  const [oldest] = yield* rowsOf<{ id: number | null }>(waiting);
  const span = oldest!.id;
  if (span === null) return false;
  const sums = new Sums();
  const all = { low: firstIdOfSpan(span), high: firstIdOfSpan(span + 1), words: [] };
  yield* eachPass(all, ({ id, facts }) => sums.add(id, JSON.parse(facts) as Facts, 1));
  yield* write(sums);
  yield* run('UPDATE spans SET summed = 1 WHERE id = ?', span);
  return true;
}
