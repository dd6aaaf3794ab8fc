/** What the fields of a policy must say together. */
import { ALL, isCapability } from '../engine/capabilities.ts';
import { withLevel } from '../engine/levels.ts';
import type { HardeningPolicy } from '../engine/policy.ts';
import { complain, isMap, textsOf, type Complaints } from './complaint.ts';
import { valueAt } from './render.ts';

type Spec = HardeningPolicy['spec'];

/** What a spec asks, as far as it can be read: other checks say what is wrong with the rest. */
function readable(spec: Readonly<Record<string, unknown>>): Spec {
  const { level, capabilities, allowPrivilegeEscalation, defaultAllowPrivilegeEscalation } = spec;
  return {
    mode: 'enforce',
    level: level === 'baseline' || level === 'restricted' ? level : undefined,
    ...(isMap(capabilities) && {
      capabilities: Object.fromEntries(
        ['drop', 'allowedAdd', 'defaultAdd'].flatMap((field) => {
          const names = textsOf(capabilities[field]);
          return names ? [[field, names]] : [];
        }),
      ),
    }),
    ...(typeof allowPrivilegeEscalation === 'boolean' && { allowPrivilegeEscalation }),
    ...(defaultAllowPrivilegeEscalation === false && { defaultAllowPrivilegeEscalation }),
  };
}

const REQUIRED = 'required with drop: [ALL]; [] allows none, [ALL] allows any';
const NOTHING = 'demands nothing: give it a level, capabilities or allowPrivilegeEscalation: false';

const DEMANDS = new Set<unknown>([
  'level',
  'capabilities',
  'allowPrivilegeEscalation',
  'defaultAllowPrivilegeEscalation',
]);

function checkDefaultAdd(
  given: readonly string[],
  allowed: readonly string[] | undefined,
  complaints: Complaints,
): void {
  if (!allowed || allowed.includes(ALL)) return;
  for (const [i, name] of given.entries())
    if (isCapability(name) && !allowed.includes(name))
      complain(complaints, ['capabilities', 'defaultAdd', i], {
        expected: 'one of allowedAdd',
        message: `${name} is not in allowedAdd, so it cannot be given back`,
      });
}

/** A name that is written as dropped cannot be written as allowed too; what a level fills in gives way without a word. */
function checkBothWays({ drop = [], ...lists }: NonNullable<Spec['capabilities']>, complaints: Complaints): void {
  for (const field of ['allowedAdd', 'defaultAdd'] as const)
    for (const [i, name] of (lists[field] ?? []).entries())
      if (isCapability(name) && drop.includes(name))
        complain(complaints, ['capabilities', field, i], {
          expected: 'a capability that is not in drop',
          message: `${name} is in drop by name, so it cannot be in ${field}`,
        });
}

function demandsNothing({ level, capabilities, ...flags }: Spec): boolean {
  const { drop = [], allowedAdd } = capabilities ?? {};
  const escalation = flags.allowPrivilegeEscalation !== false && flags.defaultAllowPrivilegeEscalation !== false;
  return !level && drop.length === 0 && !allowedAdd && escalation;
}

/** A field that is misspelt or of the wrong type may be the very demand that seems to be missing. */
const mayBeMisspelt = ({ issues }: Complaints): boolean =>
  issues.some(({ path, code }) => DEMANDS.has(path?.[0]) || (!path?.length && code === 'unrecognized_keys'));

const requiresAllowedAdd = (spec: Spec, written: unknown): boolean => {
  const { drop = [], allowedAdd } = withLevel(spec).capabilities ?? {};
  return drop.includes(ALL) && !allowedAdd && valueAt(written, ['capabilities', 'allowedAdd']) === undefined;
};

/** Complains where the demands of a policy contradict each other, leave something open, or are none. */
export function checkDemands(written: unknown, complaints: Complaints): void {
  if (!isMap(written)) return;
  const spec = readable(written);
  if (requiresAllowedAdd(spec, written))
    complain(complaints, ['capabilities', 'allowedAdd'], { expected: 'a list', message: REQUIRED });
  const { allowedAdd, defaultAdd = [] } = withLevel(spec).capabilities ?? {};
  checkDefaultAdd(defaultAdd, allowedAdd, complaints);
  checkBothWays(spec.capabilities ?? {}, complaints);
  if (demandsNothing(spec) && !mayBeMisspelt(complaints))
    complain(complaints, [], { expected: 'a demand', message: NOTHING });
}
