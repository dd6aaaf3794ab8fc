/**
 * What holds of the gate for every pod and every set of policies. As in laws.ts, a law is given what it judges, so that
 * test/engine/gate-laws-catch.test.ts can give it broken ones.
 */
import { ok } from 'node:assert/strict';
import { denialOf } from '../src/admission/denial.ts';
import type { Finding } from '../src/engine/finding.ts';
import { gate, type Gated } from '../src/engine/gate.ts';
import { RULES, type HardeningPolicy, type PolicyDocument } from '../src/engine/policy.ts';
import { policySetOf } from '../src/engine/policy-set.ts';
import type { Case } from './arbitraries.ts';
import { engine, outcomeOf, withPod } from './outcome.ts';
import { containersIn, deepFreeze, equal, osOf, type Json } from './pods.ts';

/** What is under test: the gate, or a broken stand-in for it. */
export type Gate = (one: Case) => Gated;

export type GateLaw = (judge: Gate, one: Case) => void;

/** The gate itself. */
export const theGate: Gate = ({ documents, request, conditions }) =>
  gate(request, policySetOf(documents), conditions.today);

const isPolicy = (document: PolicyDocument): document is HardeningPolicy => document.kind === 'HardeningPolicy';

const policiesIn = ({ documents }: Case): ReadonlyMap<string, HardeningPolicy['spec']> =>
  new Map(documents.filter(isPolicy).map(({ metadata, spec }) => [metadata.name, spec]));

/** A case with the spec of each policy changed. */
const withSpecs = (one: Case, change: (spec: HardeningPolicy['spec']) => HardeningPolicy['spec']): Case => ({
  ...one,
  documents: one.documents.map((document) =>
    isPolicy(document) ? { ...document, spec: change(document.spec) } : document,
  ),
});

const found = (judge: Gate, one: Case): readonly Finding[] => judge(one).decision.findings;

const inputStays: GateLaw = (judge, one) => {
  const before = JSON.stringify(one);
  judge(deepFreeze(structuredClone(one)));
  judge(one);
  equal(JSON.stringify(one), before);
};

const nothingIsPatched: GateLaw = (judge, one) => equal(judge(one).decision.patch, []);

const hardenedIsNotMissed: GateLaw = (judge, one) => {
  const { after } = outcomeOf(engine, one);
  const missed = found(judge, withPod(one, after)).filter(({ outcome }) => outcome === 'missed');
  equal(missed, [], 'missed');
};

const key = ({ path, before, after, rule }: Finding): string => JSON.stringify([path, before, after, rule]);

const missesWhatHardeningWouldDo: GateLaw = (judge, one) => {
  const hardened = engine(one).findings.filter(({ outcome }) => outcome === 'hardened');
  const missed = found(judge, one).filter(({ outcome }) => outcome === 'missed');
  equal(missed.map(key).sort(), hardened.map(key).sort());
};

const MODES = { denied: 'enforce', warned: 'warn', audited: 'audit' } as const;

const actsAsPoliciesSay: GateLaw = (judge, one) => {
  const policies = policiesIn(one);
  for (const { outcome, policies: names, action } of found(judge, one)) {
    ok(outcome === 'missed' || outcome === 'unresolved', outcome);
    ok(names.length > 0 && action !== undefined);
    for (const name of names) {
      const { mode, gate: terms = {} } = policies.get(name)!;
      equal(mode, 'enforce');
      equal(outcome === 'missed' ? (terms.missed ?? 'audit') : terms.unresolved, MODES[action]);
    }
  }
};

const doesTheStrictest: GateLaw = (judge, one) => {
  const { decision, action } = judge(one);
  const actions = new Set(decision.findings.map((finding) => finding.action));
  equal(
    action,
    (['denied', 'warned', 'audited'] as const).find((each) => actions.has(each)),
  );
};

const watchersHaveNoSay: GateLaw = (judge, one) => {
  const documents = one.documents.filter((document) => !isPolicy(document) || document.spec.mode === 'enforce');
  const { decision, action } = judge(one);
  const other = judge({ ...one, documents });
  equal([decision.findings, action], [other.decision.findings, other.action]);
  const watching = judge(withSpecs(one, (spec) => ({ ...spec, mode: 'audit' })));
  equal([watching.decision.findings, watching.action ?? ''], [[], '']);
};

