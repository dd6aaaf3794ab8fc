import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { denialOf } from '../../src/admission/denial.ts';
import { gate } from '../../src/engine/gate.ts';
import { policySetOf } from '../../src/engine/policy-set.ts';
import { loadPolicies } from '../../src/policies/load.ts';
import type { JsonMap } from '../pods.ts';
import { folderOf, TODAY } from './folder.ts';

const text = readFileSync(path.join(import.meta.dirname, '../../docs/policies.md'), 'utf8');
const section = text.slice(text.indexOf('## The gate'), text.indexOf('## Workload templates'));
const [, example] = /```yaml\n(.*?)```/s.exec(section)!;
const message = section
  .split('\n')
  .filter((line) => line.startsWith('> '))
  .map((line) => line.slice(2))
  .join(' ');

const compliant = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };

const judge = (late: JsonMap) => {
  const { documents, errors } = loadPolicies([folderOf({ 'example.yaml': example! })], TODAY);
  expect(errors).toEqual([]);
  const where = { namespace: 'payments', namespaceLabels: {}, user: undefined, base: '', workload: undefined };
  const object = { spec: { containers: [{ name: 'app', securityContext: compliant }, late] } };
  const request = { operation: 'CREATE', subResource: '', object, oldObject: undefined, ...where } as const;
  return gate(request, policySetOf(documents), TODAY);
};

test('the example of the documentation refuses a late sidecar in the words that are shown', () => {
  const { decision, action } = judge({ name: 'istio-proxy' });
  expect(action).toBe('denied');
  expect(`dropcap: ${denialOf(decision)}`).toBe(message);
});

test('and warns about a privileged container', () => {
  expect(judge({ name: 'agent', securityContext: { privileged: true } }).action).toBe('warned');
});
