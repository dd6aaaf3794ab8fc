/** Does an `exclude` leave anything of its `match`? */
import { isDeepStrictEqual } from 'node:util';
import { globMatches, isGlob } from '../engine/glob.ts';
import { complain, isMap, type Complaints } from './complaint.ts';

const isEmptySelector = (value: unknown): boolean =>
  isMap(value) &&
  [value['matchLabels'], value['matchExpressions']].every((part) => Object.keys(part ?? {}).length === 0);

const withinGlob = (entry: unknown, other: unknown): boolean =>
  isDeepStrictEqual(entry, other) ||
  (typeof entry === 'string' && typeof other === 'string' && !isGlob(entry) && globMatches(other, entry));

const EVERY: Readonly<Record<string, string>> = { namespaces: '*', serviceAccounts: '*', containers: '*', users: '*' };

/** Does this field of an exclude hold for everything that the same field of the match covers? */
function fieldCovers(field: string, excluded: unknown, matched: unknown): boolean {
  if (isEmptySelector(excluded)) return true;
  if (!Array.isArray(excluded)) return isDeepStrictEqual(excluded, matched);
  if (excluded.includes(EVERY[field])) return true;
  return Array.isArray(matched) && matched.every((entry) => excluded.some((other) => withinGlob(entry, other)));
}

/** Complains where an exclude takes away all that the match covers: a policy that would never apply. */
export function checkExclude(spec: unknown, complaints: Complaints): void {
  if (!isMap(spec) || !isMap(spec['exclude'])) return;
  const matched = isMap(spec['match']) ? spec['match'] : {};
  const fields = Object.entries(spec['exclude']);
  if (!fields.every(([field, value]) => fieldCovers(field, value, matched[field]))) return;
  complain(complaints, ['exclude'], {
    expected: 'something that leaves a part of match',
    message: fields.length === 0 ? '{} excludes everything' : 'excludes everything that match covers',
  });
}
