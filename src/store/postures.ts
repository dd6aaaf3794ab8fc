/** What was found in each namespace, and when an exception last spared something. */
import type { Outcome } from '../engine/finding.ts';
import type { Facts } from './facts.ts';
import { firstIdOf, firstIdOfHour, firstIdOfSpan, hourOf, timeOf } from './pass-id.ts';
import { readAll, rowsOf, type Steps } from './query.ts';
import { RECORDS } from './schema.ts';
import { eachPass, passesIn, selectionOf } from './select.ts';
import { unsummed } from './stats.ts';
import type { NamespacePosture, Period } from './terms.ts';
import { partsOf } from './words.ts';

const NAMESPACES = `SELECT id FROM words WHERE text >= 'namespace:' AND text < 'namespace;'`;
const COUNTED = `SELECT id FROM words WHERE text >= 'outcome:' AND text < 'outcome;'
  UNION ALL SELECT id FROM words WHERE text = 'opt-out:true' UNION ALL SELECT ${RECORDS}`;
const SUMS = `SELECT r.given, r.counted, sum(r.count) AS count FROM rollups r
  WHERE r.given IN (${NAMESPACES}) AND r.hour >= ? AND r.hour < ? AND r.counted IN (${COUNTED}) GROUP BY r.given, r.counted`;

/** Counts of what is counted, by namespace. */
class Counts {
  readonly #counts = new Map<number, Map<number, number>>();

  add(namespace: number, counted: number, count: number): void {
    let counts = this.#counts.get(namespace);
    if (!counts) this.#counts.set(namespace, (counts = new Map<number, number>()));
    counts.set(counted, (counts.get(counted) ?? 0) + count);
  }

  /** Adds a pass. `namespaces` are the words that are one. */
  addPass([givens, , counts]: Facts, namespaces: ReadonlySet<number>): void {
    const namespace = givens.find((word) => namespaces.has(word))!;
    this.add(namespace, RECORDS, 1);
    for (let i = 0; i < counts.length; i += 2) this.add(namespace, counts[i]!, counts[i + 1]!);
  }

  *postures(): Steps<NamespacePosture[]> {
    const words = new Set([...this.#counts].flatMap(([namespace, counts]) => [namespace, ...counts.keys()]));
    const texts = yield* readAll<{ id: number; text: string }>('SELECT id, text FROM words WHERE id', [...words]);
    const parts = new Map(texts.map(({ id, text }) => [id, partsOf(text)]));
    return [...this.#counts].map(([namespace, counts]) => {
      const named = [...counts].map(([word, count]) => [parts.get(word)!, count] as const);
      const outcomes = named.flatMap(([[kind, name], count]) => (kind === 'outcome' ? [[name as Outcome, count]] : []));
      const optOuts = named.find(([[kind]]) => kind === 'opt-out')?.[1] ?? 0;
      const [, name] = parts.get(namespace)!;
      return {
        namespace: name,
        records: counts.get(RECORDS)!,
        outcomes: Object.fromEntries(outcomes) as object,
        optOuts,
      };
    });
  }
}

const findingsOf = ({ outcomes }: NamespacePosture): number =>
  Object.values(outcomes).reduce((sum, count) => sum + count, 0);

const mostFirst = (a: NamespacePosture, b: NamespacePosture): number =>
  findingsOf(b) - findingsOf(a) || b.records - a.records || (a.namespace < b.namespace ? -1 : 1);

/** The hours of a period: from the first up to, not including, the last. */
const hoursOf = ({ since = -Infinity, until = Infinity }: Period): [number, number] => [
  hourOf(firstIdOf(since)),
  hourOf(firstIdOf(until) - 1) + 1,
];

/** Namespaces with records in the hours of a period, those with the most findings first. */
export function* posturesOf(period: Period, limit: number): Steps<readonly NamespacePosture[]> {
  const [first, last] = hoursOf(period);
  const [from, to] = [firstIdOfHour(first), firstIdOfHour(last)];
  const counts = new Counts();
  for (const row of yield* rowsOf<{ given: number; counted: number; count: number }>(SUMS, first, last))
    counts.add(row.given, row.counted, row.count);
  const namespaces = new Set((yield* rowsOf<{ id: number }>(NAMESPACES)).map(({ id }) => id));
  for (const { id } of yield* unsummed(from, to)) {
    const span = { low: firstIdOfSpan(id), high: firstIdOfSpan(id + 1), words: [] };
    yield* eachPass(span, ({ facts }) => counts.addPass(JSON.parse(facts) as Facts, namespaces));
  }
  return (yield* counts.postures()).sort(mostFirst).slice(0, limit);
}

/** When an exception last spared something. */
export function* lastUseOf(exception: string): Steps<number | undefined> {
  const selection = yield* selectionOf({ exception });
  if (!selection) return undefined;
  const [{ last } = { last: 0 }] = yield* rowsOf<{ last: number }>(
    'SELECT last FROM words WHERE id = ?',
    selection.words[0]!,
  );
  // Looked for only where it can be: span by span, it takes as long as there are spans.
  const high = firstIdOfSpan(last + 1);
  const [row] = yield* passesIn<{ id: number }>({ ...selection, high }, { columns: 'p.id', order: 'DESC', limit: 1 });
  return row && timeOf(row.id);
}
