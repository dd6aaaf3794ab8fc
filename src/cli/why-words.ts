/** The words in which `dropcap why` says what the knowledge holds. */
import type { Moment, Start, Sureness } from '../knowledge/breakage.ts';
import type { Mend, ShippedPolicy } from '../knowledge/breakage-mend.ts';

/** How sure a cause is. */
export const SURE: Readonly<Record<Sureness, string>> = {
  sure: 'sure: hardly anything else writes this',
  likely: 'likely: this mostly has this cause',
  possible: 'possible: this has other causes, too',
};

/** When it fails. */
export const WHEN: Readonly<Record<Moment, string>> = {
  exec: 'before it starts',
  start: 'when it starts',
  run: 'while it runs',
  use: 'in use, while it looks well',
};

/** As whom. */
export const WHO: Readonly<Record<Start['user'], string>> = {
  root: 'as root',
  user: 'as another user',
  any: 'as any user',
};

const list = (names: readonly string[]): string => `[${names.join(', ')}]`;

const ESCALATION = 'allowPrivilegeEscalation: true in the pod and rules: [allowPrivilegeEscalation] in the exception';

/** What a policy makes of it, in words; nothing where no policy matters. */
function policySays(policy: ShippedPolicy, { policies, needs }: Mend): string[] {
  const verdict = policies[policy];
  const it = needs?.length === 1 ? 'it' : 'them';
  if (verdict === 'given') return [`${policy} gives ${it} back by itself`];
  if (verdict === 'if added') return [`${policy} lets ${it} stay where the pod adds ${it}: add: ${list(needs ?? [])}`];
  return verdict === 'refused' ? [`${policy} needs the exception`] : [];
}

/** The narrowest way to let it through, a sentence each. */
export function mendLines(mend: Mend): readonly string[] {
  const { needs, escalation, podAdds } = mend;
  if (needs === null) return ['No capability mends it.'];
  const what = needs.length === 0 ? 'no capability' : needs.join(' ');
  const keep = needs.length === 0 ? [] : [`keep: ${list(needs)} in a HardeningException`];
  const adds = podAdds.length === 0 ? [] : [`add: ${list(podAdds)} in the pod, since not every runtime gives it`];
  const steps = [...keep, ...adds, ...(escalation ? [ESCALATION] : [])];
  const policies = [...policySays('restricted', mend), ...policySays('compatible', mend)];
  return [`${what}: ${steps.join('; ')}.`, ...(policies.length > 0 ? [`${policies.join('; ')}.`] : [])];
}

const BROKEN_BY: Readonly<Record<Start['breaks'], string>> = {
  drop: 'breaks when ALL is dropped',
  flag: 'breaks when escalation is forbidden',
  each: 'breaks when ALL is dropped, and when escalation is forbidden',
  nothing: 'works hardened',
  before: 'does not work with the default capabilities either',
};

/** The least that lets a start work, in words. */
export function needsOf({ needs, escalation, needsWithSysctls }: Start): string {
  if (needs === null) return needsWithSysctls ? 'no capability mends it, the sysctls do' : 'no capability mends it';
  const names = needs.length === 0 ? 'no capability' : needs.join(' ');
  return escalation ? `needs ${names} and escalation allowed` : `needs ${names}`;
}

/** A way of starting, in one sentence or two. */
export function startSentence(start: Start): string {
  const { how, user, breaks, instead, silent, note } = start;
  const needed = breaks === 'nothing' ? '' : `; ${needsOf(start)}`;
  const without = instead ? `; instead: ${instead.do}${instead.tried ? ' (tried)' : ''}` : '';
  const more = [silent, note].filter((text) => text !== undefined).map((text) => ` ${text}`);
  return `${how} (${WHO[user]}): ${BROKEN_BY[breaks]}${needed}${without}.${more.join('')}`;
}
