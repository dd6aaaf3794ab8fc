/** What it takes to let something through: the narrowest lists, and what the shipped policies make of them. */
import { heldEverywhere } from '../engine/runtimes.ts';
import type { Cause, Need } from './breakage.ts';

/** What the shipped policies that drop ALL give back, and what may stay where a pod adds it. */
export const SHIPPED = {
  restricted: { gives: [], allows: ['NET_BIND_SERVICE'] },
  compatible: {
    gives: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'NET_BIND_SERVICE', 'SETGID', 'SETUID'],
    allows: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'NET_BIND_SERVICE', 'SETGID', 'SETUID'],
  },
} as const;

/** Name of a shipped policy that drops ALL. */
export type ShippedPolicy = keyof typeof SHIPPED;

/**
 * Is something let through by a policy? `given`: as it is; `if added`: where the pod adds it itself; `refused`: only with an
 * exception; `no use`: whatever a policy allows does not mend it.
 */
export type Verdict = 'given' | 'if added' | 'refused' | 'no use';

/** What it takes, for one kind of user. */
export interface Mend {
  readonly user: 'root' | 'user';
  readonly why: string;
  /** The least capabilities, in alphabetical order; null where none mends it. */
  readonly needs: readonly string[] | null;
  readonly escalation: boolean;
  /** Of these, what the pod must add itself: not every runtime gives it by default. */
  readonly podAdds: readonly string[];
  readonly policies: Readonly<Record<ShippedPolicy, Verdict>>;
}

const byDefault = heldEverywhere({ add: [], drop: [] });

/** What a shipped policy makes of a need. */
export function verdictOf({ needs, escalation }: Pick<Need, 'needs' | 'escalation'>, policy: ShippedPolicy): Verdict {
  if (needs === null) return 'no use';
  if (escalation) return 'refused';
  const { gives, allows }: { gives: readonly string[]; allows: readonly string[] } = SHIPPED[policy];
  if (needs.every((name) => gives.includes(name))) return 'given';
  return needs.every((name) => allows.includes(name)) ? 'if added' : 'refused';
}

/** Which of these capabilities must a pod add itself, because not every runtime gives them by default? */
export const notByDefault = (needs: readonly string[]): readonly string[] => needs.filter((name) => !byDefault(name));

function mendFor(user: 'root' | 'user', need: Need, own: readonly string[] | undefined): Mend {
  const needs = need.needs && (own ?? need.needs);
  const { why, escalation = false } = need;
  const policies = {
    restricted: verdictOf({ needs, escalation }, 'restricted'),
    compatible: verdictOf({ needs, escalation }, 'compatible'),
  };
  return { user, why, needs, escalation, podAdds: notByDefault(needs ?? []), policies };
}

/** What it takes as root and as another user; one of them is left out where it does not happen to it. */
export function mendsOf({ root, user }: Cause, needs: readonly string[] | undefined): readonly Mend[] {
  return [...(root ? [mendFor('root', root, needs)] : []), ...(user ? [mendFor('user', user, needs)] : [])];
}
