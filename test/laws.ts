/**
 * What holds for every pod and every set of policies. A law throws where it is broken. It is given the engine, so that
 * test/engine/laws-catch.test.ts can give it broken ones and see that it notices.
 */
import { match, ok } from 'node:assert/strict';
import { CAPABILITIES } from '../src/engine/capabilities.ts';
import type { Decision } from '../src/engine/decision.ts';
import type { HardeningPolicy, PolicyDocument, RuleName } from '../src/engine/policy.ts';
import type { Case } from './arbitraries.ts';
import { applyAsApiServer, refusals } from './engine/models/api-server.ts';
import { CHECKS, passes } from './engine/models/pod-security.ts';
import { outcomeOf, withPod, type Engine } from './outcome.ts';
import {
  differ,
  equal,
  containersIn,
  deepFreeze,
  listAt,
  mapAt,
  osOf,
  type Json,
  type JsonMap,
  type PodContainer,
} from './pods.ts';
import { capabilitiesHeld, DEFAULTS, RUNTIMES } from './runtimes.ts';

export type Law = (decide: Engine, one: Case) => void;

const canonical = (entry: string): string => entry.toUpperCase().replace(/^CAP_/, '');

const none = (names: Iterable<string>, what: string): void => equal([...names], [], `${what}: ${[...names].join(' ')}`);

const inputStays: Law = (decide, one) => {
  const before = JSON.stringify(one);
  decide(deepFreeze(structuredClone(one)));
  decide(one);
  equal(JSON.stringify(one), before);
};

const settles: Law = (decide, one) => {
  const { after } = outcomeOf(decide, one);
  equal(decide(withPod(one, after)).patch, []);
};

function decidesAlike(decide: Engine, one: Case, { patch, findings }: Pick<Decision, 'patch' | 'findings'>): void {
  const decision = decide(one);
  equal(decision.patch, patch);
  equal(decision.findings, findings);
}

const orderDoesNotMatter: Law = (decide, one) => {
  const [first, ...rest] = one.documents;
  const { patch, findings } = decide(one);
  for (const documents of [one.documents.toReversed(), [...rest, first!]])
    decidesAlike(decide, { ...one, documents }, { patch, findings });
};

const patchApplies: Law = (decide, one) => {
  const { document, hardened, decision } = outcomeOf(decide, one);
  equal(applyAsApiServer(document, decision.patch), hardened);
};

const PATCHED =
  /^\/spec\/(?:initContainers|containers|ephemeralContainers)\/\d+\/securityContext(?:\/capabilities(?:\/add|\/drop)?|\/allowPrivilegeEscalation)?$/;
const ANNOTATED = /^\/metadata(?:\/annotations(?:\/dropcap\.dev~1(?:hardened|audit-record))?)?$/;

const patchKeepsToItsFields: Law = (decide, { request, ...rest }) => {
  for (const { op, path } of decide({ request, ...rest }).patch) {
    ok(path.startsWith(request.base), path);
    const below = path.slice(request.base.length);
    ok(PATCHED.test(below) || ANNOTATED.test(below), path);
    if (op === 'remove') match(path, /\/capabilities\/add$/);
  }
};

const isParent = (value: unknown): boolean => JSON.stringify(value) === '{}';

const patchIsTheFindings: Law = (decide, one) => {
  const { patch, findings } = decide(one);
  const own = patch.filter(({ path }) => !ANNOTATED.test(path.slice(one.request.base.length)));
  const written = own.filter((operation) => operation.op === 'remove' || !isParent(operation.value));
  const operations = written.map((operation) => [operation.path, operation.op === 'add' ? operation.value : null]);
  const hardened = findings.filter(({ outcome }) => outcome === 'hardened').map(({ path, after }) => [path, after]);
  equal(operations.toSorted(), hardened.toSorted());
  if (hardened.length === 0) equal(patch, []);
};

