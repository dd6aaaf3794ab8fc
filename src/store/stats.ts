/** Numbers about records: whole hours from the sums that are kept, the rest pass by pass. */
import type { DatabaseSync } from 'node:sqlite';
import type { Facts } from './facts.ts';
import { firstIdOfHour, firstIdOfSpan, hourOf, nameOfHour, spanOf, timeOf } from './pass-id.ts';
import { ANY, RECORDS } from './schema.ts';
import { passesIn, selectionOf, type PassRow, type Selection } from './select.ts';
import type { AuditCount, AuditFilter, AuditStats } from './terms.ts';
import { isGiven, partsOf, wordsOfFilter } from './words.ts';

/** Findings by the number of the word that they count for, and records by hour. */
interface Tally {
  readonly findings: Map<number, number>;
  readonly hours: Map<number, number>;
}

function add(to: Map<number, number>, key: number, count: number): void {
  to.set(key, (to.get(key) ?? 0) + count);
}

function addPasses(database: DatabaseSync, selection: Selection, { findings, hours }: Tally): void {
  if (selection.low >= selection.high) return;
  for (const row of passesIn(database, selection, { columns: 'p.id, p.facts', order: 'ASC' })) {
    const { id, facts } = row as PassRow;
    const [, , counts] = JSON.parse(facts) as Facts;
    add(hours, hourOf(id), 1);
    for (let i = 0; i < counts.length; i += 2) add(findings, counts[i]!, counts[i + 1]!);
  }
}

/** Adds the hours from the first up to, not including, the last. */
function addHours(database: DatabaseSync, given: number, [first, last]: [number, number], tally: Tally): void {
  const where = 'FROM rollups WHERE given = ? AND hour >= ? AND hour < ? AND counted';
  const sums = database.prepare(`SELECT counted, sum(count) AS count ${where} <> ${RECORDS} GROUP BY counted`);
  for (const { counted, count } of sums.iterate(given, first, last))
    add(tally.findings, Number(counted), Number(count));
  const hours = database.prepare(`SELECT hour, count ${where} = ${RECORDS}`);
  for (const { hour, count } of hours.iterate(given, first, last)) add(tally.hours, Number(hour), Number(count));
}

/** The spans of whole hours that are not in the sums yet. */
function unsummed(database: DatabaseSync, low: number, high: number): number[] {
  const rows = database.prepare('SELECT id FROM spans WHERE summed = 0 AND id >= ? AND id < ?');
  return rows.all(spanOf(low), spanOf(high)).map(({ id }) => Number(id));
}

function tallyOf(database: DatabaseSync, selection: Selection, filter: AuditFilter): Tally {
  const tally: Tally = { findings: new Map(), hours: new Map() };
  const { low, high, words } = selection;
  const [first, last] = [hourOf(low - 1) + 1, hourOf(high)];
  if (words.length > 1 || !wordsOfFilter(filter).every(isGiven) || first >= last) {
    addPasses(database, selection, tally);
    return tally;
  }
  addPasses(database, { ...selection, high: firstIdOfHour(first) }, tally);
  addHours(database, words[0] ?? ANY, [first, last], tally);
  const [from, to] = [firstIdOfHour(first), firstIdOfHour(last)];
  for (const span of unsummed(database, from, to))
    addPasses(database, { ...selection, low: firstIdOfSpan(span), high: firstIdOfSpan(span + 1) }, tally);
  addPasses(database, { ...selection, low: firstIdOfHour(last) }, tally);
  return tally;
}

// By code unit, the same everywhere.
const byName = (a: AuditCount, b: AuditCount): number => (a.name < b.name ? -1 : 1);

function countsByKind(database: DatabaseSync, findings: ReadonlyMap<number, number>): Map<string, AuditCount[]> {
  const text = database.prepare('SELECT text FROM words WHERE id = ?');
  const kinds = new Map<string, AuditCount[]>();
  for (const [word, count] of findings) {
    const [kind, name] = partsOf(text.get(word)!['text'] as string);
    kinds.set(kind, [...(kinds.get(kind) ?? []), { name, count }]);
  }
  for (const counts of kinds.values()) counts.sort((a, b) => b.count - a.count || byName(a, b));
  return kinds;
}

function endOf(database: DatabaseSync, selection: Selection, order: 'ASC' | 'DESC'): number {
  const [row] = passesIn(database, selection, { columns: 'p.id', order, limit: 1 });
  return timeOf((row as PassRow).id);
}

/** Numbers about all records that a filter means. */
export function statsOf(database: DatabaseSync, filter: AuditFilter): AuditStats {
  const selection = selectionOf(database, filter);
  const tally: Tally = selection ? tallyOf(database, selection, filter) : { findings: new Map(), hours: new Map() };
  const kinds = countsByKind(database, tally.findings);
  const kind = (name: string): AuditCount[] => kinds.get(name) ?? [];
  const records = [...tally.hours.values()].reduce((sum, count) => sum + count, 0);
  const hours = [...tally.hours].sort(([a], [b]) => a - b).map(([hour, count]) => ({ name: nameOfHour(hour), count }));
  return {
    records,
    ...(selection && records > 0
      ? { first: endOf(database, selection, 'ASC'), last: endOf(database, selection, 'DESC') }
      : {}),
    outcomes: kind('outcome'),
    policies: kind('policy'),
    rules: kind('rule'),
    capabilities: kind('capability'),
    namespaces: kind('namespace'),
    hours,
  };
}
