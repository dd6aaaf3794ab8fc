/** Follows the audit trail: entries as they come. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEntry, AuditFilter, AuditReader } from '../store/terms.ts';
import type { OpenedStore } from './audit-open.ts';
import type { Context } from './context.ts';

const EVERY_MS = 1_000;
const PAGE = 200;
/** Entries that are known from the beginning, shown or not: more than a page, so that no page goes on below them. */
const KNOWN = 1_000;
/** Entries remembered, so that none is shown twice. */
const REMEMBERED = 50_000;

/** Entries that were shown, or are older. */
class Known {
  readonly #uids = new Set<string>();

  has({ uid }: AuditEntry): boolean {
    return this.#uids.has(uid);
  }

  add(entries: readonly AuditEntry[]): void {
    for (const { uid } of entries) this.#uids.add(uid);
    for (const uid of this.#uids) {
      if (this.#uids.size <= REMEMBERED) break;
      this.#uids.delete(uid);
    }
  }
}

/** What came since, the oldest first. Not all of it need be at the top: requests are recorded when they are answered. */
async function cameSince(known: Known, store: AuditReader, filter: AuditFilter): Promise<AuditEntry[]> {
  const found: AuditEntry[] = [];
  let after: string | undefined;
  do {
    const { entries, next } = await store.list(filter, PAGE, after);
    const fresh = entries.filter((entry) => !known.has(entry));
    found.push(...fresh);
    after = fresh.length === entries.length ? next : undefined;
  } while (after !== undefined);
  return found.reverse();
}

/**
 * The newest entries, the oldest of them first, and then without end what comes, some at a time. What the server has
 * recorded meanwhile is taken in each time, where the store can be written.
 */
export async function* newEntries(
  { store, refresh }: OpenedStore,
  filter: AuditFilter,
  limit: number,
  { stdout }: Context,
): AsyncGenerator<readonly AuditEntry[]> {
  const known = new Known();
  const { entries } = await store.list(filter, Math.max(limit, KNOWN));
  known.add(entries.toReversed());
  if (entries.length > 0) yield entries.slice(0, limit).reverse();
  while (stdout.writable) {
    await sleep(EVERY_MS);
    await refresh();
    const fresh = await cameSince(known, store, filter);
    known.add(fresh);
    if (fresh.length > 0) yield fresh;
  }
}
