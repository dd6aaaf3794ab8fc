/** Puts the passes of one request together. */
import type { AdmissionResult } from '../audit/admission-result.ts';
import { recordOf, type BodyRow } from '../audit/body.ts';
import type { AuditRecord } from '../audit/record.ts';
import type { Facts } from './facts.ts';
import { firstIdOf, spanOf, timeOf } from './pass-id.ts';
import { rowsOf, type Steps } from './query.ts';
import type { AuditEntry } from './terms.ts';
import { keyOf } from './words.ts';

/** Passes of one request come within this, in milliseconds. */
const TOGETHER_MS = 60_000;
/** No request has as many passes, but a uid may have been copied to as many pods. */
const MOST = 16;

/** One pass with all that is known of it. */
export interface Pass {
  readonly id: number;
  readonly record: AuditRecord;
  readonly facts: Facts;
  readonly result: AdmissionResult | undefined;
}

interface PassRow extends BodyRow {
  readonly id: number;
  readonly facts: string;
  readonly result: string | null;
}

const ALL_OF = 'SELECT p.id, p.facts, b.head, s.json AS shape, r.json AS result';
const REST = 'LEFT JOIN shape_texts s ON s.id = b.shape LEFT JOIN results r ON r.id = p.id';
const FROM = `CROSS JOIN passes p CROSS JOIN bodies b ${REST} WHERE p.id = u.id AND b.id = u.id`;
const NEAR = `u.span IN (?, ?) AND u.id >= ? AND u.id < ? ORDER BY u.id LIMIT ${MOST + 1}`;
const SAME = `${ALL_OF} FROM uids u ${FROM} AND u.uid IN (?, ?) AND ${NEAR}`;
const FOLLOWING = `${ALL_OF} FROM followers u ${FROM} AND u.uid = ? AND ${NEAR}`;
const ONE = `${ALL_OF} FROM passes p CROSS JOIN bodies b ${REST} WHERE b.id = p.id AND p.id = ?`;

const passOf = ({ id, facts, result, ...body }: PassRow): Pass => ({
  id,
  record: recordOf(body),
  facts: JSON.parse(facts) as Facts,
  result: result === null ? undefined : (JSON.parse(result) as AdmissionResult),
});

/** Could they be passes of one request? Anybody can copy an annotation to another pod. */
function agree(a: AuditRecord, b: AuditRecord): boolean {
  return (
    a.namespace === b.namespace &&
    a.name === b.name &&
    a.generateName === b.generateName &&
    a.user === b.user &&
    Math.abs(Date.parse(a.time) - Date.parse(b.time)) <= TOGETHER_MS
  );
}

/** The passes that name this one, or that it names; undefined where they are a crowd. */
function* neighboursOf({ id, record: { uid, follows = uid } }: Pass): Steps<PassRow[] | undefined> {
  const [low, high] = [firstIdOf(timeOf(id) - TOGETHER_MS), firstIdOf(timeOf(id) + TOGETHER_MS + 1)];
  const near = [spanOf(low), spanOf(high), low, high];
  const same = yield* rowsOf<PassRow>(SAME, keyOf(uid), keyOf(follows), ...near);
  const following = yield* rowsOf<PassRow>(FOLLOWING, keyOf(uid), ...near);
  return same.length > MOST || following.length > MOST ? undefined : [...same, ...following];
}

/**
 * All passes of a request, in the order in which they were recorded, by the id of any of them. Where there would be more than any
 * request has, it is that one alone: looking at all others for each of a crowd would take minutes.
 */
export function* passesWith(id: number): Steps<readonly Pass[]> {
  const [row] = yield* rowsOf<PassRow>(ONE, id);
  const first = passOf(row!);
  const found = new Map([[id, first]]);
  // What is added meanwhile is looked at, too.
  for (const one of found.values()) {
    const others = yield* neighboursOf(one);
    if (!others || found.size > MOST) return [first];
    for (const other of others.filter((row) => !found.has(row.id)).map(passOf))
      if (agree(one.record, other.record)) found.set(other.id, other);
  }
  return [...found.values()].sort((a, b) => a.id - b.id);
}

/** The entry of all passes of a request. */
export function entryOf(passes: readonly Pass[]): AuditEntry {
  const [{ record: first }] = passes as [Pass];
  const result = passes.findLast((pass) => pass.result !== undefined)?.result;
  const known = result ? { result } : {};
  return { uid: first.uid, time: Date.parse(first.time), passes: passes.map(({ record }) => record), ...known };
}
