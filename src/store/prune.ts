/** Removes the oldest records: those that are too old, and those that are too much. */
import type { AuditRecord } from '../audit/record.ts';
import type { Facts } from './facts.ts';
import { firstIdOf, spanOf } from './pass-id.ts';
import { postingsOf } from './postings.ts';
import { forAll, rowsOf, run, type Steps } from './query.ts';
import { addToSums } from './spans.ts';
import type { Retention } from './terms.ts';
import { keyOf } from './words.ts';

/** Records that one transaction removes: others wait while it runs. */
const RECORDS = 250;

const OLDEST = `SELECT p.id, p.facts, b.head FROM passes p CROSS JOIN bodies b
  WHERE b.id = p.id AND p.id < ? ORDER BY p.id LIMIT ${RECORDS}`;

interface Outgoing {
  readonly id: number;
  readonly facts: string;
  readonly head: string;
}

/** These texts are kept no longer. */
function* forget(texts: readonly string[]): Steps<void> {
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  yield* run('UPDATE state SET bytes = bytes - ?', bytes);
}

function* removeKeys(outgoing: readonly Outgoing[]): Steps<void> {
  const records = outgoing.map(({ id, head }) => ({ id, ...(JSON.parse(head) as AuditRecord) }));
  const key = 'span = ? AND uid = ? AND id = ?';
  yield* forAll(
    'DELETE FROM uids WHERE',
    key,
    records.map(({ id, uid }) => [spanOf(id), keyOf(uid), id]),
  );
  const followers = records.flatMap(({ id, follows }) =>
    follows === undefined ? [] : [[spanOf(id), keyOf(follows), id]],
  );
  yield* forAll('DELETE FROM followers WHERE', key, followers);
}

function* remove(outgoing: readonly Outgoing[]): Steps<void> {
  const passes = outgoing.map(({ id, facts }) => [id, JSON.parse(facts) as Facts] as const);
  yield* forAll('DELETE FROM postings WHERE', 'span = ? AND word = ? AND id = ?', postingsOf(passes));
  yield* removeKeys(outgoing);
  yield* addToSums(passes.map(([id, facts]) => [id, facts, -1]));
  // All that is as old is removed, for the oldest go first.
  const last = outgoing.at(-1)!.id;
  for (const table of ['passes', 'bodies', 'results']) yield* run(`DELETE FROM ${table} WHERE id <= ?`, last);
  yield* forget(outgoing.map(({ head }) => head));
}

/** Removes spans without passes, and words and shapes that are in none. */
function* removeEmpty(): Steps<void> {
  const [row] = yield* rowsOf<{ id: number | null }>('SELECT min(id) AS id FROM passes');
  const span = row!.id === null ? Number.MAX_SAFE_INTEGER : spanOf(row!.id);
  yield* run('DELETE FROM spans WHERE id < ?', span);
  const words = yield* rowsOf('DELETE FROM words WHERE last < ? RETURNING id', span);
  const shapes = yield* rowsOf<{ id: number }>('DELETE FROM shapes WHERE last < ? RETURNING id', span);
  const ids = shapes.map(({ id }) => [id]);
  const texts = yield* forAll<{ json: string }>('SELECT json FROM shape_texts WHERE', 'id = ?', ids);
  yield* forAll('DELETE FROM shape_texts WHERE', 'id = ?', ids);
  yield* forget(texts.map(({ json }) => json));
  // Those who remember their numbers are to look.
  if (words.length + shapes.length > 0) yield* run('UPDATE state SET generation = generation + 1');
}

/**
 * Removes some records that need not be kept, the oldest first. `bytes` tells how much there is. Returns how many are removed; 0
 * where there are none.
 */
export function* pruneSome(retention: Retention, bytes: () => Steps<number>): Steps<number> {
  const { before = -Infinity, maxBytes = Infinity } = retention;
  const end = (yield* bytes()) > maxBytes ? Infinity : before;
  const outgoing = yield* rowsOf<Outgoing>(OLDEST, firstIdOf(end));
  if (outgoing.length > 0) yield* remove(outgoing);
  else yield* removeEmpty();
  return outgoing.length;
}
