/** Each law is shown an engine with one fault, and has to notice. A law that cannot fail proves nothing. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Decision } from '../../src/engine/decision.ts';
import type { PatchOperation } from '../../src/engine/patch.ts';
import { cases, type Case } from '../arbitraries.ts';
import { LAWS } from '../laws.ts';
import { engine, type Engine } from '../outcome.ts';
import { containersIn, mapAt, type Json, type JsonMap } from '../pods.ts';

type Patch = readonly PatchOperation[];

const patching =
  (change: (patch: Patch, one: Case) => Patch): Engine =>
  (one) => {
    const decision = engine(one);
    return { ...decision, patch: change(decision.patch, one) };
  };

/** Changes the value of every operation that writes this field. */
const writing = (field: string, change: (value: unknown) => unknown): Engine =>
  patching((patch) =>
    patch.map((each) =>
      each.op === 'add' && each.path.endsWith(`/${field}`) ? { ...each, value: change(each.value) } : each,
    ),
  );

/** Sets a field of every container that has a securityContext, whatever the engine said. */
const setting = (field: string, value: unknown): Engine =>
  patching((patch, { request }) => [
    ...patch,
    ...containersIn(request.object as Json)
      .filter(({ json }) => typeof json['securityContext'] === 'object' && json['securityContext'] !== null)
      .map(({ path }): PatchOperation => ({
        op: 'add',
        path: `${request.base}${path}/securityContext/${field}`,
        value,
      })),
  ]);

const lastOnly = (names: unknown): unknown => (Array.isArray(names) ? names.slice(-1) : names);

const respellsEverything: Engine = writing('add', (names) =>
  (names as string[]).map((name) => name.toUpperCase().replace(/^CAP_/, '')),
);

const firstPolicyOnly: Engine = (one) => engine({ ...one, documents: one.documents.slice(0, 1) });

const mostLax: Engine = (one) =>
  one.documents
    .map((document) => engine({ ...one, documents: [document] }))
    .reduce((left, right) => (right.patch.length < left.patch.length ? right : left), engine(one));

const enforcingAll: Engine = (one) =>
  engine({
    ...one,
    documents: one.documents.map((document) =>
      document.kind === 'HardeningPolicy' ? { ...document, spec: { ...document.spec, mode: 'enforce' } } : document,
    ),
  });

const withObject = (one: Case, object: Json): Case => ({ ...one, request: { ...one.request, object } });

const withoutKey = (map: JsonMap, key: string): JsonMap =>
  Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));

const deafToWindows: Engine = (one) => {
  const pod = one.request.object as JsonMap;
  return engine(withObject(one, { ...pod, spec: withoutKey(mapAt(pod, 'spec'), 'os') }));
};

const sparing =
  (spared: (pod: Json) => boolean): Engine =>
  (one) =>
    engine(spared(one.request.object as Json) ? { ...one, documents: [] } : one);

const annotationsOf = (pod: Json): JsonMap => mapAt(mapAt(pod, 'metadata'), 'annotations');

const edits = (one: Case): Decision => {
  mapAt(one.request.object as Json, 'spec')['touched'] = true;
  return engine(one);
};

const punishing: Engine = (one) =>
  one.documents.some(({ kind }) => kind === 'HardeningException')
    ? setting('capabilities', { drop: ['ALL'] })(one)
    : engine(one);

const relabelled: Engine = (one) => {
  const decision = engine(one);
  return { ...decision, findings: decision.findings.map((finding) => ({ ...finding, before: finding.after })) };
};

const judgingUpdates: Engine = (one) => engine({ ...one, request: { ...one.request, operation: 'CREATE' } });