const patchIsMinimal: Law = (decide, one) => {
  const { document, decision } = outcomeOf(decide, one);
  const { patch } = decision;
  equal(new Set(patch.map(({ path }) => path)).size, patch.length);
  patch.forEach((operation, i) => {
    const before = applyAsApiServer(document, patch.slice(0, i));
    differ(applyAsApiServer(before, [operation]), before);
    // A parent is made only for a child that follows.
    if (operation.op === 'add' && isParent(operation.value))
      ok(patch.slice(i + 1).some(({ path }) => path.startsWith(`${operation.path}/`)));
  });
};

const neverGrants: Law = (decide, one) => {
  for (const { before, after } of outcomeOf(decide, one).changes)
    for (const runtime of RUNTIMES) {
      const had = capabilitiesHeld(runtime, before.security).held;
      const has = capabilitiesHeld(runtime, after.security).held;
      none(has.difference(had), `${after.path} gains on ${runtime}`);
    }
};

const onEveryRuntime = [...DEFAULTS.containerd].filter((name) =>
  RUNTIMES.every((runtime) => DEFAULTS[runtime].has(name)),
);

const neverLoosens: Law = (decide, one) => {
  for (const { before, after } of outcomeOf(decide, one).changes) {
    const [was, is] = [before.security, after.security];
    const asked = was.add.map(canonical);
    // What a container held by default, or by adding ALL, may be given back by name: that is no gain.
    const allowed = new Set([...asked, ...onEveryRuntime, ...(asked.includes('ALL') ? CAPABILITIES : [])]);
    none(
      is.add.map(canonical).filter((name) => !allowed.has(name)),
      `${after.path} adds`,
    );
    const dropped = new Set(is.drop.map(canonical));
    none(
      was.drop.map(canonical).filter((name) => !dropped.has(name)),
      `${after.path} no longer drops`,
    );
    if (is.allowPrivilegeEscalation !== was.allowPrivilegeEscalation) equal(is.allowPrivilegeEscalation, false);
    equal(is.privileged, was.privileged);
  }
};

const complies = ({ security }: PodContainer): boolean =>
  security.drop.includes('ALL') &&
  security.add.length === 0 &&
  security.allowPrivilegeEscalation === false &&
  !security.privileged;

const compliantStay: Law = (decide, one) => {
  for (const { before, after } of outcomeOf(decide, one).changes)
    if (complies(before)) equal(JSON.stringify(after.json), JSON.stringify(before.json));
};

const alone = (pod: Json, { kind, json }: PodContainer): Json => ({
  ...(pod as JsonMap),
  spec: { ...mapAt(pod, 'spec'), initContainers: null, containers: null, ephemeralContainers: null, [kind]: [json] },
});

const siblingsDoNotMatter: Law = (decide, one) => {
  const { before: pod, changes } = outcomeOf(decide, one);
  // One container with windowsOptions makes a Windows pod of all of them.
  if (JSON.stringify(pod).includes('windowsOptions')) return;
  for (const { before, after } of changes) {
    const single = outcomeOf(decide, withPod(one, alone(pod, before))).changes[0]!;
    equal(single.after.json, after.json);
  }
};

const OWN = ['add', 'drop'];
const without = (map: JsonMap, keys: readonly string[]): JsonMap =>
  Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)));

/** A map with one child changed; without the child where nothing is left of it. */
const replaced = (map: JsonMap, key: string, child: JsonMap): JsonMap =>
  Object.keys(child).length === 0 ? without(map, [key]) : { ...map, [key]: child };

const strippedContainer = (json: JsonMap): JsonMap => {
  const context = mapAt(json, 'securityContext');
  const capabilities = without(mapAt(context, 'capabilities'), OWN);
  const rest = replaced(without(context, ['allowPrivilegeEscalation']), 'capabilities', capabilities);
  return replaced(json, 'securityContext', rest);
};

/** A pod without the fields that dropcap may write, and without parents that have nothing else in them. */
function stripped(pod: Json): Json {
  const spec = { ...mapAt(pod, 'spec') };
  for (const kind of ['initContainers', 'containers', 'ephemeralContainers'])
    if (Array.isArray(spec[kind])) spec[kind] = listAt(spec, kind).map((json) => strippedContainer(json as JsonMap));
  const metadata = mapAt(pod, 'metadata');
  const annotations = without(mapAt(metadata, 'annotations'), ['dropcap.dev/hardened', 'dropcap.dev/audit-record']);
  return { ...replaced(pod as JsonMap, 'metadata', replaced(metadata, 'annotations', annotations)), spec };
}

