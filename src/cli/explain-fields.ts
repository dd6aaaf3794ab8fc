/** Why each field of a container changes, or does not. */
import type { FieldValue, Finding, Outcome } from '../engine/finding.ts';
import { shown } from '../engine/askers.ts';
import type { Container } from '../engine/pod.ts';
import type { RuleName } from '../engine/policy.ts';
import { RULE_ORDER } from '../engine/rules/index.ts';
import type { DecidedTemplate } from './decide.ts';
import type { Cover } from './explain-cover.ts';
import { findingsOn } from './launch.ts';

/** What becomes of one field, and why. */
export interface FieldFate {
  readonly field: RuleName;
  readonly before: FieldValue;
  /** For `hardened` what the patch writes; for `audited` and `exempt` what would be; else the same as before. */
  readonly after: FieldValue;
  /** `unchanged`: nothing is found about it. */
  readonly outcome: Outcome | 'unchanged';
  /** A sentence or a few. */
  readonly reason: string;
  /** Names of the policies that ask for it. */
  readonly policies: readonly string[];
  /** What spares it, `exception/<name>` or `opt-out`. */
  readonly exemptBy: readonly string[];
}

/** Why nothing was found about a field. */
function whyUnchanged(field: RuleName, { security }: Container, { policies }: Cover): string {
  if (policies.length === 0) return 'No policy covers this container.';
  const asking = policies.filter(({ asks }) => asks.includes(field));
  if (asking.length === 0) return 'No policy that covers this container asks for it.';
  const says = security.allowPrivilegeEscalation;
  if (field === 'allowPrivilegeEscalation' && says === true && asking.some(({ respectsTrue }) => respectsTrue))
    return 'Its author set true, and the policy sets false only where nothing is said.';
  if (field === 'capabilities.add' && security.add.length === 0) return 'It adds nothing.';
  return 'It complies already.';
}

function fateOf({ before, after, outcome, reason, policies, exemptBy = [] }: Finding, field: RuleName): FieldFate {
  return { field, before, after, outcome, reason, policies, exemptBy };
}

/** What becomes of the fields of a container: at least one fate for each of the three, in the order of the rules. */
export function fatesOf(decided: DecidedTemplate, container: Container, cover: Cover): FieldFate[] {
  const findings = findingsOn(decided, container);
  return RULE_ORDER.flatMap(({ name, field }) => {
    const found = findings.filter(({ rule }) => rule === name);
    if (found.length > 0) return found.map((finding) => fateOf(finding, name));
    const before = shown(container.security[field]);
    const reason = whyUnchanged(name, container, cover);
    return [{ field: name, before, after: before, outcome: 'unchanged' as const, reason, policies: [], exemptBy: [] }];
  });
}
