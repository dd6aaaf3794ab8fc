/**
 * The result adds only what policy allows, and gives back what policy wants kept of what dropping ALL takes away.
 *
 * Restricted fields:
 *   spec.containers[*].securityContext.capabilities.add
 *   spec.initContainers[*].securityContext.capabilities.add
 *   spec.ephemeralContainers[*].securityContext.capabilities.add
 *
 * Allowed values: names in the policy's allowedAdd that are not also dropped. Compared in canonical names; written only
 * where every runtime gave the container that capability before, because a spelling that one runtime ignores
 * (`CAP_NET_ADMIN` on containerd) would come to life if it were corrected.
 */
import { ALL, canonical, holdsAll, isCapability } from '../capabilities.ts';
import { allows, type Demand } from '../demand.ts';
import type { SecurityFields } from '../pod.ts';
import type { Rule, Verdict } from '../rule.ts';
import { heldEverywhere, isDefaultButNotOnCrio } from '../runtimes.ts';
import { reasonsFor, regretsFor, type Entries, type Fate } from './add-fates.ts';

const PRIVILEGED =
  'The container is privileged: it holds every capability, whatever it adds, so the list was left as it is.';

/** Why policy does not allow a name; undefined where it does. */
function objection(name: string, allowedAdd: ReadonlySet<string>): Fate | undefined {
  if (name === ALL) return allowedAdd.has(ALL) ? undefined : 'wildcard';
  if (!isCapability(name)) return 'unknown';
  return allows(allowedAdd, name) ? undefined : 'disallowed';
}

type Holds = (name: string) => boolean;

/** Holding is asked for few containers and then for several names: worked out once, and only if asked. */
function lazily(make: () => Holds): Holds {
  let holds: Holds | undefined;
  return (name) => (holds ??= make())(name);
}

/** What becomes of one entry of add. */
function fateOf(entry: string, isDropped: Holds, held: Holds, allowedAdd: ReadonlySet<string>): Fate {
  const name = canonical(entry);
  if (isDropped(name)) return 'dropped';
  const objected = objection(name, allowedAdd);
  if (objected) return objected;
  if (entry === name) return 'stays';
  return held(name) ? 'respelt' : 'left';
}

/** Names that may not stand in add because they are dropped, by the author or by name in a policy. */
function dropping({ drop }: SecurityFields, demand: Demand): Holds {
  if (drop.length === 1 && drop[0] === ALL && demand.drop.length <= 1) return (name) => name === ALL;
  const names = new Set([...drop.map(canonical), ...demand.drop.filter((name) => name !== ALL)]);
  return (name) => names.has(name);
}

interface Sorting {
  readonly stays: readonly string[];
  readonly entries: Entries;
}

const NO_ENTRIES: Entries = new Map();

/** Puts each entry with those of its fate. A corrected spelling is written once, and not beside the plain name. */
function sort(was: SecurityFields, next: SecurityFields, demand: Demand, held: Holds): Sorting {
  if (!demand.judgesAdd || was.add.length === 0) return { stays: was.add, entries: NO_ENTRIES };
  const isDropped = dropping(next, demand);
  const stays: string[] = [];
  const entries = new Map<Fate, string[]>();
  const corrected = new Set<string>();
  for (const entry of was.add) {
    const fate = fateOf(entry, isDropped, held, demand.allowedAdd);
    if (fate === 'stays' || fate === 'left') stays.push(entry);
    if (fate === 'respelt') corrected.add(canonical(entry));
    if (fate === 'stays') continue;
    const others = entries.get(fate);
    if (others) others.push(entry);
    else entries.set(fate, [entry]);
  }
  if (corrected.size === 0) return { stays, entries };
  return { stays: withCorrected(was.add, stays, corrected), entries };
}

/** The entries that stay, and the corrected ones in the places where they stood. */
function withCorrected(add: readonly string[], stays: readonly string[], corrected: ReadonlySet<string>): string[] {
  const staying = new Set(stays);
  const pending = new Set([...corrected].filter((name) => !staying.has(name)));
  return add.flatMap((entry) => {
    if (staying.has(entry)) return [entry];
    return pending.delete(canonical(entry)) ? [canonical(entry)] : [];
  });
}

/** What the rules take away and policy gives back: names held before on every runtime, and those lost all the same. */
function returned(was: SecurityFields, next: SecurityFields, demand: Demand, stays: readonly string[], held: Holds) {
  const isDropped = dropping(next, demand);
  const still = heldEverywhere({ add: stays, drop: next.drop });
  // Where several policies meet, each must leave the name or give it back.
  const leaves = demand.sources.length > 1 ? demand.sources.map((source) => leaving(was, source.demand)) : [];
  const taken = demand.giveBack.filter(
    (name) =>
      !isDropped(name) && allows(demand.allowedAdd, name) && !still(name) && leaves.every((leave) => leave(name)),
  );
  const back = taken.filter(held);
  const dropsAll = !holdsAll(was.drop) && holdsAll(next.drop);
  return { back, lost: taken.filter((name) => dropsAll && !held(name) && isDefaultButNotOnCrio(name)) };
}

/** Which names does a policy by itself leave the container that it held, or give back? */
function leaving(was: SecurityFields, demand: Demand): Holds {
  const before = lazily(() => heldEverywhere(was));
  const after = lazily(() =>
    heldEverywhere({ add: sort(was, was, demand, before).stays, drop: [...was.drop, ...demand.drop] }),
  );
  return (name) => demand.giveBack.includes(name) || after(name);
}

const NOTHING_GIVEN = { back: [], lost: [] };

function verdictOn(was: SecurityFields, next: SecurityFields, demand: Demand): Verdict {
  const held = lazily(() => heldEverywhere(was));
  const { stays, entries } = sort(was, next, demand, held);
  const { back, lost } = demand.giveBack.length > 0 ? returned(was, next, demand, stays, held) : NOTHING_GIVEN;
  const reasons = reasonsFor(entries, back);
  const value = reasons.length > 0 ? [...stays, ...back] : was.add;
  return { value, reason: reasons.join(' '), unresolved: regretsFor(entries, lost).join(' ') };
}

/** See the top of this file. */
export const capabilitiesAdd: Rule = {
  name: 'capabilities.add',
  field: 'add',
  judge(was, next, demand) {
    const nothing = { value: was.add, reason: '', unresolved: '' };
    if ((!demand.judgesAdd || was.add.length === 0) && demand.giveBack.length === 0) return nothing;
    if (!was.privileged) return verdictOn(was, next, demand);
    const { value } = verdictOn(was, next, { ...demand, giveBack: [] });
    return value === was.add ? nothing : { ...nothing, unresolved: PRIVILEGED };
  },
};
