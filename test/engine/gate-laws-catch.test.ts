/** Each law of the gate is shown a gate with one fault, and has to notice. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { evaluate } from '../../src/engine/evaluate.ts';
import type { Finding } from '../../src/engine/finding.ts';
import { policySetOf } from '../../src/engine/policy-set.ts';
import { gate, type Gated } from '../../src/engine/gate.ts';
import { cases } from '../arbitraries.ts';
import { GATE_LAWS, theGate, type Gate } from '../gate-laws.ts';
import { mapAt, type Json, type JsonMap } from '../pods.ts';

const finding =
  (change: (findings: readonly Finding[]) => readonly Finding[]): Gate =>
  (one) => {
    const gated = theGate(one);
    return { ...gated, decision: { ...gated.decision, findings: change(gated.decision.findings) } };
  };

const each = (change: (one: Finding) => Finding): Gate => finding((findings) => findings.map(change));

const acting =
  (change: (action: Gated['action']) => Gated['action']): Gate =>
  (one) => {
    const gated = theGate(one);
    return { ...gated, action: change(gated.action) };
  };

const patching: Gate = (one) => {
  const { documents, request, conditions } = one;
  const { patch } = evaluate(request, policySetOf(documents), conditions);
  const gated = theGate(one);
  return { ...gated, decision: { ...gated.decision, patch } };
};

const askingAll: Gate = ({ documents, request, conditions }) => {
  const set = policySetOf(documents);
  return gate(request, { ...set, enforcingFor: set.policiesFor }, conditions.today);
};

const deafToExemptions: Gate = (one) =>
  theGate({ ...one, documents: one.documents.filter(({ kind }) => kind === 'HardeningPolicy') });

const deafToWindows: Gate = (one) => {
  const pod = one.request.object as JsonMap;
  return theGate({
    ...one,
    request: { ...one.request, object: { ...pod, spec: { ...mapAt(pod, 'spec'), os: null } } },
  });
};

const judgingAll: Gate = (one) => theGate({ ...one, request: { ...one.request, operation: 'CREATE' } });

const editing: Gate = (one) => {
  mapAt(one.request.object as Json, 'spec')['touched'] = true;
  return theGate(one);
};

/** Law by law: the faults that it has to notice. */
const FAULTS: Readonly<Record<string, Readonly<Record<string, Gate>>>> = {
  'the gate does not change its input': { 'writes into the pod': editing },
  'the gate patches nothing': { 'answers with the patch of hardening': patching },
  'what was hardened is not missed at the gate': {
    'takes what cannot be hardened for missed': each((one) => ({ ...one, outcome: 'missed' })),
  },
  'the gate misses exactly what hardening would still do': {
    'stops after the first finding': finding((findings) => findings.slice(0, 1)),
    'confuses before and after': each((one) => ({ ...one, after: one.before })),
  },
  'the gate does what the enforcing policies that it names say': {
    'always refuses': each((one) => ({ ...one, action: 'denied' })),
    'calls it hardened': each((one) => ({ ...one, outcome: 'hardened' })),
    'names nobody': each((one) => ({ ...one, policies: [] })),
  },
  'the gate does the strictest of what it does about its findings': {
    'always passes': acting(() => undefined),
    'only warns': acting((action) => action && 'warned'),
  },
  'policies that only watch have no say at the gate': { 'asks all policies': askingAll },
  'gates that only warn or audit never refuse': { 'refuses whatever it finds': acting((action) => action && 'denied') },
  'a stricter gate finds no less and refuses all of it': {
    'never refuses': each((one) => ({ ...one, action: 'audited' })),
  },
  'the order of policies does not matter at the gate': {
    'asks only the first policy': (one) => theGate({ ...one, documents: one.documents.slice(0, 1) }),
  },
  'the gate names only containers of the pod': {
    'names another': each((one) => ({ ...one, container: 'other' })),
    'names another list': each((one) => ({ ...one, kind: 'initContainers' })),
  },
  'who is exempt from everything passes the gate': { 'does not look at exceptions': deafToExemptions },
  'Windows pods pass the gate': { 'does not look at os': deafToWindows },
  'of an update the gate judges only new ephemeral containers': { 'takes updates for creations': judgingAll },
};

describe('a gate is caught that', () => {
  const faults = Object.entries(FAULTS).flatMap(([law, gates]) =>
    Object.entries(gates).map(([fault, faulty]) => ({ law, fault, faulty })),
  );
  test.each(faults)('$fault: $law', ({ law, faulty }) => {
    const property = fc.property(cases(), (one) => GATE_LAWS[law]!(faulty, structuredClone(one)));
    const { failed, errorInstance } = fc.check(property, { numRuns: 2000, endOnFailure: true });
    expect(failed).toBe(true);
    if (law !== 'the gate does not change its input')
      expect(String(errorInstance)).not.toMatch(/^(?:Type|Reference)Error/);
  });

  test('every law has a fault to notice', () => {
    expect(Object.keys(FAULTS).sort()).toEqual(Object.keys(GATE_LAWS).sort());
  });
});
