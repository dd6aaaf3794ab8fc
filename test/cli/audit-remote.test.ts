/** `dropcap audit` on a running instance: the same answers as on its store, and what it refuses to send. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { remoteReader } from '../../src/cli/audit-remote.ts';
import { openStore } from '../../src/store/open.ts';
import type { AuditFilter, AuditReader, AuditStore } from '../../src/store/terms.ts';
import { AccessApi } from '../kube/access-api.ts';
import { outward, serveStore, type AdminPort } from '../server/audit-admin.ts';
import { audit } from './audit-command.ts';
import { allOf, journalled, RECORDS, storeOf, uidOf } from './audit-records.ts';
import { dropcap, folderOf, ROOT } from './command.ts';

jest.setTimeout(120_000);

let file = '';
let admin: AdminPort;
let url = '';
let local: AuditStore;
let remote: AuditReader;

beforeAll(async () => {
  file = await storeOf();
  local = await openStore(file);
  await local.ingest();
  admin = await serveStore(file);
  url = `http://127.0.0.1:${admin.port}`;
  remote = remoteReader(url, undefined);
});

afterAll(async () => {
  await admin.close();
  await local.close();
});

/** Once a value has gone through JSON. */
const sent = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

/** Texts that are in the records, and others. */
const oneOf = (...values: string[]) => fc.option(fc.constantFrom(...values), { nil: undefined, freq: 1 });
const minute = fc.integer({ min: -1, max: 12 }).map((i) => Date.parse('2026-11-22T12:00:00Z') + i * 60_000);
const without = (filter: object): AuditFilter =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));

const filters: fc.Arbitrary<AuditFilter> = fc
  .record({
    since: fc.option(minute, { nil: undefined, freq: 1 }),
    namespace: oneOf('shop', 'batch', 'none'),
    workload: oneOf('opted', 'web-6d9f-', 'Job/nightly', 'a&b=c d+e%20/é'),
    policy: oneOf('restricted', 'watched'),
    rule: oneOf('capabilities.add', 'pod'),
    capability: oneOf('SYS_ADMIN', 'NET_RAW'),
    outcome: oneOf('hardened', 'exempt', 'audited'),
    optOut: fc.option(fc.boolean(), { nil: undefined, freq: 1 }),
    user: oneOf('alice', 'bob', 'system:serviceaccount:kube-system:replicaset-controller', RECORDS[9]!.user),
    exception: oneOf('keep-chown', 'none'),
    result: oneOf('admitted', 'pending'),
  })
  .map(({ since, ...others }) => {
    // Most filters would mean nothing if all of them were given.
    const some = Object.entries(without(others)).slice(0, 2);
    return without({ since, ...Object.fromEntries(some) });
  });

test('every question about any filter has the answer of the store', async () => {
  let found = 0;
  await fc.assert(
    fc.asyncProperty(filters, fc.integer({ min: 1, max: 12 }), async (filter, limit) => {
      const [page, ours] = await Promise.all([remote.list(filter, limit), local.list(filter, limit)]);
      expect(page).toEqual(sent(ours));
      if (page.next !== undefined)
        expect(await remote.list(filter, limit, page.next)).toEqual(sent(await local.list(filter, limit, page.next)));
      expect(await remote.stats(filter)).toEqual(sent(await local.stats(filter)));
      expect(await allOf(remote.records(filter))).toEqual(sent(await allOf(local.records(filter))));
      found += page.entries.length;
    }),
    { numRuns: 40 },
  );
  expect(found).toBeGreaterThan(20);
  expect(await remote.postures({}, 3)).toEqual(sent(await local.postures({}, 3)));
  for (const name of ['keep-chown', 'none']) expect(await remote.lastUse(name)).toBe(await local.lastUse(name));
  for (const uid of [uidOf(1), 'none', '../stats', 'a/b?c'])
    expect(await remote.show(uid)).toEqual(sent(await local.show(uid)));
  expect(await remote.uids('0000000', 4)).toEqual(await local.uids('0000000', 4));
});

test('a list longer than one answer is put together', async () => {
  const many = Array.from({ length: 2_300 }, (_, i) => ({ ...RECORDS[0]!, uid: uidOf(i) }));
  const long = await storeOf(many);
  const store = await openStore(long);
  await store.ingest();
  await store.close();
  const other = await serveStore(long);
  const reader = remoteReader(`http://localhost:${other.port}/audit/`, undefined);
  expect(new Set((await reader.list({}, 5_000)).entries.map(({ uid }) => uid)).size).toBe(2_300);
  const part = await reader.list({}, 1_500);
  expect([part.entries.length, typeof part.next]).toEqual([1_500, 'string']);
  expect((await allOf(reader.records({}))).length).toBe(2_300);
  await other.close();
});

test.each([
  'list',
  'list --namespace batch -o csv',
  'list --capability sys_admin -o json --limit 2',
  'list --namespace nowhere',
  'show 00000009',
  'show 0000000',
  'show none',
  'show 00000001 -o csv',
  'stats',
  'stats --opt-out -o csv',
  'export',
  'export -o csv --outcome exempt',
])('prints what it prints of the store: %s', async (line) => {
  expect(await audit(url, line)).toEqual(await audit(file, line));
});

