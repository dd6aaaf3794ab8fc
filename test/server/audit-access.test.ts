/** Who may read the audit trail: real connections, from loopback and from another address of this machine. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { storeOf } from '../cli/audit-records.ts';
import { folderOf } from '../cli/command.ts';
import { AccessApi } from '../kube/access-api.ts';
import { errorOf, outward, serveStore, type AdminPort } from './audit-admin.ts';
import { openStore } from '../../src/store/open.ts';

jest.setTimeout(60_000);

let api: AccessApi;
let guarded: AdminPort;
let alone: AdminPort;

beforeAll(async () => {
  const store = await storeOf();
  const filled = await openStore(store);
  await filled.ingest();
  await filled.close();
  api = await AccessApi.start();
  api.users.set('all', { username: 'auditor', paths: ['/audit', '/audit/records', '/audit/stats'] });
  api.users.set('stats', { username: 'grafana', paths: ['/audit/stats'] });
  const kubeconfig = join(folderOf(), 'kubeconfig');
  writeFileSync(kubeconfig, api.kubeconfig());
  guarded = await serveStore(store, kubeconfig);
  alone = await serveStore(store);
});

afterAll(async () => {
  await guarded.close();
  await alone.close();
  await api.stop();
});

describe('from loopback', () => {
  test.each(['localhost', '127.0.0.1', '127.0.0.1:8080', 'LOCALHOST:1', '[::1]:8080'])(
    'no token is needed where the host is %s',
    async (host) => {
      expect((await guarded.get('/audit/stats', { host })).status).toBe(200);
      expect(api.asked).toEqual([]);
    },
  );

  test.each([
    'evil.example',
    'evil.example:8080',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.example@127.0.0.1',
    '127.0.0.2',
    '[::1].evil.example',
  ])('a name that was made to lead here is refused: %s', async (host) => {
    const answer = await guarded.get('/audit/records', { host });
    expect({ status: answer.status, code: errorOf(answer).code }).toEqual({ status: 403, code: 'foreign' });
  });

  test.each<[string, Record<string, string>]>([
    ['a page of another site', { 'sec-fetch-site': 'cross-site' }],
    ['a page of another port', { 'sec-fetch-site': 'same-site' }],
    ['another origin', { origin: 'http://evil.example' }],
    ['another port of this machine as origin', { origin: 'http://localhost:9999' }],
    ['an origin that is none', { origin: 'null' }],
    ['another scheme', { origin: 'https://localhost:8080' }],
  ])('%s is refused', async (_, headers) => {
    const answer = await guarded.get('/audit/records', { host: 'localhost:8080', ...headers });
    expect({ status: answer.status, code: errorOf(answer).code }).toEqual({ status: 403, code: 'foreign' });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  test.each<[string, Record<string, string>]>([
    ['an address that was typed', { 'sec-fetch-site': 'none' }],
    ['a link of its own', { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:8080' }],
  ])('%s is served', async (_, headers) => {
    expect((await guarded.get('/audit/stats', { host: 'localhost:8080', ...headers })).status).toBe(200);
  });
});

(outward === undefined ? describe.skip : describe)('from elsewhere (skipped where there is no other address)', () => {
  const from = (path: string, headers: Record<string, string> = {}, port: AdminPort = guarded) =>
    port.get(path, headers, 'GET', outward);

  test('a request without a token is asked for one', async () => {
    const answer = await from('/audit/stats');
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="dropcap audit"');
  });

  test.each([
    ['another scheme', 'Basic dTpw'],
    ['nothing', 'Bearer'],
    ['two words', 'Bearer a b'],
    ['other letters', 'Bearer \u00e9'],
    ['a token that the cluster does not know', 'Bearer unknown'],
    ['a very long one', `Bearer ${'a'.repeat(16_000)}`],
  ])('what is no token is refused: %s', async (_, authorization) => {
    const answer = await from('/audit/stats', { authorization });
    expect({ status: answer.status, code: errorOf(answer).code }).toEqual({ status: 401, code: 'unauthenticated' });
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
  });

  test('a host or origin of its own choice does not stand for a token', async () => {
    expect((await from('/audit/stats', { host: 'localhost' })).status).toBe(401);
    expect((await from('/audit/stats', { 'x-forwarded-for': '127.0.0.1', forwarded: 'for=127.0.0.1' })).status).toBe(
      401,
    );
  });

  test('a token opens the paths that its user may get, and no others', async () => {
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    expect((await from('/audit/stats?namespace=shop', bearer('all'))).status).toBe(200);
    expect((await from('/audit/stats', bearer('stats'))).status).toBe(200);
    const refused = await from('/audit/records?limit=1', bearer('stats'));
    expect({ status: refused.status, ...errorOf(refused) }).toEqual({
      status: 403,
      code: 'forbidden',
      message: 'grafana may not read this: needed is the verb get on nonResourceURLs /audit/records',
    });
  });

  test.each(['/AUDIT/records', '/audit//records', '/audit/stats/../records', '/audit/%72ecords', '/audit/records/'])(
    'another spelling of a path opens nothing: %s',
    async (path) => {
      expect((await from(path, { authorization: 'Bearer stats' })).status).toBeGreaterThanOrEqual(403);
    },
  );

  test('a cluster that cannot be asked is a reason to try again, and says why', async () => {
    api.failing = 403;
    const answer = await from('/audit/stats', { authorization: 'Bearer never-seen' });
    api.failing = 0;
    expect({ status: answer.status, ...errorOf(answer) }).toEqual({
      status: 503,
      code: 'cluster',
      message: 'the token: TokenReview: HTTP 403 Forbidden: story of 403',
    });
  });

  test('without a cluster nobody is served', async () => {
    const answer = await from('/audit/stats', { authorization: 'Bearer all' }, alone);
    expect({ status: answer.status, code: errorOf(answer).code }).toEqual({ status: 403, code: 'no-cluster' });
  });

  test('checks of health need no token', async () => {
    expect((await from('/healthz')).status).toBe(200);
    expect((await from('/metrics')).status).toBe(200);
  });
});
