/** Requests by their records: pages of entries, and one by its uid. */
import { entryOf, passesWith, type Pass } from './entry.ts';
import { rowsOf, type Steps } from './query.ts';
import { passesIn, selectionOf, type Selection } from './select.ts';
import type { AuditEntry, AuditFilter, AuditPage } from './terms.ts';
import { keyOf } from './words.ts';

const OF_UID = 'SELECT u.id FROM spans s CROSS JOIN uids u WHERE u.span = s.id AND u.uid = ? ORDER BY u.id LIMIT 1';

/** The request that the uid of any of its passes is given of. */
export function* showEntry(uid: string): Steps<AuditEntry | undefined> {
  const [row] = yield* rowsOf<{ id: number }>(OF_UID, keyOf(uid));
  return row && entryOf(yield* passesWith(row.id));
}

function placeOf(after: string | undefined): number {
  if (after === undefined) return Infinity;
  if (!/^\d{1,16}$/.test(after)) throw new Error(`no place in the list: ${after}, expected the "next" of another page`);
  return Number(after);
}

/** Tells whether a selection means a pass. */
const isMeant = ({ low, high, words }: Selection, { id, facts: [givens, others] }: Pass): boolean =>
  id >= low && id < high && words.every((word) => givens.includes(word) || others.includes(word));

/**
 * One page of entries, the newest first, from a place on. The place of an entry in the list is its first pass that is meant.
 * Passes that come later do not move it, so that going on from a place neither misses nor repeats one. Throws where `after` is none.
 */
export function* listEntries(filter: AuditFilter, limit: number, after?: string): Steps<AuditPage> {
  const from = placeOf(after);
  const selection = yield* selectionOf(filter);
  const entries: AuditEntry[] = [];
  if (!selection || limit < 1) return { entries };
  const most = limit + 1;
  for (let [high, last] = [Math.min(selection.high, from), from]; ;) {
    const rows = yield* passesIn<{ id: number }>(
      { ...selection, high },
      { columns: 'p.id', order: 'DESC', limit: most },
    );
    for (const { id } of rows) {
      const passes = yield* passesWith(id);
      if (passes.some((other) => other.id < id && isMeant(selection, other))) continue;
      if (entries.length === limit) return { entries, next: String(last) };
      entries.push(entryOf(passes));
      last = id;
    }
    if (rows.length < most) return { entries };
    high = rows.at(-1)!.id;
  }
}
