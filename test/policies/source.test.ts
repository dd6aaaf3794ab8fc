import { expect, test } from '@jest/globals';
import { loadPolicies } from '../../src/policies/load.ts';
import { PolicySource } from '../../src/policies/source.ts';
import { folderOf, policyOf, TODAY } from './folder.ts';

const loaded = (spec: string) => loadPolicies([folderOf({ 'a.yaml': policyOf(spec) })], TODAY);

const withoutOptOuts = loaded('{ mode: enforce, level: restricted, optOut: { allowed: false } }');
const withOptOuts = loaded('{ mode: audit, level: restricted }');

test('where nobody knows the labels of namespaces, a new set that reads them is bad and the old one stays', () => {
  const source = new PolicySource(withoutOptOuts);
  source.goWithoutLabels();
  const { ok, errors } = source.offer(withOptOuts);
  expect(ok).toBe(false);
  expect(errors[0]!.message).toContain('start the server again');
  expect(source.current().policies[0]!.mode).toBe('enforce');
  expect(source.status()).toMatchObject({ failures: 1, lastErrors: [expect.stringContaining('opt-outs')] });
});

test('where they are known, the same set is taken', () => {
  const source = new PolicySource(withoutOptOuts);
  expect(source.offer(withOptOuts).ok).toBe(true);
  expect(source.current().policies[0]!.mode).toBe('audit');
});