const nothingElseChanges: Law = (decide, one) => {
  const { before, after } = outcomeOf(decide, one);
  equal(stripped(after), stripped(before));
};

const podSecurityNeverWorse: Law = (decide, one) => {
  const { before, after } = outcomeOf(decide, one);
  for (const check of CHECKS) if (passes(check, before)) ok(passes(check, after), check);
};

const staysAcceptable: Law = (decide, one) => {
  const { before, after } = outcomeOf(decide, one);
  if (refusals(before).length === 0) equal(refusals(after), []);
};

const withModes = (documents: readonly PolicyDocument[], modes: HardeningPolicy['spec']['mode'][]): PolicyDocument[] =>
  documents.map((document, i) =>
    document.kind === 'HardeningPolicy'
      ? { ...document, spec: { ...document.spec, mode: modes[i % modes.length]! } }
      : document,
  );

const onlyEnforceChanges: Law = (decide, one) => {
  const { patch, findings } = decide({ ...one, documents: withModes(one.documents, ['audit', 'warn']) });
  equal(patch, []);
  equal(
    findings.filter(({ outcome }) => outcome === 'hardened'),
    [],
  );
};

const auditingChangesNothing: Law = (decide, one) => {
  const enforcing = one.documents.filter(
    (document) => document.kind !== 'HardeningPolicy' || document.spec.mode === 'enforce',
  );
  equal(decide(one).patch, decide({ ...one, documents: enforcing }).patch);
};

type Names = (container: PodContainer) => ReadonlySet<string>;

/**
 * Compares what the containers of two cases about one pod hold: in the first never more than in the second, but for the
 * names that `but` gives.
 */
function holdsAtMost(decide: Engine, strict: Case, lax: Case, but: Names = () => new Set()): void {
  const fewer = outcomeOf(decide, strict).changes;
  const more = outcomeOf(decide, lax).changes;
  fewer.forEach(({ before, after }, i) => {
    const other = more[i]!.after;
    for (const runtime of RUNTIMES) {
      const has = capabilitiesHeld(runtime, after.security).held;
      const may = capabilitiesHeld(runtime, other.security).held;
      none(has.difference(may).difference(but(before)), `${after.path} holds more on ${runtime}`);
    }
    if (other.security.allowPrivilegeEscalation === false) equal(after.security.allowPrivilegeEscalation, false);
  });
}

/** May something exempt the pod from this rule? */
const isExempt = ({ documents, request }: Case, rule: RuleName): boolean =>
  documents.some((document) => document.kind === 'HardeningException' && document.spec.rules?.includes(rule)) ||
  JSON.stringify(request.object).includes('dropcap.dev/opt-out');

/**
 * What stands in add, in any spelling. Where nobody judges add, a name there outlives a drop of ALL that takes the place of
 * a drop of that name, and moby reads ALL in both lists as everything.
 */
const added: Names = ({ security: { add } }) =>
  new Set(add.map(canonical).flatMap((name) => (name === 'ALL' ? CAPABILITIES : [name])));

const strictestWins: Law = (decide, one) => {
  for (const left of one.documents)
    if (left.kind === 'HardeningPolicy')
      holdsAtMost(
        decide,
        one,
        { ...one, documents: one.documents.filter((document) => document !== left) },
        isExempt(one, 'capabilities.add') ? added : undefined,
      );
};

/** A pod that does not ask for an opt-out. */
function withoutOptOut(pod: Json): Json {
  const metadata = mapAt(pod, 'metadata');
  const annotations = without(mapAt(metadata, 'annotations'), ['dropcap.dev/opt-out']);
  return { ...(pod as JsonMap), metadata: { ...metadata, annotations } };
}

const isPolicy = ({ kind }: PolicyDocument): boolean => kind === 'HardeningPolicy';

