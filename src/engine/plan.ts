/**
 * Which demands hold for a container: those that are enforced, those that all its policies ask, and those that they would
 * ask without exemptions. The differences between the three are what is audited and what is exempt.
 */
import { merge, relieve, type Demand, type Relief } from './demand.ts';
import type { Exemption } from './exemption.ts';
import type { Subject } from './match.ts';
import type { Container } from './pod.ts';
import type { Policy } from './policy-set.ts';
import { coversContainer } from './scope.ts';

/** The demands on one container. Undefined: none of that kind. The same object where two do not differ. */
export interface Plan {
  readonly enforced: Demand | undefined;
  readonly asked: Demand | undefined;
  readonly bare: Demand | undefined;
  /** The exemptions that free it from something, each with what would be asked if there were no other. */
  readonly exemptions: readonly { readonly exemption: Exemption; readonly demand: Demand }[];
}

const NOTHING: Plan = { enforced: undefined, asked: undefined, bare: undefined, exemptions: [] };

const merged = (demands: readonly Demand[]): Demand | undefined => (demands.length > 0 ? merge(demands) : undefined);

function planOf(policies: readonly Policy[], exemptions: readonly Exemption[]): Plan {
  if (policies.length === 0) return NOTHING;
  const demandsUnder = (some: readonly Exemption[]): readonly Demand[] =>
    policies.map((policy) => {
      const reliefs = some.map((exemption) => exemption.frees(policy)).filter((r): r is Relief => r !== undefined);
      return relieve(policy.demand, reliefs);
    });
  const relieved = demandsUnder(exemptions);
  const enforcing = relieved.filter((_, i) => policies[i]!.mode === 'enforce');
  const asked = merge(relieved);
  const untouched = relieved.every((demand, i) => demand === policies[i]!.demand);
  return {
    enforced: enforcing.length === relieved.length ? asked : merged(enforcing),
    asked,
    bare: untouched ? asked : merge(policies.map((policy) => policy.demand)),
    exemptions: exemptions
      .filter((exemption) => policies.some((policy) => exemption.frees(policy)))
      .map((exemption) => ({ exemption, demand: merge(demandsUnder([exemption])) })),
  };
}

/** What some policies come to together, where no exemption takes from them. */
interface Joint {
  /** Names of those that enforce, sorted. */
  readonly enforcing: readonly string[];
  /** The plan that all containers share; undefined where a policy tells containers apart. */
  readonly plan: Plan | undefined;
}

const joints = new WeakMap<readonly Policy[], Joint>();

/** Most pods of a namespace are covered by the same policies, in the very same array: they are merged once. */
function jointOf(policies: readonly Policy[]): Joint {
  const known = joints.get(policies);
  if (known) return known;
  const alike = policies.every(({ matches, excludes }) => !matches.container && !excludes?.container);
  const enforcing = policies.filter(({ mode }) => mode === 'enforce').map(({ name }) => name);
  const joint = { enforcing: enforcing.sort(), plan: alike ? planOf(policies, []) : undefined };
  joints.set(policies, joint);
  return joint;
}

/** Names of the enforcing policies among these, sorted. The same array for the same policies. */
export const enforcingNames = (policies: readonly Policy[]): readonly string[] => jointOf(policies).enforcing;

/** Plans for the containers of one pod. Containers that nothing tells apart share one plan. */
export function plansFor(
  policies: readonly Policy[],
  exemptions: readonly Exemption[],
  subject: Subject,
): (container: Container) => Plan {
  const { plan } = jointOf(policies);
  if (plan && exemptions.length === 0) return () => plan;
  return (container) => {
    const covering = plan ? policies : policies.filter((policy) => coversContainer(policy, subject, container));
    return planOf(
      covering,
      exemptions.filter((exemption) => exemption.covers(container)),
    );
  };
}
