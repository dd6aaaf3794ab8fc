import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { policySetOf } from '../../src/engine/policy-set.ts';
import { evaluate } from '../../src/engine/evaluate.ts';
import { demandOf } from '../../src/engine/demand.ts';
import type { HardeningPolicy } from '../../src/engine/policy.ts';
import { loadPolicies } from '../../src/policies/load.ts';
import { resolvePolicyFolder } from '../../src/policies/shipped.ts';
import { MANIFESTS } from './manifests.ts';

const TODAY = '2026-11-22';
const { documents, errors, warnings } = loadPolicies([join(MANIFESTS, 'base', 'policies')], TODAY);
const policyOf = (name: string, from = documents): HardeningPolicy => {
  const found = from.find((document) => document.kind === 'HardeningPolicy' && document.metadata.name === name);
  if (found?.kind !== 'HardeningPolicy') throw new Error(`${name}: no such policy`);
  return found;
};

/** What becomes of a plain pod in a namespace with these labels. */
function decisionIn(namespaceLabels: Readonly<Record<string, string>>) {
  const request = { operation: 'CREATE', subResource: '', namespace: 'shop', namespaceLabels } as const;
  const object = { metadata: { name: 'web' }, spec: { containers: [{ name: 'web', image: 'nginx' }] } };
  const asked = { ...request, user: undefined, object, oldObject: undefined, base: '', workload: undefined };
  return evaluate(asked, policySetOf(documents), { today: TODAY, annotate: true });
}

test('the policies that are installed load without a complaint', () => {
  expect({ errors, warnings }).toEqual({ errors: [], warnings: [] });
  expect(documents.map(({ metadata }) => metadata.name).sort()).toEqual([
    'baseline',
    'compatible',
    'everywhere',
    'restricted',
  ]);
});

describe.each(['restricted', 'compatible', 'baseline'])('%s', (name) => {
  test('asks what the policy of that name asks that comes with dropcap', () => {
    const shipped = policyOf(name, loadPolicies([resolvePolicyFolder(name)], TODAY).documents);
    expect(demandOf(policyOf(name))).toEqual(demandOf(shipped));
  });

  test('enforces, and refuses what it missed', () => {
    expect(policyOf(name).spec).toMatchObject({ mode: 'enforce', gate: { missed: 'enforce' } });
  });
});

test('everywhere records what compatible would change', () => {
  const asks = (name: string) => ({ ...demandOf(policyOf(name)), sources: [], policies: [] });
  expect(asks('everywhere')).toEqual(asks('compatible'));
  expect(policyOf('everywhere').spec.mode).toBe('audit');
});

test.each([
  ['no label', {}, [], 'audited'],
  ['a label that is misspelt', { 'dropcap.dev/enforce': 'resticted' }, [], 'audited'],
  ['the label restricted', { 'dropcap.dev/enforce': 'restricted' }, ['restricted'], 'hardened'],
  ['the label compatible', { 'dropcap.dev/enforce': 'compatible' }, ['compatible'], 'hardened'],
])('in a namespace with %s a plain pod is decided by %j', (_name, labels, policies, outcome) => {
  const decision = decisionIn(labels);
  expect(decision.policies).toEqual(policies);
  expect(new Set(decision.findings.map((finding) => finding.outcome))).toEqual(new Set([outcome]));
  expect(decision.patch.length > 0).toBe(outcome === 'hardened');
});