/** Law by law: the faults that it has to notice. */
const FAULTS: Readonly<Record<string, Readonly<Record<string, Engine>>>> = {
  'the input is not changed': { 'writes into the pod': edits },
  'a hardened pod yields an empty patch': {
    'appends to drop each time': setting('capabilities', { drop: ['NET_RAW'] }),
  },
  'the patch applies by RFC 6902 and in the API server alike': {
    'makes no parents': patching((patch) =>
      patch.filter((each) => each.op === 'remove' || JSON.stringify(each.value) !== '{}'),
    ),
    'makes children before parents': patching((patch) => patch.toReversed()),
    'removes what is not there': patching((patch, { request }) => [
      ...patch,
      { op: 'remove', path: `${request.base}/spec/containers/0/securityContext/capabilities/future` },
    ]),
  },
  'the patch writes only its own fields, and whole lists': {
    'sets runAsNonRoot': setting('runAsNonRoot', true),
    'writes into a list': patching((patch) =>
      patch.map((each) => (each.path.endsWith('/drop') ? { ...each, path: `${each.path}/-` } : each)),
    ),
  },
  'the patch is exactly the findings marked hardened': {
    'forgets the last finding': (one) => ({ ...engine(one), findings: engine(one).findings.slice(0, -1) }),
    'patches more than it says': setting('allowPrivilegeEscalation', false),
  },
  'the patch has no operation that changes nothing': {
    'writes every operation twice': patching((patch) => patch.flatMap((each) => [each, each])),
    'makes parents that are there': setting('capabilities', {}),
  },
  'a compliant container is untouched whatever its siblings': {
    'replaces whole security contexts': patching((patch, { request }) =>
      patch.length === 0
        ? patch
        : containersIn(request.object as Json).map(({ path }) => ({
            op: 'add',
            path: `${request.base}${path}/securityContext`,
            value: { capabilities: { drop: ['ALL'] }, allowPrivilegeEscalation: false },
          })),
    ),
  },
  'a container comes out as it would alone': {
    'patches the wrong index': patching((patch) =>
      patch.map((each) => ({ ...each, path: each.path.replace('/initContainers/', '/containers/') })),
    ),
    'stops after the first container': patching((patch) =>
      patch.filter(({ path }) => !/Containers\/1|containers\/[12]/.test(path)),
    ),
  },
  'nothing outside its own fields changes, unknown fields survive': {
    'replaces whole security contexts': setting('capabilities', {}),
    'marks the pod': patching((patch, { request }) => [
      ...patch,
      { op: 'add', path: `${request.base}/spec/seen`, value: true },
    ]),
  },
  'Windows pods are untouched and recorded': { 'does not look at os': deafToWindows },
  'an update touches only new ephemeral containers': { 'takes updates for creations': judgingUpdates },
  'its own output annotations are not read': {
    'believes dropcap.dev/hardened': sparing((pod) => 'dropcap.dev/hardened' in annotationsOf(pod)),
  },
  'a deletionTimestamp spares nothing': {
    'skips pods being deleted': sparing((pod) => 'deletionTimestamp' in mapAt(pod, 'metadata')),
  },
  'findings say what is and what becomes': { 'confuses before and after': relabelled },
  'nothing is granted on any runtime': {
    'replaces drop': writing('drop', lastOnly),
    'rewrites every spelling': respellsEverything,
    'gives defaults back unasked': setting('capabilities', { drop: ['ALL'], add: ['CHOWN', 'SETUID'] }),
  },
  'nothing is loosened': {
    'replaces drop': writing('drop', lastOnly),
    'sets the flag to true': writing('allowPrivilegeEscalation', () => true),
    'sets privileged': setting('privileged', true),
    'adds what nobody had': setting('capabilities', { add: ['SYS_TIME'] }),
  },
  'the verdict of Pod Security never gets worse': {
    'drops in lower case': setting('capabilities', { drop: ['all'] }),
  },
  'the API server accepts the result whenever it accepts the input': {
    'sets the flag on everything': setting('allowPrivilegeEscalation', false),
    'writes Linux fields to Windows pods': deafToWindows,
  },
  'the order of policies does not matter': { 'asks only the first policy': firstPolicyOnly },
  'another policy never leaves a container more': { 'lets the laxest policy win': mostLax },
  'without an enforcing policy nothing changes': { 'enforces every mode': enforcingAll },
  'audit and warn beside enforce do not change the patch': { 'enforces every mode': enforcingAll },
  'an exemption never takes anything away': { 'drops more where there is an exception': punishing },
  'what an exception keeps is held as before': { 'gives nothing back': writing('add', () => []) },
  'the restricted policy is enforced': {
    'does nothing': () => ({ ...engine(EMPTY), patch: [] }),
    'forgets init containers': patching((patch) => patch.filter(({ path }) => !path.includes('/initContainers/'))),
    'leaves the flag': patching((patch) => patch.filter(({ path }) => !path.endsWith('/allowPrivilegeEscalation'))),
    'leaves additions': patching((patch) => patch.filter(({ path }) => !path.endsWith('/capabilities/add'))),
  },
};

const EMPTY = fc.sample(cases(), { numRuns: 1, seed: 1 })[0]!;

describe('an engine is caught that', () => {
  const faults = Object.entries(FAULTS).flatMap(([law, engines]) =>
    Object.entries(engines).map(([fault, faulty]) => ({ law, fault, faulty })),
  );
  test.each(faults)('$fault: $law', ({ law, faulty }) => {
    const property = fc.property(cases(), (one) => LAWS[law]!(faulty, structuredClone(one)));
    // Without shrinking: that it fails is enough, if it is not by an accident of the fault itself.
    const { failed, errorInstance } = fc.check(property, { numRuns: 2000, endOnFailure: true });
    expect(failed).toBe(true);
    if (law !== 'the input is not changed') expect(String(errorInstance)).not.toMatch(/^(?:Type|Reference)Error/);
  });

  test('every law has a fault to notice', () => {
    expect(Object.keys(FAULTS).sort()).toEqual(Object.keys(LAWS).sort());
  });
});
