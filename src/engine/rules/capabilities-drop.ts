/**
 * The result drops what policy wants dropped: usually exact `ALL`.
 *
 * Restricted fields:
 *   spec.containers[*].securityContext.capabilities.drop
 *   spec.initContainers[*].securityContext.capabilities.drop
 *   spec.ephemeralContainers[*].securityContext.capabilities.drop
 *
 * Allowed values: a list that holds every demanded name. The author's own entries stay: replacing `[NET_RAW]` by `[ALL]`
 * would give NET_RAW back to a container that also adds it.
 */
import { ALL, holdsAll, isAll, upper } from '../capabilities.ts';
import { list, type Rule, type Verdict } from '../rule.ts';

const DROPS_ALL_REASON =
  'Without drop ALL the container holds the default capabilities of its runtime, which nobody asked for.';
const SPELLING_REASON =
  'Runtimes drop everything for this spelling too, but Pod Security takes only ALL: only the spelling differs.';
const PRIVILEGED =
  'The container is privileged: every runtime gives it all capabilities, whatever it drops, so nothing was changed.';
const PRIVILEGED_ALL_THE_SAME =
  'The policy asks for drop ALL on privileged containers too; it has no effect while privileged is true.';

const complies = (value: readonly string[]): Verdict => ({ value, reason: '', unresolved: '' });

/** `[NET_RAW, all]` becomes `[NET_RAW, ALL]`: whatever any runtime reads as ALL is written so, once. */
function respell(drop: readonly string[]): Verdict {
  const first = drop.findIndex(isAll);
  const value = drop.filter((entry, i) => i === first || !isAll(entry)).map((entry) => (isAll(entry) ? ALL : entry));
  return { value, reason: SPELLING_REASON, unresolved: '' };
}

const NOTHING_DROPPED: Verdict = { value: Object.freeze([ALL]), reason: DROPS_ALL_REASON, unresolved: '' };

function dropAll(drop: readonly string[], privileged: boolean): Verdict {
  if (drop.includes(ALL)) return complies(drop);
  if (holdsAll(drop)) return respell(drop);
  if (privileged) return { value: [...drop, ALL], reason: PRIVILEGED_ALL_THE_SAME, unresolved: '' };
  return drop.length === 0 ? NOTHING_DROPPED : { value: [...drop, ALL], reason: DROPS_ALL_REASON, unresolved: '' };
}

function dropNamed(drop: readonly string[], wanted: readonly string[]): Verdict {
  if (holdsAll(drop)) return complies(drop);
  // containerd reads `CAP_NET_RAW` as the name of nothing, so only the plain name counts as dropped.
  const has = new Set(drop.map(upper));
  const missing = wanted.filter((name) => !has.has(name));
  if (missing.length === 0) return complies(drop);
  return { value: [...drop, ...missing], reason: `The policy wants ${list(missing)} dropped.`, unresolved: '' };
}

/** See the top of this file. */
export const capabilitiesDrop: Rule = {
  name: 'capabilities.drop',
  field: 'drop',
  judge(was, _next, demand) {
    if (demand.drop.length === 0) return complies(was.drop);
    const verdict = demand.drop.includes(ALL) ? dropAll(was.drop, was.privileged) : dropNamed(was.drop, demand.drop);
    if (was.privileged && !demand.dropWhenPrivileged && verdict.value !== was.drop)
      return { value: was.drop, reason: '', unresolved: PRIVILEGED };
    return verdict;
  },
};