const exemptionsOnlySpare: Law = (decide, one) => {
  const { object, oldObject } = one.request;
  const plain = withoutOptOut(object as Json);
  const old = oldObject && withoutOptOut(oldObject as Json);
  const strict = {
    ...one,
    documents: one.documents.filter(isPolicy),
    request: { ...one.request, object: plain, oldObject: old },
  };
  // Who is exempt from capabilities.add keeps its spellings too: `CAP_CHOWN`, which containerd gives only by default.
  const misspelt: Names = ({ security }) =>
    new Set(security.add.filter((entry) => /^cap_/i.test(entry)).map(canonical));
  holdsAtMost(decide, strict, one, misspelt);
};

const KEPT = ['CHOWN', 'NET_ADMIN', 'NET_BIND_SERVICE', 'SYS_ADMIN'];

const EVERYTHING_BUT: PolicyDocument = {
  kind: 'HardeningException',
  metadata: { name: 'keep' },
  spec: { keep: KEPT, reason: 'needed', owner: 'team-a' },
};

const keptIsKept: Law = (decide, one) => {
  for (const { before, after } of outcomeOf(decide, { ...one, documents: [...one.documents, EVERYTHING_BUT] })
    .changes) {
    // A name in both lists leaves add: only moby gave it.
    const held = RUNTIMES.map((runtime) => capabilitiesHeld(runtime, before.security).held);
    for (const name of KEPT.filter((one) => held.every((names) => names.has(one))))
      for (const runtime of RUNTIMES)
        ok(capabilitiesHeld(runtime, after.security).held.has(name), `${after.path} loses ${name} on ${runtime}`);
  }
};

const WINDOWS = (pod: Json): boolean => osOf(pod) === 'windows';

const windowsStays: Law = (decide, one) => {
  if (!WINDOWS(one.request.object as Json)) return;
  const { patch, findings } = decide(one);
  equal(patch, []);
  equal(
    findings.map(({ outcome }) => outcome),
    plainUpdate(one) ? [] : ['skipped'],
  );
};

const plainUpdate = ({ request }: Case): boolean => request.operation === 'UPDATE' && request.subResource === '';

const updatesTouchOnlyNewEphemerals: Law = (decide, one) => {
  const { request } = one;
  if (request.operation === 'CREATE') return;
  const { decision, changes } = outcomeOf(decide, one);
  if (plainUpdate(one)) equal([decision.patch, decision.findings], [[], []]);
  const old = new Set(containersIn(request.oldObject as Json).map(({ path }) => path));
  for (const { before, after } of changes)
    if (before.kind !== 'ephemeralContainers' || old.has(before.path)) equal(after.json, before.json);
  ok(!decision.patch.some(({ path }) => path.startsWith('/metadata')));
};

const annotated = (pod: Json, key: string, value: string): Json => {
  const metadata = mapAt(pod, 'metadata');
  return {
    ...(pod as JsonMap),
    metadata: { ...metadata, annotations: { ...mapAt(metadata, 'annotations'), [key]: value } },
  };
};

const ownOutputIsNotRead: Law = (decide, one) => {
  const quiet = { ...one.conditions, annotate: false };
  const { patch, findings } = decide({ ...one, conditions: quiet });
  for (const key of ['dropcap.dev/hardened', 'dropcap.dev/audit-record']) {
    const forged = withPod(one, annotated(one.request.object as Json, key, 'forged'));
    decidesAlike(decide, { ...forged, conditions: quiet }, { patch, findings });
  }
};

const deletionDoesNotSpare: Law = (decide, one) => {
  const pod = one.request.object as JsonMap;
  const { patch, findings } = decide(
    withPod(one, { ...pod, metadata: without(mapAt(pod, 'metadata'), ['deletionTimestamp']) }),
  );
  const doomed = { ...mapAt(pod, 'metadata'), deletionTimestamp: '2026-01-01T00:00:00Z' };
  decidesAlike(decide, withPod(one, { ...pod, metadata: doomed }), { patch, findings });
};

const FIELDS: Readonly<Record<string, (container: PodContainer) => unknown>> = {
  'capabilities.drop': ({ security }) => (security.drop.length > 0 ? security.drop : null),
  'capabilities.add': ({ security }) => (security.add.length > 0 ? security.add : null),
  allowPrivilegeEscalation: ({ security }) => security.allowPrivilegeEscalation ?? null,
};

