/** Which policies, exceptions and opt-outs bear on a container. */
import type { OptOutReport } from '../engine/exemption.ts';
import type { Container } from '../engine/pod.ts';
import type { Mode, RuleName } from '../engine/policy.ts';
import type { Exception, Policy, PolicySet } from '../engine/policy-set.ts';
import { coversContainer } from '../engine/scope.ts';
import { subjectOf } from '../engine/subject.ts';
import type { DecidedTemplate } from './decide.ts';
import { findingsOn } from './launch.ts';

/** A policy that covers a container. */
export interface CoveringPolicy {
  readonly name: string;
  readonly mode: Mode;
  /** The rules that it judges. */
  readonly asks: readonly RuleName[];
  /** Does it respect an explicit `allowPrivilegeEscalation: true`? */
  readonly respectsTrue: boolean;
}

/** An exception that covers a container. */
export interface CoveringException {
  readonly name: string;
  readonly reason: string;
  readonly owner: string;
  /** Its last day, `YYYY-MM-DD` in UTC; null where it has none. */
  readonly expires: string | null;
  /** An expired one spares nothing. */
  readonly expired: boolean;
  /** Does it spare some field of the container? */
  readonly used: boolean;
}

/** Everything that bears on a container. */
export interface Cover {
  readonly policies: readonly CoveringPolicy[];
  readonly exceptions: readonly CoveringException[];
  /** The pod's opt-out; null where it asks for none. */
  readonly optOut: OptOutReport | null;
}

/** What covering depends on besides the template. */
export interface CoverTerms {
  readonly set: PolicySet;
  readonly today: string;
}

function asked({ demand: { drop, judgesAdd, giveBack, escalation } }: Policy): RuleName[] {
  return [
    ...(drop.length > 0 ? (['capabilities.drop'] as const) : []),
    ...(judgesAdd || giveBack.length > 0 ? (['capabilities.add'] as const) : []),
    ...(escalation === 'any' ? [] : (['allowPrivilegeEscalation'] as const)),
  ];
}

const policyCover = (policy: Policy): CoveringPolicy => ({
  name: policy.name,
  mode: policy.mode,
  asks: asked(policy),
  respectsTrue: policy.demand.escalation === 'unless-true',
});

function exceptionCover({ name, spec }: Exception, today: string, used: ReadonlySet<string>): CoveringException {
  const { reason, owner, expires = null } = spec;
  return { name, reason, owner, expires, expired: expires !== null && expires < today, used: used.has(name) };
}

/** What covers the containers of a template. */
export function coverFor(decided: DecidedTemplate, terms: CoverTerms): (container: Container) => Cover {
  const { template, request, decision } = decided;
  const subject = subjectOf(request, template.pod);
  const policies = terms.set.policiesFor(subject);
  const exceptions = policies.length > 0 ? terms.set.exceptionsFor(subject) : [];
  return (container) => {
    const covering = policies.filter((policy) => coversContainer(policy, subject, container));
    const bears = ({ spec }: Exception): boolean => covering.some(({ name }) => spec.policies?.includes(name) ?? true);
    const spared = findingsOn(decided, container).flatMap(({ exemptBy = [] }) => exemptBy);
    const used = new Set(spared.map((name) => name.replace(/^exception\//, '')));
    return {
      policies: covering.map(policyCover),
      exceptions: exceptions
        .filter((exception) => bears(exception) && coversContainer(exception, subject, container))
        .map((exception) => exceptionCover(exception, terms.today, used)),
      optOut: decision.optOut ?? null,
    };
  };
}
