/** Tokens of a real cluster, checked by its own TokenReview and SubjectAccessReview, open the audit trail or do not. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { openStore } from '../../src/store/open.ts';
import { RECORDS, storeOf } from '../cli/audit-records.ts';
import { blockUnder } from '../docs/blocks.ts';
import { errorOf, outward, serveStore, type AdminPort } from '../server/audit-admin.ts';
import { count } from './counts.ts';
import { apply, kubectl, until } from './kubectl.ts';
import { dropNamespaces, namespace } from './namespaces.ts';

// As docs/audit.md has it.
const documented = parse(blockUnder('docs/audit.md', 'Asking a running instance', 'yaml')) as {
  metadata: { name: string };
  rules: [{ nonResourceURLs: string[] }];
};

const AUDITOR = documented.metadata.name;
const COUNTER = 'dropcap-e2e-counter';

let space = '';
let admin: AdminPort;

const role = (name: string, nonResourceURLs: readonly string[]): object[] => {
  const apiGroup = 'rbac.authorization.k8s.io';
  return [
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'ClusterRole',
      metadata: { name },
      rules: [{ nonResourceURLs, verbs: ['get'] }],
    },
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup, kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace: space }],
    },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: space } },
  ];
};

const token = async (account: string, ...args: string[]): Promise<string> =>
  (await kubectl(['create', 'token', account, '-n', space, ...args])).trim();

const ask = async (path: string, bearer: string) =>
  admin.get(path, { authorization: `Bearer ${bearer}` }, 'GET', outward);

beforeAll(async () => {
  space = await namespace();
  await apply([...role(AUDITOR, documented.rules[0].nonResourceURLs), ...role(COUNTER, ['/audit/stats'])]);
  const file = await storeOf();
  const store = await openStore(file);
  await store.ingest();
  await store.close();
  admin = await serveStore(file, process.env['KUBECONFIG']);
});

afterAll(async () => {
  await admin.close();
  await kubectl(['delete', 'clusterrole,clusterrolebinding', AUDITOR, COUNTER, '--ignore-not-found']);
  await dropNamespaces();
});

test('a service account that may get /audit/* reads everything', async () => {
  const bearer = await token(AUDITOR);
  // The authorizer learns of new roles by a watch, and a refusal is remembered for two seconds.
  const { body } = await until('the role to count', async () => {
    const answer = await ask('/audit/stats', bearer);
    return answer.status === 200 && answer;
  });
  expect((JSON.parse(body) as { records: number }).records).toBe(RECORDS.length);
  expect((await ask('/audit/export', bearer)).body.split('\n')).toHaveLength(RECORDS.length + 1);
});

test('one that may get /audit/stats reads nothing else', async () => {
  const bearer = await token(COUNTER);
  await until('the role to count', async () => (await ask('/audit/stats', bearer)).status === 200);
  const refused = await ask('/audit/records', bearer);
  expect([refused.status, errorOf(refused).message]).toEqual([
    403,
    `system:serviceaccount:${space}:${COUNTER} may not read this: needed is the verb get on nonResourceURLs /audit/records`,
  ]);
});

test('a service account without a role is refused', async () => {
  const refused = await ask('/audit/stats', await token('default'));
  expect([refused.status, errorOf(refused).code]).toEqual([403, 'forbidden']);
});

test('a token for another audience is none', async () => {
  const refused = await ask('/audit/stats', await token(AUDITOR, '--audience=vault.example'));
  expect([refused.status, errorOf(refused).code]).toEqual([401, 'unauthenticated']);
});

test('a token that was changed, or made up, is none', async () => {
  const real = await token(AUDITOR);
  const changed = real.slice(0, -4) + (real.endsWith('AAAA') ? 'BBBB' : 'AAAA');
  for (const bearer of [changed, 'made-up', `${real}x`]) expect((await ask('/audit/stats', bearer)).status).toBe(401);
  count('kinds of tokens that the real cluster judged for /audit', 7);
});
