/** The exceptions that come with dropcap, for containers that one is suggested for. */
import { policySetOf, type PolicySet } from '../engine/policy-set.ts';
import { coversContainer } from '../engine/scope.ts';
import { subjectOf } from '../engine/subject.ts';
import { templateRequest } from '../engine/template.ts';
import { loadPolicies } from '../policies/load.ts';
import { resolvePolicyFolder } from '../policies/shipped.ts';
import type { Chosen } from './explain-container.ts';

let opened: PolicySet | undefined;

// Alone they are refused, as they protect nothing; here they are only looked up.
const shipped = (): PolicySet => (opened ??= policySetOf(loadPolicies([resolvePolicyFolder('exceptions')]).documents));

/** Names of the shipped exceptions that cover a container, as far as no label of its namespace is asked for. */
export function shippedFor({ decided: { template, namespace }, container }: Chosen): string[] {
  const subject = subjectOf(templateRequest(template, namespace, {}), template.pod);
  return shipped()
    .exceptionsFor(subject)
    .filter((exception) => coversContainer(exception, subject, container))
    .map(({ name }) => name);
}
