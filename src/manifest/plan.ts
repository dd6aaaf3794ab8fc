import { isDeepStrictEqual } from 'node:util';
import type { YAMLMap } from 'yaml';
import { isObject, mergedEntries, type Reading } from './json.ts';
import { isMergeKey, keyOf } from './schema.ts';
import type { ParsedPair } from './slot.ts';

/** A JSON object. */
export type Json = Record<string, unknown>;

/** How a map comes to have the wanted entries. */
export interface Plan {
  /** Entries of its own that stay, though their values may change. */
  readonly kept: readonly ParsedPair[];
  readonly removed: ReadonlySet<ParsedPair>;
  readonly added: Json;
}

/**
 * What to keep, remove and add. Undefined when the map has to be written anew: nothing of it stays, or it cannot get rid
 * of what it merges in. A key that comes from a merge and is to differ is added as the map's own, behind the merge.
 */
export function planOf(map: YAMLMap.Parsed, wanted: Json, anchors: Reading): Plan | undefined {
  const own = new Map<string, ParsedPair>();
  const merged = new Map<string, unknown>();
  const overridden = new Set<string>();
  for (const pair of map.items) {
    if (!isMergeKey(pair.key)) own.set(keyOf(pair.key), pair);
    else
      for (const [key, value] of mergedEntries(pair.value, anchors)) {
        merged.set(key, value);
        if (own.has(key)) overridden.add(key);
      }
  }
  const isWrong = (key: string) => !isDeepStrictEqual(merged.get(key), wanted[key]);
  const stuck = [...merged.keys()].some((key) => !Object.hasOwn(wanted, key) || (overridden.has(key) && isWrong(key)));
  const pairs = [...own.entries()];
  const kept = pairs.filter(([key]) => Object.hasOwn(wanted, key) && !overridden.has(key)).map(([, pair]) => pair);
  const removed = new Set(pairs.filter(([key]) => !Object.hasOwn(wanted, key)).map(([, pair]) => pair));
  if (stuck || removed.size === map.items.length) return undefined;
  const isMissing = ([key]: [string, unknown]) => !own.has(key) && (!merged.has(key) || isWrong(key));
  return { kept, removed, added: Object.fromEntries(Object.entries(wanted).filter(isMissing)) };
}

/** Whether only the inside of entries differs: the entries of the two lists belong together by their indexes. */
export function isSameShape(before: readonly unknown[], wanted: readonly unknown[]): boolean {
  const isAlike = (one: unknown, other: unknown) => (isObject(one) && isObject(other)) || isDeepStrictEqual(one, other);
  return before.length === wanted.length && before.every((item, index) => isAlike(item, wanted[index]));
}

/** The entries that both lists have in the same order: index in the new list → index in the old. */
export function commonEntries(before: readonly unknown[], wanted: readonly unknown[]): Map<number, number> {
  const kept = new Map<number, number>();
  let from = 0;
  for (const [to, value] of wanted.entries()) {
    const found = before.findIndex((item, index) => index >= from && isDeepStrictEqual(item, value));
    if (found === -1) continue;
    kept.set(to, found);
    from = found + 1;
  }
  return kept;
}
