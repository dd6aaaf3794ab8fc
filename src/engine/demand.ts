/**
 * What one or several policies ask of one container. Merging is strictest-wins, so that the order of policies cannot
 * matter: drop is a union, allowedAdd an intersection, `false` wins, and a name is given back only where every policy either
 * gives it back or leaves it.
 */
import { ALL, CAPABILITIES } from './capabilities.ts';
import { withLevel } from './levels.ts';
import type { HardeningPolicy, RuleName } from './policy.ts';

/** How strictly escalation is asked to be off: `unless-true` respects an author's explicit `true`. */
export type Escalation = 'any' | 'unless-true' | 'never';

/** The demands of the policies that cover a container, after the exemptions that hold for it. */
export interface Demand {
  /** Names that must be dropped; where `ALL` is among them, the others still may not be added. Empty: no demand. */
  readonly drop: readonly string[];
  /** Is it judged what may stay in add? Giving back goes on without: it is the other half of dropping. */
  readonly judgesAdd: boolean;
  /** Names that may stay in add; `ALL` stands for every one and for the wildcard itself. */
  readonly allowedAdd: ReadonlySet<string>;
  /** Names that the container gets back where a policy's rules take them, unless another policy takes them too. */
  readonly giveBack: readonly string[];
  readonly escalation: Escalation;
  /** Ask for the drop of a privileged container too, where it has no effect at run time? */
  readonly dropWhenPrivileged: boolean;
  /** The demands this one was merged from, each with the name of its policy: for saying who asked. */
  readonly sources: readonly { readonly policy: string; readonly demand: Demand }[];
  /** The names of those policies. */
  readonly policies: readonly string[];
}

/** What an exception or an opt-out takes from a demand. */
export interface Relief {
  readonly rules: readonly RuleName[];
  readonly keep: readonly string[];
}

const own = (policy: string, demand: Omit<Demand, 'sources' | 'policies'>): Demand => {
  const sources: { policy: string; demand: Demand }[] = [];
  const whole = { ...demand, sources, policies: [policy] };
  sources.push({ policy, demand: whole });
  return whole;
};

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

const escalationOf = (spec: HardeningPolicy['spec']): Escalation => {
  if (spec.allowPrivilegeEscalation === false) return 'never';
  return spec.defaultAllowPrivilegeEscalation === false ? 'unless-true' : 'any';
};

/** Is this name among the allowed ones, by itself or by the wildcard? */
export const allows = (allowedAdd: ReadonlySet<string>, name: string): boolean =>
  allowedAdd.has(name) || allowedAdd.has(ALL);

/** What a policy asks by itself. Without allowedAdd it allows every capability, but not the wildcard: only a name does. */
export function demandOf({ metadata, spec: written }: HardeningPolicy): Demand {
  const spec = withLevel(written);
  const { drop = [], defaultAdd = [], dropWhenPrivileged = false } = spec.capabilities ?? {};
  const allowedAdd = new Set<string>(spec.capabilities?.allowedAdd ?? CAPABILITIES);
  return own(metadata.name, {
    drop: unique(drop),
    judgesAdd: spec.capabilities !== undefined,
    allowedAdd,
    giveBack: unique(defaultAdd.filter((name) => allows(allowedAdd, name))),
    escalation: escalationOf(spec),
    dropWhenPrivileged,
  });
}

/** A single policy's demand with what its exemptions take from it. */
export function relieve(demand: Demand, reliefs: readonly Relief[]): Demand {
  if (reliefs.length === 0) return demand;
  const off = new Set(reliefs.flatMap((relief) => relief.rules));
  const keep = reliefs.flatMap((relief) => relief.keep);
  const drops = !off.has('capabilities.drop');
  return own(demand.sources[0]!.policy, {
    drop: drops ? demand.drop.filter((name) => !keep.includes(name)) : [],
    judgesAdd: demand.judgesAdd && !off.has('capabilities.add'),
    allowedAdd: new Set([...demand.allowedAdd, ...keep]),
    giveBack: unique([...demand.giveBack, ...keep]),
    escalation: off.has('allowPrivilegeEscalation') ? 'any' : demand.escalation,
    dropWhenPrivileged: drops && demand.dropWhenPrivileged,
  });
}

const intersection = (sets: readonly ReadonlySet<string>[]): ReadonlySet<string> => {
  // `ALL` by name allows everything, so it narrows no intersection; but only if all say it does the wildcard stay allowed.
  const limiting = sets.filter((set) => !set.has(ALL));
  if (limiting.length === 0) return sets[0] ?? new Set(CAPABILITIES);
  return limiting.reduce((left, right) => left.intersection(right));
};

const strictest = (demands: readonly Demand[]): Escalation => {
  if (demands.some((demand) => demand.escalation === 'never')) return 'never';
  return demands.some((demand) => demand.escalation === 'unless-true') ? 'unless-true' : 'any';
};

/** The strictest of several policies' demands, whatever their order. */
export function merge(demands: readonly Demand[]): Demand {
  if (demands.length === 1) return demands[0]!;
  const lists = demands.filter((demand) => demand.judgesAdd).map((demand) => demand.allowedAdd);
  return {
    drop: unique(demands.flatMap((demand) => demand.drop)),
    judgesAdd: demands.some((demand) => demand.judgesAdd),
    allowedAdd: intersection(lists),
    giveBack: unique(demands.flatMap((demand) => demand.giveBack)),
    escalation: strictest(demands),
    dropWhenPrivileged: demands.some((demand) => demand.dropWhenPrivileged),
    sources: demands.flatMap((demand) => demand.sources),
    policies: unique(demands.flatMap((demand) => demand.policies)),
  };
}
