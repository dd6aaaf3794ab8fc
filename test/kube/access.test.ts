import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { accessBy, type CheckAccess } from '../../src/kube/access.ts';
import { clusterAt } from '../../src/kube/api.ts';
import { eventually, temporaryFolder } from '../server/harness.ts';
import { AccessApi } from './access-api.ts';

jest.setTimeout(60_000);

const PATH = '/audit/records';
const ALICE = {
  username: 'alice',
  uid: 'u-1',
  groups: ['auditors', 'system:authenticated'],
  extra: { 'example.com/scopes': ['read'] },
  paths: [PATH],
};

let api: AccessApi;
let now = 0;
let check: CheckAccess;
let remove: () => void;

beforeEach(async () => {
  api = await AccessApi.start();
  api.users.set('good', ALICE);
  const made = temporaryFolder();
  ({ remove } = made);
  const kubeconfig = join(made.folder, 'kubeconfig');
  writeFileSync(kubeconfig, api.kubeconfig());
  now = 0;
  check = accessBy(clusterAt(kubeconfig), () => now);
});

afterEach(async () => {
  await api.stop();
  remove();
});

describe('a token', () => {
  test('that the cluster knows reads what its user may get', async () => {
    expect(await check('good', PATH)).toEqual({ user: 'alice', isAllowed: true });
    expect(await check('good', '/audit/stats')).toEqual({ user: 'alice', isAllowed: false });
  });

  test('that the cluster does not know is nobody’s, and no rights are asked for', async () => {
    expect(await check('bad', PATH)).toBe('unauthenticated');
    expect(api.count('SubjectAccessReview')).toBe(0);
  });

  test('is reviewed for the cluster’s own audience, and its user with all that is known of them', async () => {
    await check('good', PATH);
    const { username: user, uid, groups, extra } = ALICE;
    expect(api.asked).toEqual([
      { kind: 'TokenReview', spec: { token: 'good' } },
      {
        kind: 'SubjectAccessReview',
        spec: { user, uid, groups, extra, nonResourceAttributes: { path: PATH, verb: 'get' } },
      },
    ]);
  });
});

describe('what the cluster said', () => {
  test('is remembered for ten seconds where it allows', async () => {
    await check('good', PATH);
    api.users.delete('good');
    now = 9_999;
    expect(await check('good', PATH)).toEqual({ user: 'alice', isAllowed: true });
    expect(api.asked).toHaveLength(2);
    now = 10_000;
    expect(await check('good', PATH)).toBe('unauthenticated');
  });

  test('is remembered for two seconds where it refuses', async () => {
    await check('new', PATH);
    await check('good', '/audit/stats');
    api.users.set('new', { username: 'bob', paths: [PATH] });
    api.users.set('good', { ...ALICE, paths: ['/audit/stats'] });
    now = 1_999;
    expect(await check('new', PATH)).toBe('unauthenticated');
    expect(await check('good', '/audit/stats')).toMatchObject({ isAllowed: false });
    now = 2_000;
    expect(await check('new', PATH)).toEqual({ user: 'bob', isAllowed: true });
    expect(await check('good', '/audit/stats')).toMatchObject({ isAllowed: true });
  });

  test('for one path says nothing of another', async () => {
    expect(await check('good', PATH)).toMatchObject({ isAllowed: true });
    expect(await check('good', `${PATH}/x`)).toMatchObject({ isAllowed: false });
  });

  test('is shared by all who ask at the same time', async () => {
    await Promise.all(Array.from({ length: 40 }, () => check('good', PATH)));
    expect([api.count('TokenReview'), api.count('SubjectAccessReview')]).toEqual([1, 1]);
  });

  test('is forgotten, the oldest first, when there are more than 1,000 tokens', async () => {
    await check('good', PATH);
    for (let i = 0; i < 1_000; i += 25)
      await Promise.all(Array.from({ length: 25 }, (_, j) => check(`made-up-${i + j}`, PATH)));
    expect(api.count('TokenReview')).toBe(1_001);
    await check('made-up-999', PATH);
    expect(api.count('TokenReview')).toBe(1_001);
    await check('good', PATH);
    expect(api.count('TokenReview')).toBe(1_002);
  });
});

describe('a cluster', () => {
  test('that refuses to review says so, without the token, and is asked again the next time', async () => {
    api.failing = 403;
    const refused = check('a-secret-token', PATH);
    await expect(refused).rejects.toMatchObject({
      name: 'ClusterFailure',
      message: 'TokenReview: HTTP 403 Forbidden: story of 403',
    });
    api.failing = 0;
    expect(await check('good', PATH)).toMatchObject({ isAllowed: true });
    expect(await check('a-secret-token', PATH)).toBe('unauthenticated');
  });

  test('that is asked for more than 50 tokens at a time is spared the others', async () => {
    let open: () => void = () => undefined;
    api.gate = new Promise((resolve) => (open = resolve));
    const waiting = Array.from({ length: 50 }, (_, i) => check(`waiting-${i}`, PATH));
    await eventually(
      () => api.asked.length,
      (asked) => asked === 50,
    );
    await expect(check('one-more', PATH)).rejects.toMatchObject({ name: 'ClusterFailure' });
    open();
    expect(await Promise.all(waiting)).toEqual(waiting.map(() => 'unauthenticated'));
    expect(await check('one-more', PATH)).toBe('unauthenticated');
  });
});
