/** Numbers about records: whole hours from the sums that are kept, the rest pass by pass. */
import type { Facts } from './facts.ts';
import { firstIdOfHour, firstIdOfSpan, hourOf, nameOfHour, spanOf, timeOf } from './pass-id.ts';
import { readAll, rowsOf, type Steps } from './query.ts';
import { ANY, RECORDS } from './schema.ts';
import { eachPass, passesIn, selectionOf, type Selection } from './select.ts';
import type { AuditCount, AuditFilter, AuditStats } from './terms.ts';
import { isGiven, partsOf, wordsOfFilter } from './words.ts';

/** Counts by the number of the word that they are for, and records by hour. */
interface Tally {
  readonly findings: Map<number, number>;
  readonly hours: Map<number, number>;
}

function add(to: Map<number, number>, key: number, count: number): void {
  to.set(key, (to.get(key) ?? 0) + count);
}

function* addPasses(selection: Selection, { findings, hours }: Tally): Steps<void> {
  yield* eachPass(selection, ({ id, facts }) => {
    const [, , counts] = JSON.parse(facts) as Facts;
    add(hours, hourOf(id), 1);
    for (let i = 0; i < counts.length; i += 2) add(findings, counts[i]!, counts[i + 1]!);
  });
}

const HOURS = 'FROM rollups WHERE given = ? AND hour >= ? AND hour < ? AND counted';
const SUMS = `SELECT counted, sum(count) AS count ${HOURS} <> ${RECORDS} GROUP BY counted`;
const BY_HOUR = `SELECT hour, count ${HOURS} = ${RECORDS}`;

/** Adds the hours from the first up to, not including, the last. */
function* addHours(given: number, first: number, last: number, tally: Tally): Steps<void> {
  for (const row of yield* rowsOf<{ counted: number; count: number }>(SUMS, given, first, last))
    add(tally.findings, row.counted, row.count);
  for (const row of yield* rowsOf<{ hour: number; count: number }>(BY_HOUR, given, first, last))
    add(tally.hours, row.hour, row.count);
}

/** The spans between two ids, which are whole hours, that are not in the sums yet. */
export function* unsummed(low: number, high: number): Steps<readonly { readonly id: number }[]> {
  return yield* rowsOf('SELECT id FROM spans WHERE summed = 0 AND id >= ? AND id < ?', spanOf(low), spanOf(high));
}

function* tallyOf(selection: Selection, filter: AuditFilter): Steps<Tally> {
  const tally: Tally = { findings: new Map(), hours: new Map() };
  const { low, high, words } = selection;
  const [first, last] = [hourOf(low - 1) + 1, hourOf(high)];
  if (words.length > 1 || !wordsOfFilter(filter).every(isGiven) || first >= last) {
    yield* addPasses(selection, tally);
    return tally;
  }
  const [from, to] = [firstIdOfHour(first), firstIdOfHour(last)];
  yield* addPasses({ ...selection, high: from }, tally);
  yield* addHours(words[0] ?? ANY, first, last, tally);
  for (const { id } of yield* unsummed(from, to))
    yield* addPasses({ ...selection, low: firstIdOfSpan(id), high: firstIdOfSpan(id + 1) }, tally);
  yield* addPasses({ ...selection, low: to }, tally);
  return tally;
}

// By code unit, the same everywhere.
const byName = (a: AuditCount, b: AuditCount): number => (a.name < b.name ? -1 : 1);

function* countsByKind(findings: ReadonlyMap<number, number>): Steps<(kind: string) => readonly AuditCount[]> {
  const words = yield* readAll<{ id: number; text: string }>('SELECT id, text FROM words WHERE id', [
    ...findings.keys(),
  ]);
  const counts = words.map(({ id, text }) => {
    const [kind, name] = partsOf(text);
    return { kind, name, count: findings.get(id)! };
  });
  const kinds = Map.groupBy(counts, ({ kind }) => kind);
  return (kind) =>
    (kinds.get(kind) ?? [])
      .map(({ name, count }) => ({ name, count }))
      .sort((a, b) => b.count - a.count || byName(a, b));
}

function* endOf(selection: Selection, order: 'ASC' | 'DESC'): Steps<number> {
  const [row] = yield* passesIn<{ id: number }>(selection, { columns: 'p.id', order, limit: 1 });
  return timeOf(row!.id);
}

function* endsOf(selection: Selection): Steps<Pick<AuditStats, 'first' | 'last'>> {
  return { first: yield* endOf(selection, 'ASC'), last: yield* endOf(selection, 'DESC') };
}

const NONE: Tally = { findings: new Map(), hours: new Map() };

/** Numbers about all records that a filter means. */
export function* statsOf(filter: AuditFilter): Steps<AuditStats> {
  const selection = yield* selectionOf(filter);
  const { findings, hours } = selection ? yield* tallyOf(selection, filter) : NONE;
  const kind = yield* countsByKind(findings);
  const records = [...hours.values()].reduce((sum, count) => sum + count, 0);
  const byHour = [...hours].sort(([a], [b]) => a - b);
  return {
    records,
    ...(selection && records > 0 ? yield* endsOf(selection) : {}),
    outcomes: kind('outcome'),
    policies: kind('policy'),
    rules: kind('rule'),
    capabilities: kind('capability'),
    namespaces: kind('namespace'),
    taken: kind('taken'),
    wouldChange: kind('would'),
    exceptions: kind('exception'),
    results: kind('result'),
    hours: byHour.map(([hour, count]) => ({ name: nameOfHour(hour), count })),
  };
}
