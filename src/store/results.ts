/** Keeps what became of records: the first result of each, but one that is unknown gives way. */
import type { ResultLine } from '../audit/admission-result.ts';
import type { Dictionary } from './dictionary.ts';
import type { Facts } from './facts.ts';
import { firstIdOf, spanOf } from './pass-id.ts';
import { postingsOf } from './postings.ts';
import { forAll, insert, type Steps } from './query.ts';
import { addToSums, type Change } from './spans.ts';
import { keyOf, PENDING, resultWord } from './words.ts';

const STATUSES = ['admitted', 'altered', 'not-admitted', 'unknown'] as const;
const FIND = 'SELECT u.uid, u.id, p.facts FROM uids u CROSS JOIN passes p WHERE p.id = u.id AND';
// What does not fit into its millisecond stands in a later one, and that may be in the next span.
const OF = 'u.span = ? AND u.uid = ? AND u.id >= ?';

interface Found {
  readonly uid: string;
  readonly id: number;
  readonly facts: string;
}

type Numbers = (word: string) => number;

const isUnknown = ({ result }: ResultLine): boolean => result.status === 'unknown';

/** By uid, the lines that may be told: the first of each, or the first that knows something. */
function firstOf(lines: readonly ResultLine[]): Map<string, ResultLine> {
  const first = new Map<string, ResultLine>();
  for (const line of lines) {
    const before = first.get(keyOf(line.uid));
    if (!before || (isUnknown(before) && !isUnknown(line))) first.set(keyOf(line.uid), line);
  }
  return first;
}

function* passesOf(lines: ReadonlyMap<string, ResultLine>): Steps<Map<string, Found>> {
  const asked = [...lines].flatMap(([uid, { recorded }]) => {
    const low = firstIdOf(Date.parse(recorded));
    return [spanOf(low), spanOf(low) + 1].map((span) => [span, uid, low]);
  });
  const found = yield* forAll<Found>(FIND, OF, asked);
  // Where two records have one uid, the older one is meant.
  return new Map(found.sort((a, b) => b.id - a.id).map((one) => [one.uid, one]));
}

/** The facts of a record of which more is known now; undefined where nothing is to be known, or as much was known before. */
function settled([givens, others, counts]: Facts, status: string, idOf: Numbers): Facts | undefined {
  const [pending, unknown, now] = [idOf(PENDING), idOf(resultWord('unknown')), idOf(`result:${status}`)];
  const before = givens.find((word) => word === pending || word === unknown);
  if (before === undefined || before === now) return undefined;
  const kept = counts.filter((_, i) => counts[i - (i % 2)] !== unknown);
  return [[...givens.filter((word) => word !== before), now], others, [...kept, now, 1]];
}

interface Settled {
  readonly id: number;
  readonly was: Facts;
  readonly is: Facts;
  readonly json: string;
}

function* write(all: readonly Settled[]): Steps<void> {
  const facts = all.map(({ id, is }) => [id, JSON.stringify(is)]);
  yield* insert('passes (id, facts)', facts, 'ON CONFLICT (id) DO UPDATE SET facts = excluded.facts');
  const results = all.map(({ id, json }) => [id, json]);
  yield* insert('results (id, json)', results, 'ON CONFLICT (id) DO UPDATE SET json = excluded.json');
  const gone = all.map(
    ({ id, was: [of], is: [now] }) => [id, [of.filter((word) => !now.includes(word)), [], []]] as const,
  );
  const come = all.map(
    ({ id, was: [of], is: [now] }) => [id, [now.filter((word) => !of.includes(word)), [], []]] as const,
  );
  yield* forAll('DELETE FROM postings WHERE', 'span = ? AND word = ? AND id = ?', postingsOf(gone));
  yield* insert('postings (span, word, id)', postingsOf(come));
  yield* addToSums(
    all.flatMap(({ id, was, is }): Change[] => [
      [id, was, -1],
      [id, is, 1],
    ]),
  );
}

/** Keeps results of records that are there. To be used in a transaction that writes, after the records were added. */
export function* addResults(lines: readonly ResultLine[], dictionary: Dictionary): Steps<void> {
  if (lines.length === 0) return;
  const first = firstOf(lines);
  const found = yield* passesOf(first);
  if (found.size === 0) return;
  const newest = Math.max(...[...found.values()].map(({ id }) => spanOf(id)));
  const words = [PENDING, ...STATUSES.map(resultWord)];
  const { idOf } = yield* dictionary.learn(new Map(words.map((word) => [word, newest])));
  const all: Settled[] = [];
  for (const [uid, { id, facts }] of found) {
    const { result } = first.get(uid)!;
    const was = JSON.parse(facts) as Facts;
    const is = settled(was, result.status, idOf);
    if (is) all.push({ id, was, is, json: JSON.stringify(result) });
  }
  yield* write(all.sort((a, b) => a.id - b.id));
}
