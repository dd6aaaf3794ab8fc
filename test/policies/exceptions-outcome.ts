/** What becomes of a pod under `restricted`, alone and beside the shipped exceptions. */
import type { Decision } from '../../src/engine/decision.ts';
import { evaluate } from '../../src/engine/evaluate.ts';
import { RULES, type HardeningException, type PolicyDocument, type RuleName } from '../../src/engine/policy.ts';
import { policySetOf, type PolicySet } from '../../src/engine/policy-set.ts';
import { loadPolicies } from '../../src/policies/load.ts';
import { resolvePolicyFolder } from '../../src/policies/shipped.ts';
import type { Labels } from '../../src/engine/selector.ts';
import type { Json } from '../pods.ts';
import { TODAY } from './folder.ts';

const together = loadPolicies([resolvePolicyFolder('restricted'), resolvePolicyFolder('exceptions')], TODAY);
if (together.errors.length > 0) throw new Error(together.errors.map(({ message }) => message).join('\n'));

const isException = (document: PolicyDocument): document is HardeningException =>
  document.kind === 'HardeningException';

/** The shipped exceptions. */
export const exceptions: readonly HardeningException[] = together.documents.filter(isException);

/** `restricted` beside some of the shipped exceptions. */
export const restrictedBeside = (some: readonly HardeningException[]): PolicySet =>
  policySetOf([...together.documents.filter((document) => !isException(document)), ...some]);

/** `restricted` alone, and beside all shipped exceptions. */
export const [alone, beside] = [restrictedBeside([]), restrictedBeside(exceptions)];

/** Where a pod is, and what it is a template of. */
export interface Place {
  readonly namespace: string;
  readonly namespaceLabels?: Labels;
  /** Kind of the workload; a pod by default. */
  readonly kind?: string;
}

/** Decides about a pod. */
export const decide = (
  object: Json,
  { namespace, namespaceLabels = {}, kind = 'Pod' }: Place,
  set: PolicySet,
): Decision =>
  evaluate(
    {
      operation: 'CREATE',
      subResource: '',
      namespace,
      namespaceLabels,
      user: undefined,
      object,
      oldObject: undefined,
      base: '',
      workload: kind === 'Pod' ? undefined : kind,
    },
    set,
    { today: TODAY, annotate: false },
  );

/** How one rule leaves one container: what is written or left, and whether something stays to be reported. */
interface Left {
  readonly value: string;
  readonly unresolved: boolean;
}

const shown = (value: unknown): string => (Array.isArray(value) ? value.join(' ') : JSON.stringify(value));

function leftBy({ findings }: Decision, container: string, rule: RuleName): Left | undefined {
  const mine = findings.filter((finding) => finding.container === container && finding.rule === rule);
  const hardened = mine.find(({ outcome }) => outcome === 'hardened');
  const any = hardened ?? mine[0];
  if (!any) return undefined;
  const value = shown(hardened ? hardened.after : any.before);
  return { value, unresolved: mine.some(({ outcome }) => outcome === 'unresolved') };
}

/** The difference in words; undefined where there is none. */
function difference(rule: RuleName, without?: Left, withThem?: Left): string | undefined {
  if (without && !withThem) return `${rule} ${without.unresolved ? 'not reported' : `not ${without.value}`}`;
  if (!without || !withThem) return without === withThem ? undefined : `${rule} newly ${withThem!.value}`;
  const parts = [
    ...(without.value === withThem.value ? [] : [`${rule} ${withThem.value}, not ${without.value}`]),
    ...(without.unresolved && !withThem.unresolved ? [`${rule} not reported`] : []),
    ...(!without.unresolved && withThem.unresolved ? [`${rule} newly reported`] : []),
  ];
  return parts.length > 0 ? parts.join(', ') : undefined;
}

/** What of each container comes out otherwise beside the exceptions than without, by the container's name. */
export function sparedIn(object: Json, place: Place, set: PolicySet = beside): ReadonlyMap<string, string> {
  const [without, withThem] = [decide(object, place, alone), decide(object, place, set)];
  const names = new Set([...without.findings, ...withThem.findings].map(({ container }) => container));
  const found = [...names].map((name): [string, string] => [
    name,
    RULES.flatMap((rule) => difference(rule, leftBy(without, name, rule), leftBy(withThem, name, rule)) ?? []).join(
      '; ',
    ),
  ]);
  return new Map(found.filter(([, said]) => said !== ''));
}
