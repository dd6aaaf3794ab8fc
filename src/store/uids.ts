import { rowsOf, type Steps } from './query.ts';
import { wellFormed } from './words.ts';

const ROWS = 100;
/** After every text that begins with what it is added to. */
const LAST = '\u{10ffff}';

const OF_PREFIX = `SELECT u.id, u.uid FROM spans s CROSS JOIN uids u
  WHERE u.span = s.id AND u.uid >= ? AND u.uid < ? AND u.id < ? ORDER BY s.id DESC, u.id DESC LIMIT ${ROWS}`;

/** The uids that begin so, of the newest records first. */
export function* uidsWith(prefix: string, limit: number): Steps<readonly string[]> {
  const start = wellFormed(prefix);
  const uids = new Set<string>();
  for (let before = Number.MAX_SAFE_INTEGER; uids.size < limit;) {
    const rows = yield* rowsOf<{ id: number; uid: string }>(OF_PREFIX, start, start + LAST, before);
    for (const { uid } of rows) uids.add(uid);
    if (rows.length < ROWS) break;
    before = rows.at(-1)!.id;
  }
  return [...uids].slice(0, limit);
}
