/** Requests by their records: pages of entries, and one by its uid. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { AuditRecord } from '../audit/record.ts';
import { spanOf } from './pass-id.ts';
import { isSelected, passesIn, selectionOf, type PassRow, type Selection } from './select.ts';
import type { AuditEntry, AuditFilter, AuditPage } from './terms.ts';

interface PassRead {
  readonly id: number;
  readonly json: string;
}

const BODIES = 'CROSS JOIN bodies b ON b.id = u.id';
const OF_UID = `SELECT b.id, b.json FROM spans s CROSS JOIN uids u ON u.span = s.id ${BODIES} WHERE u.uid = ? ORDER BY b.id`;
// The passes of one request come within seconds: no other spans are looked into.
const NEARBY = `SELECT b.id, b.json FROM uids u ${BODIES} WHERE u.uid = ? AND u.span IN (?, ?, ?) ORDER BY b.id`;

function entryOf(uid: string, rows: readonly PassRead[]): AuditEntry {
  const passes = rows.map(({ json }) => JSON.parse(json) as AuditRecord);
  return { uid, time: Date.parse(passes[0]!.time), passes };
}

const passesOf = (statement: StatementSync, uid: string, spans: readonly number[] = []): PassRead[] =>
  statement.all(uid, ...spans) as unknown as PassRead[];

/** The request of a uid. */
export function showEntry(database: DatabaseSync, uid: string): AuditEntry | undefined {
  const rows = passesOf(database.prepare(OF_UID), uid);
  return rows.length > 0 ? entryOf(uid, rows) : undefined;
}

function placeOf(after: string | undefined): number {
  if (after === undefined) return Infinity;
  if (!/^\d{1,16}$/.test(after)) throw new Error(`no place in the list: ${after}, expected the "next" of another page`);
  return Number(after);
}

/**
 * Entries with the places that they have in the list: the first pass that is meant. Passes that come later do not move them, so
 * that going on from a place neither misses nor repeats one.
 */
function* entriesOf(database: DatabaseSync, selection: Selection): Generator<[place: number, entry: AuditEntry]> {
  const nearby = database.prepare(NEARBY);
  const isMeant = isSelected(database, selection);
  for (const row of passesIn(database, selection, { columns: 'p.id, p.uid', order: 'DESC' })) {
    const { id, uid } = row as PassRow;
    const span = spanOf(id);
    const passes = passesOf(nearby, uid, [span - 1, span, span + 1]);
    const isFirst = !passes.some((other) => other.id < id && isMeant(other.id));
    if (isFirst) yield [id, entryOf(uid, passes)];
  }
}

/** One page of entries, the newest first. Throws where `after` is no place in the list. */
export function listEntries(database: DatabaseSync, filter: AuditFilter, limit: number, after?: string): AuditPage {
  let last = placeOf(after);
  const selection = selectionOf(database, filter);
  const entries: AuditEntry[] = [];
  if (!selection || limit < 1) return { entries };
  const rest = { ...selection, high: Math.min(selection.high, last) };
  for (const [place, entry] of entriesOf(database, rest)) {
    if (entries.length === limit) return { entries, next: String(last) };
    entries.push(entry);
    last = place;
  }
  return { entries };
}