const findingsAreTrue: Law = (decide, one) => {
  const { decision, changes } = outcomeOf(decide, one);
  for (const { container, kind, path, rule, before, after, outcome, policies, reason, exemptBy } of decision.findings) {
    match(reason, /\S.*\.$/);
    if (outcome === 'skipped') continue;
    const change = changes.find((each) => path.startsWith(`${one.request.base}${each.before.path}/`))!;
    equal([container, kind], [change.before.name, change.before.kind]);
    equal(before, FIELDS[rule]!(change.before));
    if (outcome === 'hardened') equal(after, FIELDS[rule]!(change.after));
    if (outcome === 'hardened') differ(after, before);
    if (outcome === 'audited') differ(after, FIELDS[rule]!(change.after));
    if (outcome === 'unresolved') equal(after, before);
    ok(policies.length > 0);
    equal(policies, [...new Set(policies)].sort());
    equal(exemptBy !== undefined, outcome === 'exempt');
  }
};

const unjudged = ({ security }: PodContainer): boolean => security.privileged;

const RESTRICTED: HardeningPolicy = {
  kind: 'HardeningPolicy',
  metadata: { name: 'restricted' },
  spec: {
    mode: 'enforce',
    capabilities: { drop: ['ALL'], allowedAdd: ['NET_BIND_SERVICE'] },
    allowPrivilegeEscalation: false,
    optOut: { allowed: false },
  },
};

const restrictedIsEnforced: Law = (decide, one) => {
  const { decision, changes } = outcomeOf(decide, { ...one, documents: [RESTRICTED] });
  if (one.request.operation !== 'CREATE' || decision.findings.some(({ outcome }) => outcome === 'skipped')) return;
  for (const { after } of changes) {
    if (unjudged(after)) continue;
    ok(after.security.drop.includes('ALL'));
    none(
      after.security.add.filter((entry) => canonical(entry) !== 'NET_BIND_SERVICE'),
      'adds',
    );
    equal(after.security.allowPrivilegeEscalation, false);
    for (const runtime of RUNTIMES) {
      const { held } = capabilitiesHeld(runtime, after.security);
      none(held.difference(new Set(['NET_BIND_SERVICE'])), `held on ${runtime}`);
    }
  }
};

/** Every law by its name: first about the patch, then about what containers may do. */
export const LAWS: Readonly<Record<string, Law>> = {
  'the input is not changed': inputStays,
  'a hardened pod yields an empty patch': settles,
  'the patch applies by RFC 6902 and in the API server alike': patchApplies,
  'the patch writes only its own fields, and whole lists': patchKeepsToItsFields,
  'the patch is exactly the findings marked hardened': patchIsTheFindings,
  'the patch has no operation that changes nothing': patchIsMinimal,
  'a compliant container is untouched whatever its siblings': compliantStay,
  'a container comes out as it would alone': siblingsDoNotMatter,
  'nothing outside its own fields changes, unknown fields survive': nothingElseChanges,
  'Windows pods are untouched and recorded': windowsStays,
  'an update touches only new ephemeral containers': updatesTouchOnlyNewEphemerals,
  'its own output annotations are not read': ownOutputIsNotRead,
  'a deletionTimestamp spares nothing': deletionDoesNotSpare,
  'findings say what is and what becomes': findingsAreTrue,
  'nothing is granted on any runtime': neverGrants,
  'nothing is loosened': neverLoosens,
  'the verdict of Pod Security never gets worse': podSecurityNeverWorse,
  'the API server accepts the result whenever it accepts the input': staysAcceptable,
  'the order of policies does not matter': orderDoesNotMatter,
  'another policy never leaves a container more': strictestWins,
  'without an enforcing policy nothing changes': onlyEnforceChanges,
  'audit and warn beside enforce do not change the patch': auditingChangesNothing,
  'an exemption never takes anything away': exemptionsOnlySpare,
  'what an exception keeps is held as before': keptIsKept,
  'the restricted policy is enforced': restrictedIsEnforced,
};
