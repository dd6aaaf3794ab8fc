/** Removes the oldest records: those that are too old, and those that are too much. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { inTransaction } from './database.ts';
import { Sums, type Facts } from './facts.ts';
import { firstIdOf, spanOf } from './pass-id.ts';
import type { Spans } from './spans.ts';
import type { Retention } from './terms.ts';

/** Records that one transaction removes, and pages that one gives back: others wait while it runs. */
const RECORDS = 250;
const PAGES = 1_000;

interface Pages {
  readonly all: number;
  readonly free: number;
  readonly bytes: number;
}

function pagesOf(database: DatabaseSync): Pages {
  const read = (pragma: string): number => Object.values(database.prepare(`PRAGMA ${pragma}`).get()!)[0] as number;
  return { all: read('page_count'), free: read('freelist_count'), bytes: read('page_size') };
}

interface Outgoing {
  readonly id: number;
  readonly uid: string;
  readonly facts: string;
}

function excess(database: DatabaseSync, { before = -Infinity, maxBytes = Infinity }: Retention): Outgoing[] {
  const { all, free, bytes } = pagesOf(database);
  const end = (all - free) * bytes > maxBytes ? Infinity : before;
  const oldest = database.prepare(`SELECT id, uid, facts FROM passes WHERE id < ? ORDER BY id LIMIT ${RECORDS}`);
  return oldest.all(firstIdOf(end)) as unknown as Outgoing[];
}

function remove(database: DatabaseSync, spans: Spans, outgoing: readonly Outgoing[]): void {
  const prepare = (from: string): StatementSync => database.prepare(`DELETE FROM ${from}`);
  const pass = prepare('passes WHERE id = ?');
  const body = prepare('bodies WHERE id = ?');
  const uidOf = prepare('uids WHERE span = ? AND uid = ? AND id = ?');
  const posting = prepare('postings WHERE span = ? AND word = ? AND id = ?');
  const sums = new Sums();
  for (const { id, uid, facts } of outgoing) {
    const [givens, others, counts] = JSON.parse(facts) as Facts;
    const span = spanOf(id);
    pass.run(id);
    body.run(id);
    uidOf.run(span, uid, id);
    for (const word of [...givens, ...others]) posting.run(span, word, id);
    if (spans.isSummed(span)) sums.add(id, [givens, others, counts], -1);
  }
  spans.write(sums);
}

/** Removes spans without passes, and words that are in none. */
function removeEmpty(database: DatabaseSync): void {
  const oldest = database.prepare('SELECT min(id) AS id FROM passes').get()!['id'] as number | null;
  const span = oldest === null ? Number.MAX_SAFE_INTEGER : spanOf(oldest);
  database.prepare('DELETE FROM spans WHERE id < ?').run(span);
  database.prepare('DELETE FROM words WHERE last < ?').run(span);
}

/** Removes some records that need not be kept, the oldest first. Returns their number; 0 where there are none. */
export function pruneSome(database: DatabaseSync, spans: Spans, retention: Retention): number {
  return inTransaction(database, 'IMMEDIATE', () => {
    const outgoing = excess(database, retention);
    if (outgoing.length > 0) remove(database, spans, outgoing);
    else removeEmpty(database);
    return outgoing.length;
  });
}

/** Gives back some pages of a file that is too large. False where there is nothing to give back: what is free is used again. */
export function shrinkSome(database: DatabaseSync, { maxBytes = Infinity }: Retention): boolean {
  const { all, free, bytes } = pagesOf(database);
  if (free === 0 || all * bytes <= maxBytes) return false;
  database.exec(`PRAGMA incremental_vacuum(${PAGES})`);
  return pagesOf(database).all < all;
}
