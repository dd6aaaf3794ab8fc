import { recordOf, type BodyRow } from '../audit/body.ts';
import type { AuditRecord } from '../audit/record.ts';
import type { Steps } from './query.ts';
import { passesIn, selectionOf, type Reading } from './select.ts';
import type { AuditFilter } from './terms.ts';

const ROWS = 500;
/** How many records are told of that may still get a result. */
const AWAITED = 10_000;

const OF = 'FROM bodies b LEFT JOIN shape_texts s ON s.id = b.shape WHERE b.id = p.id';
const columns = `p.id, (SELECT b.head ${OF}) AS head, (SELECT s.json ${OF}) AS shape`;

function* read(filter: AuditFilter, from: number, reading: Omit<Reading, 'columns'>): Steps<readonly RecordRow[]> {
  const selection = yield* selectionOf(filter);
  if (!selection) return [];
  return yield* passesIn<RecordRow>({ ...selection, low: Math.max(selection.low, from) }, { columns, ...reading });
}

interface RecordRow extends BodyRow {
  readonly id: number;
}

/** Some records, and where to go on; that is absent after the last. */
export interface SomeRecords {
  readonly records: readonly AuditRecord[];
  readonly next?: number;
}

/** Some records that a filter means, the oldest first, from an id on. */
export function* someRecords(filter: AuditFilter, from: number): Steps<SomeRecords> {
  const rows = yield* read(filter, from, { order: 'ASC', limit: ROWS });
  const records = rows.map(recordOf);
  return rows.length < ROWS ? { records } : { records, next: rows.at(-1)!.id + 1 };
}

/** The newest records since then of which no result is known, the oldest first. */
export function* awaitedRecords(since: number): Steps<readonly AuditRecord[]> {
  const rows = yield* read({ since, result: 'pending' }, 0, { order: 'DESC', limit: AWAITED });
  return rows.map(recordOf).reverse();
}
