/** Says what became of each field of a container, and who asked. */
import { askers, shown } from './askers.ts';
import type { Demand } from './demand.ts';
import type { Finding, Outcome } from './finding.ts';
import type { Plan } from './plan.ts';
import { containerPaths, type Container, type SecurityFields } from './pod.ts';
import type { Policy } from './policy-set.ts';
import type { HardenedField, Rule } from './rule.ts';
import { RULE_ORDER } from './rules/index.ts';
import { settle, type Settled } from './settle.ts';

const NOT_BACK = 'The policy would not give back what the enforced ones give back.';

const differ = (a: SecurityFields[HardenedField], b: SecurityFields[HardenedField]): boolean =>
  a !== b && JSON.stringify(a) !== JSON.stringify(b);

/** One field of a container, and the three ways in which it could come out: enforced, asked, and asked without exemptions. */
interface Field {
  readonly rule: Rule;
  /** Its place in `RULE_ORDER`. */
  readonly at: number;
  readonly container: Container;
  readonly path: string;
  readonly plan: Plan;
  readonly enforced: Settled;
  readonly asked: Settled;
  readonly bare: Settled;
}

type Value = SecurityFields[HardenedField];

const valueIn = ({ next }: Settled, { rule }: Field): Value => next[rule.field];

const NO_VERDICT = { reason: '', unresolved: '' };

const verdictIn = ({ verdicts }: Settled, { at }: Field) => verdicts[at] ?? NO_VERDICT;

const finding = (field: Field, outcome: Outcome, demand: Demand, value: Value, reason: string): Finding => ({
  container: field.container.name,
  kind: field.container.kind,
  path: field.path,
  before: shown(field.container.security[field.rule.field]),
  after: shown(value),
  rule: field.rule.name,
  policies: askers(field.at, field.container.security, demand),
  outcome,
  reason,
});

function audited(field: Field, policies: readonly Policy[]): Finding {
  // Without a reason of its own the field is as it came, and only what is enforced differs: it gives something back.
  const reason = verdictIn(field.asked, field).reason || NOT_BACK;
  const whole = finding(field, 'audited', field.plan.asked!, valueIn(field.asked, field), reason);
  const trying = policies.filter(({ mode }) => mode !== 'enforce');
  const among = (names: readonly string[]): readonly Policy[] => trying.filter(({ name }) => names.includes(name));
  const own = among(whole.policies);
  // What none of them would change by itself differs all the same because of them: the others are in force already.
  const asking = own.length > 0 ? own : among(field.plan.asked!.policies);
  const names = asking.length > 0 ? asking.map(({ name }) => name) : whole.policies;
  return { ...whole, policies: names.toSorted(), warn: asking.some(({ mode }) => mode === 'warn') };
}

/** Names the exemptions that spare this field by themselves; all of them where only several together do. */
function exempt(field: Field): Finding {
  const { container, rule, plan } = field;
  const value = valueIn(field.bare, field);
  const effective = plan.exemptions.filter(({ demand }) =>
    differ(settle(container.security, demand).next[rule.field], value),
  );
  const by = (effective.length > 0 ? effective : plan.exemptions).map(({ exemption }) => exemption);
  const said = by.map(({ name, reason }) => (reason ? `${name} (${reason})` : name));
  return {
    ...finding(field, 'exempt', plan.bare!, value, `Spared by ${said.join(' and ')}.`),
    exemptBy: by.map(({ name }) => name),
  };
}

function findUnresolved(findings: Finding[], field: Field): void {
  const { plan, enforced, asked } = field;
  const mine = verdictIn(enforced, field).unresolved;
  const reason = mine || verdictIn(asked, field).unresolved;
  const before = field.container.security[field.rule.field];
  if (reason) findings.push(finding(field, 'unresolved', mine ? plan.enforced! : plan.asked!, before, reason));
}

function findingsOnField(findings: Finding[], field: Field, policies: readonly Policy[]): void {
  const { plan, enforced, asked, bare } = field;
  const now = valueIn(enforced, field);
  if (now !== field.container.security[field.rule.field])
    findings.push(finding(field, 'hardened', plan.enforced!, now, verdictIn(enforced, field).reason));
  findUnresolved(findings, field);
  if (asked !== enforced && differ(valueIn(asked, field), now)) findings.push(audited(field, policies));
  if (bare !== asked && differ(valueIn(bare, field), valueIn(asked, field))) findings.push(exempt(field));
}

/** The findings where what is enforced is all that is asked: the common case, on the path of every request. */
function findEnforced(findings: Finding[], container: Container, base: string, demand: Demand, settled: Settled): void {
  const { name, kind, security } = container;
  const paths = containerPaths(base, container);
  for (let at = 0; at < RULE_ORDER.length; at++) {
    const { value, reason, unresolved } = settled.verdicts[at]!;
    if (reason === '' && unresolved === '') continue;
    const { field, name: rule } = RULE_ORDER[at]!;
    const before = shown(security[field]);
    const policies = askers(at, security, demand);
    const found = { container: name, kind, path: paths[field], before };
    if (reason !== '') findings.push({ ...found, after: shown(value), rule, policies, outcome: 'hardened', reason });
    if (unresolved !== '')
      findings.push({ ...found, after: before, rule, policies, outcome: 'unresolved', reason: unresolved });
  }
}

/** Appends the findings on one container. `enforced` is how the patch leaves it. */
export function findOn(
  findings: Finding[],
  container: Container,
  base: string,
  plan: Plan,
  enforced: Settled,
  policies: readonly Policy[],
): void {
  if (plan.asked === plan.enforced && plan.bare === plan.asked) {
    if (plan.enforced) findEnforced(findings, container, base, plan.enforced, enforced);
    return;
  }
  const asked = plan.asked === plan.enforced ? enforced : settle(container.security, plan.asked);
  const bare = plan.bare === plan.asked ? asked : settle(container.security, plan.bare);
  const paths = containerPaths(base, container);
  for (let at = 0; at < RULE_ORDER.length; at++) {
    const rule = RULE_ORDER[at]!;
    findingsOnField(findings, { rule, at, container, path: paths[rule.field], plan, enforced, asked, bare }, policies);
  }
}
