import { expect, test } from '@jest/globals';
import { containersOf, type JsonObject } from '../../src/engine/pod.ts';
import type { FieldValue } from '../../src/engine/finding.ts';
import { alterationsOf, comparison } from '../../src/results/compare.ts';
import type { Proposed } from '../../src/results/expected.ts';
import { expectedOf, uid } from './world.ts';

const containers = (securityContext: JsonObject, name = 'app') =>
  containersOf({ containers: [{ name: 'injected' }, { name, securityContext }] });

const proposed = (rule: Proposed['rule'], value: FieldValue): Proposed[] => [{ container: 'app', rule, value }];

test('a field that is as it was proposed is not altered', () => {
  const security = { capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] }, allowPrivilegeEscalation: false };
  const fields = [
    ...proposed('capabilities.drop', ['ALL']),
    ...proposed('capabilities.add', ['NET_BIND_SERVICE']),
    ...proposed('allowPrivilegeEscalation', false),
  ];
  expect(alterationsOf(fields, containers(security))).toEqual([]);
});

test('order, repetition and spelling make no other list', () => {
  const capabilities = { drop: ['ALL', 'cap_chown', 'ALL'] };
  expect(alterationsOf(proposed('capabilities.drop', ['CHOWN', 'ALL']), containers({ capabilities }))).toEqual([]);
});

test('an empty list is none', () => {
  expect(alterationsOf(proposed('capabilities.add', null), containers({ capabilities: { add: [] } }))).toEqual([]);
});

test('what was put back is told with what was proposed', () => {
  const capabilities = { add: ['SYS_ADMIN'], drop: [] };
  const security = { capabilities, allowPrivilegeEscalation: true };
  const fields = [
    ...proposed('capabilities.drop', ['ALL']),
    ...proposed('capabilities.add', null),
    ...proposed('allowPrivilegeEscalation', false),
  ];
  expect(alterationsOf(fields, containers(security))).toEqual([
    { container: 'app', rule: 'capabilities.drop', proposed: ['ALL'], found: null },
    { container: 'app', rule: 'capabilities.add', proposed: null, found: ['SYS_ADMIN'] },
    { container: 'app', rule: 'allowPrivilegeEscalation', proposed: false, found: true },
  ]);
});

test('the fields of a container that is gone are absent', () => {
  const gone = containers({ capabilities: { drop: ['ALL'] } }, 'other');
  expect(alterationsOf(proposed('capabilities.drop', ['ALL']), gone)).toMatchObject([{ found: null }]);
});

const POD = { name: 'web', uid: uid(7) };
const request = expectedOf(1, 'web', 0);
const seen = { ...POD, namespace: 'shop', generateName: '', created: 0, auditRecord: '' };

test('a pod that could not be compared was admitted, and the result says why that is all', () => {
  expect(comparison(request, POD, undefined)).toEqual({
    status: 'admitted',
    pod: POD,
    reason: 'the pod was gone before its fields could be compared',
  });
  expect(comparison(request, POD, { ...seen, uid: uid(8), containers: [] })).toMatchObject({ status: 'admitted' });
  expect(comparison(request, POD, new Error('HTTP 403'))).toMatchObject({ status: 'admitted', reason: 'HTTP 403' });
});

test('a pod that was compared is admitted without a reason, or altered', () => {
  const hardened = containers({ capabilities: { drop: ['ALL'] } });
  expect(comparison(request, POD, { ...seen, containers: hardened })).toEqual({ status: 'admitted', pod: POD });
  expect(comparison(request, POD, { ...seen, containers: [] })).toMatchObject({ status: 'altered', pod: POD });
});