test('--follow goes on with what comes', async () => {
  const growing = await storeOf(RECORDS.slice(0, 2));
  const store = await openStore(growing);
  await store.ingest();
  const other = await serveStore(growing);
  const main = ['--disable-warning=ExperimentalWarning', join(ROOT, 'src', 'main.ts')];
  const where = ['--audit-store', `http://127.0.0.1:${other.port}`];
  const child = spawn(process.execPath, [...main, 'audit', 'list', '--follow', '-o', 'json', ...where]);
  let text = '';
  const lines = async (count: number): Promise<string[]> => {
    while (text.split('\n').length <= count) text += String(((await once(child.stdout, 'data')) as [Buffer])[0]);
    return text.split('\n').slice(0, count);
  };
  await lines(2);
  await journalled(growing, RECORDS.slice(2, 4));
  await store.ingest();
  const seen = (await lines(4)).map((line) => (JSON.parse(line) as { uid: string }).uid);
  expect(seen).toEqual([0, 1, 2, 3].map(uidOf));
  child.kill('SIGINT');
  await once(child, 'exit');
  await store.close();
  await other.close();
});

describe('what is wrong is said, with 2', () => {
  const refusal = async (args: readonly string[]) => {
    const { stdout, stderr, status } = await dropcap(['audit', 'list', ...args]);
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
    return stderr;
  };
  const tokenFile = (): string => join(folderOf({ token: 'secret-bearer\n' }), 'token');

  test('nothing listens', async () => {
    expect(await refusal(['--audit-store', 'http://127.0.0.1:1'])).toBe(
      'error: --audit-store: http://127.0.0.1:1/audit/records: connection refused: nothing listens there\n',
    );
  });

  test('a token would travel in the clear', async () => {
    expect(await refusal(['--audit-store', 'http://audit.example:8080', '--token-file', tokenFile()])).toBe(
      'error: --audit-store: found http://audit.example:8080 beside --token-file, expected https:// or a loopback address: ' +
        'over http:// whoever is on the way reads the token\n',
    );
  });

  test.each([
    ['http://alice:secret@127.0.0.1', 'found a user or password in the URL, expected a token, by --token-file'],
    ['http://127.0.0.1?namespace=a', 'found ?namespace=a in the URL, expected none: filters are options'],
    ['http://:80:80', 'found http://:80:80, expected a URL, as in http://127.0.0.1:8080'],
  ])('a URL that is none: %s', async (place, message) => {
    expect(await refusal(['--audit-store', place])).toBe(`error: --audit-store: ${message}\n`);
  });

  test('a token for a file', async () => {
    expect(await refusal(['--audit-store', file, '--token-file', tokenFile()])).toBe(
      'error: --token-file: found no running instance to send it to, expected --audit-store https://…\n',
    );
  });

  test.each([
    ['', 'found nothing, expected a token'],
    ['two words', 'found other text, expected a token'],
  ])('a file without a token: %p', async (text, message) => {
    const token = join(folderOf({ token: text }), 'token');
    expect(await refusal(['--audit-store', url, '--token-file', token])).toBe(
      `error: --token-file: ${token}: ${message}\n`,
    );
  });

  test('a place that no list ended with', async () => {
    expect(await refusal(['--audit-store', url, '--after', 'x'])).toMatch(
      /^error: --after: http:.*: HTTP 400 Bad Request: after: .*no place in the list: x, expected /,
    );
  });

  test('a database that cannot be reached, without its password', async () => {
    const stderr = await refusal(['--audit-store', 'postgres://u:sesame@127.0.0.1:1/trail']);
    expect(stderr).toMatch(/^error: --audit-store: postgres:\/\/u@127\.0\.0\.1:1\/trail: /);
    expect(stderr).not.toContain('sesame');
  });
});

describe('another server there', () => {
  async function answered(listener: RequestListener): Promise<string> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const place = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { stderr, status } = await dropcap(['audit', 'export', '--audit-store', place]);
    server.close();
    server.closeAllConnections();
    expect(status).toBe(2);
    return stderr.replaceAll(place, 'URL');
  }

  test('that is none of dropcap', async () => {
    expect(await answered((_request, response) => response.writeHead(404).end('<html>'))).toBe(
      'error: --audit-store: URL/audit/export: HTTP 404 Not Found: found no answer of dropcap, expected its admin address\n',
    );
  });

  test('that leads elsewhere is not followed', async () => {
    const stderr = await answered((_request, response) =>
      response.writeHead(302, { location: 'http://x.example' }).end(),
    );
    expect(stderr).toMatch(/^error: --audit-store: URL\/audit\/export: HTTP 302 Found: /);
  });

  test('that breaks off: what came is no export', async () => {
    const stderr = await answered((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/jsonl' });
      response.write(`${JSON.stringify(RECORDS[0])}\n`, () => setTimeout(() => response.destroy(), 50));
    });
    expect(stderr).toBe('error: --audit-store: URL/audit/export: the answer was cut off\n');
  });
});

test('a token is sent, read anew each time, and what the cluster says of it is told', async () => {
  const api = await AccessApi.start();
  const folder = folderOf({ kubeconfig: api.kubeconfig(), token: 'stranger' });
  const tokens: (string | undefined)[] = [];
  const guarded = await serveStore(file, join(folder, 'kubeconfig'));
  guarded.server.on('request', ({ headers }: { headers: { authorization?: string } }) => {
    tokens.push(headers.authorization);
  });
  // From loopback no token is needed; here it is seen that one is sent.
  const reader = remoteReader(`http://127.0.0.1:${guarded.port}`, join(folder, 'token'));
  await reader.stats({});
  writeFileSync(join(folder, 'token'), 'another\n');
  await reader.stats({});
  expect(tokens).toEqual(['Bearer stranger', 'Bearer another']);
  if (outward !== undefined) {
    const { stderr } = await audit(`http://${outward}:${guarded.port}`, 'list');
    expect(stderr).toMatch(/HTTP 401 Unauthorized: expected Authorization: Bearer TOKEN\n$/);
  }
  chmodSync(join(folder, 'token'), 0o600);
  await guarded.close();
  await api.stop();
});