const mildGatesNeverRefuse: GateLaw = (judge, one) => {
  const mild = withSpecs(one, (spec) => ({ ...spec, gate: { missed: 'warn', unresolved: 'audit' } }));
  ok(judge(mild).action !== 'denied');
};

const strictGatesRefuseAll: GateLaw = (judge, one) => {
  const strict = judge(withSpecs(one, (spec) => ({ ...spec, gate: { missed: 'enforce', unresolved: 'enforce' } })));
  for (const { action } of strict.decision.findings) equal(action, 'denied');
  const all = new Set(strict.decision.findings.map(({ path, outcome }) => `${outcome} ${path}`));
  for (const { path, outcome } of found(judge, one)) ok(all.has(`${outcome} ${path}`), path);
};

const orderDoesNotMatter: GateLaw = (judge, one) => {
  const [first, ...rest] = one.documents;
  const { decision, action } = judge(one);
  for (const documents of [one.documents.toReversed(), [...rest, first!]]) {
    const other = judge({ ...one, documents });
    equal([other.decision.findings, other.action], [decision.findings, action]);
  }
};

const clean = (name: string): string => name.toWellFormed().replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');

const namesContainersOfThePod: GateLaw = (judge, one) => {
  const { decision } = judge(one);
  const containers = containersIn(one.request.object as Json);
  for (const { container, kind, path } of decision.findings) {
    const its = containers.find((each) => path.startsWith(`${one.request.base}${each.path}/`));
    equal([container, kind], [its?.name, its?.kind]);
  }
  const names = new Set(containers.map(({ name }) => clean(name)));
  const named = [...denialOf(decision).matchAll(/container "([^"]*)": securityContext/g)].map(([, name]) => name!);
  for (const name of named) ok(names.has(name), name);
};

const EVERYTHING: PolicyDocument = {
  kind: 'HardeningException',
  metadata: { name: 'everything' },
  spec: { rules: RULES, reason: 'measured', owner: 'team-a' },
};

const exemptPasses: GateLaw = (judge, one) =>
  equal(found(judge, { ...one, documents: [...one.documents, EVERYTHING] }), []);

const windowsPasses: GateLaw = (judge, one) => {
  if (osOf(one.request.object as Json) === 'windows') equal(judge(one).action ?? '', '');
};

const oldContainersAreNotJudged: GateLaw = (judge, one) => {
  const { operation, subResource, oldObject } = one.request;
  if (operation === 'CREATE') return;
  const findings = found(judge, one);
  if (subResource === '') equal(findings, []);
  const old = new Set(containersIn(oldObject as Json).map(({ path }) => path));
  for (const { kind, path } of findings) {
    equal(kind, 'ephemeralContainers');
    ok(!old.has(path.split('/').slice(0, 4).join('/')), path);
  }
};

/** Every law of the gate by its name. */
export const GATE_LAWS: Readonly<Record<string, GateLaw>> = {
  'the gate does not change its input': inputStays,
  'the gate patches nothing': nothingIsPatched,
  'what was hardened is not missed at the gate': hardenedIsNotMissed,
  'the gate misses exactly what hardening would still do': missesWhatHardeningWouldDo,
  'the gate does what the enforcing policies that it names say': actsAsPoliciesSay,
  'the gate does the strictest of what it does about its findings': doesTheStrictest,
  'policies that only watch have no say at the gate': watchersHaveNoSay,
  'gates that only warn or audit never refuse': mildGatesNeverRefuse,
  'a stricter gate finds no less and refuses all of it': strictGatesRefuseAll,
  'the order of policies does not matter at the gate': orderDoesNotMatter,
  'the gate names only containers of the pod': namesContainersOfThePod,
  'who is exempt from everything passes the gate': exemptPasses,
  'Windows pods pass the gate': windowsPasses,
  'of an update the gate judges only new ephemeral containers': oldContainersAreNotJudged,
};
