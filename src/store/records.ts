import type { DatabaseSync } from 'node:sqlite';
import type { AuditRecord } from '../audit/record.ts';
import { passesIn, selectionOf } from './select.ts';
import type { AuditFilter } from './terms.ts';

const ROWS = 500;

/** Some records that a filter means, the oldest first, from an id on; `next` is where to go on, absent after the last. */
export function someRecords(
  database: DatabaseSync,
  filter: AuditFilter,
  from: number,
): { readonly records: readonly AuditRecord[]; readonly next?: number } {
  const selection = selectionOf(database, filter);
  if (!selection) return { records: [] };
  const json = '(SELECT json FROM bodies b WHERE b.id = p.id) AS json';
  const rest = { ...selection, low: Math.max(selection.low, from) };
  const passes = passesIn(database, rest, { columns: `p.id, ${json}`, order: 'ASC', limit: ROWS });
  const rows = [...passes] as { id: number; json: string }[];
  const records = rows.map((row) => JSON.parse(row.json) as AuditRecord);
  return rows.length < ROWS ? { records } : { records, next: rows.at(-1)!.id + 1 };
}
