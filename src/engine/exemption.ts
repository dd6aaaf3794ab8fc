/** What spares a container from a policy: exceptions that an administrator wrote, and opt-outs that a policy honours. */
import type { Relief } from './demand.ts';
import type { Container } from './pod.ts';
import type { Subject } from './match.ts';
import { judgeOptOut, type OptOutRequest } from './opt-out.ts';
import type { Exception, Policy } from './policy-set.ts';
import { coversContainer } from './scope.ts';

/** One exemption, with whom it exempts from what. */
export interface Exemption {
  /** `exception/<name>` or `opt-out`. */
  readonly name: string;
  /** The reason its author gave. */
  readonly reason: string;
  readonly frees: (policy: Policy) => Relief | undefined;
  readonly covers: (container: Container) => boolean;
}

/** What a decision says about an opt-out. */
export interface OptOutReport {
  readonly rules: readonly string[];
  readonly containers: readonly string[] | undefined;
  readonly reason: string;
  readonly until: string;
  /** Names of the policies that honour it, wholly or in part. */
  readonly honouredBy: readonly string[];
  /** Policies that don't, or not wholly, and why. Without policies: what is wrong with the annotation itself. */
  readonly ignored: readonly { readonly policy: string; readonly why: string }[];
}

/** An exception as an exemption. */
export function exceptionExemption({ name, spec, ...scope }: Exception, subject: Subject): Exemption {
  const relief: Relief = { rules: spec.rules ?? [], keep: spec.keep ?? [] };
  return {
    name: `exception/${name}`,
    reason: spec.reason,
    frees: (policy) => (spec.policies && !spec.policies.includes(policy.name) ? undefined : relief),
    covers: (container) => coversContainer({ name, ...scope }, subject, container),
  };
}

/** A pod's opt-out as an exemption from the policies that honour it, and the report on those that do not. */
export function optOutExemption(
  asked: OptOutRequest,
  policies: readonly Policy[],
  subject: Subject,
  today: string,
): { exemption: Exemption; report: OptOutReport } {
  const verdicts = new Map(policies.map((policy) => [policy, judgeOptOut(asked, policy.optOut, subject, today)]));
  const entries = [...verdicts];
  const ignored = entries.flatMap(([{ name }, { why }]) => (why ? [{ policy: name, why }] : []));
  const report: OptOutReport = {
    rules: asked.rules,
    containers: asked.containers,
    reason: asked.reason,
    until: asked.until,
    honouredBy: entries.filter(([, { honoured }]) => honoured.length > 0).map(([{ name }]) => name),
    ignored,
  };
  const exemption: Exemption = {
    name: 'opt-out',
    reason: asked.reason,
    frees: (policy) => {
      const rules = verdicts.get(policy)?.honoured ?? [];
      return rules.length > 0 ? { rules, keep: [] } : undefined;
    },
    covers: (container) => asked.containers?.includes(container.name) ?? true,
  };
  return { exemption, report };
}
