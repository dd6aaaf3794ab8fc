/** GET /audit over real connections: what it answers, what it refuses, and that nothing waits for it. */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, renameSync, rmSync } from 'node:fs';
import http from 'node:http';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { AuditReader } from '../../src/store/terms.ts';
import { openStore } from '../../src/store/open.ts';
import type { PatientReader } from '../../src/store/reader.ts';
import { RECORDS, storeOf, uidOf } from '../cli/audit-records.ts';
import { errorOf, request, serveAudit, serveStore, type AdminPort } from './audit-admin.ts';
import { closeAll, eventually, start } from './harness.ts';
import { creating, plainPod } from './reviews.ts';

jest.setTimeout(120_000);

async function filledStore(): Promise<string> {
  const file = await storeOf();
  const store = await openStore(file);
  await store.ingest();
  await store.close();
  return file;
}

let file = '';
let admin: AdminPort;
let local: AuditReader;

beforeAll(async () => {
  file = await filledStore();
  admin = await serveStore(file);
  local = await openStore(file, { readOnly: true });
});

afterAll(async () => {
  await admin.close();
  await local.close();
  await closeAll();
});

const json = async (path: string): Promise<unknown> => JSON.parse((await admin.get(path)).body);
/** What is undefined is not sent. */
const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('GET /audit', () => {
  test('names every path, and each of them answers', async () => {
    const { paths } = (await json('/audit')) as { paths: { path: string; parameters: string[] }[] };
    const asked = paths.map(({ path }) => path.replace('UID', uidOf(1)).replace('NAME', 'keep-chown'));
    const answers = await Promise.all(
      asked.map((path) => admin.get(path.endsWith('/uids') ? `${path}?prefix=0` : path)),
    );
    expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 200));
    expect(paths.map(({ path }) => path)).toEqual([
      '/audit/records',
      '/audit/records/UID',
      '/audit/stats',
      '/audit/postures',
      '/audit/uids',
      '/audit/exceptions/NAME/last-use',
      '/audit/export',
    ]);
  });

  test('answers what the store answers', async () => {
    expect(await json('/audit/records?limit=3')).toEqual(sent(await local.list({}, 3)));
    expect(await json('/audit/records?capability=cap_sys_admin&opt-out=true&since=2026-11-22')).toEqual(
      sent(await local.list({ capability: 'SYS_ADMIN', optOut: true, since: Date.parse('2026-11-22') }, 50)),
    );
    expect(await json(`/audit/records/${uidOf(1)}`)).toEqual(sent(await local.show(uidOf(1))));
    expect(await json('/audit/stats?namespace=batch')).toEqual(sent(await local.stats({ namespace: 'batch' })));
    expect(await json('/audit/postures')).toEqual({ namespaces: sent(await local.postures({}, 100)) });
    expect(await json('/audit/uids?prefix=0000000')).toEqual({ uids: await local.uids('0000000', 10) });
    expect(await json('/audit/exceptions/keep-chown/last-use')).toEqual({
      exception: 'keep-chown',
      lastUse: await local.lastUse('keep-chown'),
    });
  });

  test('is paged: each request once, in order', async () => {
    const seen: string[] = [];
    let next: string | undefined = '';
    while (next !== undefined) {
      const page = (await json(`/audit/records?limit=2${next && `&after=${next}`}`)) as Awaited<
        ReturnType<AuditReader['list']>
      >;
      seen.push(...page.entries.map(({ uid }) => uid));
      next = page.next;
    }
    expect(seen).toEqual(RECORDS.map(({ uid }) => uid).reverse());
  });

  test('exports all records as lines, the oldest first', async () => {
    const { headers, body } = await admin.get('/audit/export');
    expect(headers['content-type']).toBe('application/jsonl');
    const lines = body.split('\n').slice(0, -1);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(sent(RECORDS));
  });

  test.each([
    ['/audit/records?outcme=x', /^found the parameter outcme, expected since, .* or after; did you mean outcome\?$/],
    ['/audit/records?outcome=hardend', /^outcome: found hardend, expected hardened, .*; did you mean hardened\?$/],
    ['/audit/records?namespace=', /^namespace: found nothing, expected a name of /],
    ['/audit/records?user=a&user=b', /^user: found 2 of it, expected one$/],
    ['/audit/records?since=yesterday', /^since: found yesterday, expected a time as in /],
    ['/audit/stats?since=2026-11-23&until=2026-11-22', /^until: found .*, expected a time after since, /],
    ['/audit/records?limit=1001', /^limit: found 1001, expected a number, 1 to 1000$/],
    ['/audit/records?after=x', /^after: .*no place in the list: x, expected /],
    ['/audit/records?after=a%20b', /^after: found a b, expected the "next" of another page$/],
    ['/audit/stats?limit=1', /^found the parameter limit, expected /],
    ['/audit/postures?namespace=shop', /^found the parameter namespace, expected since, until or limit$/],
    ['/audit/uids', /^prefix: found nothing, expected the beginning of a uid$/],
    [`/audit/records/${uidOf(1)}?x=1`, /^found the parameter x, expected none$/],
    ['/audit/export?after=1', /^found the parameter after, expected /],
    ['/audit/records/%zz', /decode/],
  ])('refuses %s and says why', async (path, message) => {
    const answer = await admin.get(path);
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toEqual({ code: 'parameter', message: expect.stringMatching(message) });
  });

  test('knows no other path, record or method', async () => {
    const [path, record, post, head] = await Promise.all([
      admin.get('/audit/nothing'),
      admin.get('/audit/records/nothing'),
      admin.get('/audit/records', {}, 'POST'),
      admin.get('/audit/export', {}, 'HEAD'),
    ]);
    expect([path.status, errorOf(path).code]).toEqual([404, 'not-found']);
    expect([record.status, errorOf(record).code]).toEqual([404, 'no-record']);
    expect([post.status, errorOf(post).code, post.headers.allow]).toEqual([405, 'method', 'GET, HEAD']);
    expect([head.status, head.body]).toEqual([200, '']);
  });

  test.each(['/audit', '/audit/records', '/audit/export', '/audit/nothing'])(
    'lets no browser guess, keep, run or frame what it answers: %s',
    async (path) => {
      expect((await admin.get(path)).headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
      });
    },
  );
});

test('without a store says that there is none', async () => {
  const bare = await serveAudit(undefined);
  for (const path of ['/audit', '/audit/records', '/audit/ui']) {
    const answer = await bare.get(path);
    expect([answer.status, errorOf(answer).code]).toEqual([503, 'no-store']);
  }
  expect((await bare.get('/healthz')).status).toBe(200);
  await bare.close();
});

test('a browser is led to the page where there is one', async () => {
  const reader = {} as PatientReader;
  const paged = await serveAudit({
    reader,
    access: (_request, _response, next) => next(),
    page: (_request, response) => response.end('the page'),
  });
  const led = await paged.get('/audit', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
  expect([led.status, led.headers.location]).toEqual([303, '/audit/ui']);
  expect((await paged.get('/audit/ui')).body).toBe('the page');
  expect((await paged.get('/audit', { accept: '*/*' })).status).toBe(200);
  await paged.close();
});

describe('a store that does not answer', () => {
  // Opening a pipe that nobody writes waits: as a disk that hangs does.
  let hung: AdminPort;
  let pipe = '';
  beforeAll(async () => {
    pipe = join(dirname(file), 'hung.db');
    execFileSync('mkfifo', [pipe]);
    hung = await serveStore(pipe);
  });
  afterAll(async () => {
    await hung.close();
  });

  /** Lets a thread go on that waits for the pipe. */
  const release = (path: string): void => closeSync(openSync(path, constants.O_RDWR | constants.O_NONBLOCK));

  /** A question that is left open. */
  function question(path: string): http.ClientRequest {
    const call = http.get({ host: '127.0.0.1', port: hung.port, path, agent: false });
    call.on('error', () => undefined);
    return call;
  }

  test('holds up neither checks nor reviews, and at most eight questions wait for it', async () => {
    const server = await start();
    const waiting = Array.from({ length: 8 }, () => question('/audit/stats'));
    await eventually(
      async () => (await hung.get('/audit/stats')).status,
      (status) => status === 503,
    );
    const busy = await hung.get('/audit/stats');
    expect([busy.status, errorOf(busy).code, busy.headers['retry-after']]).toEqual([503, 'busy', '1']);
    expect((await hung.get('/healthz')).status).toBe(200);
    expect((await server.post(creating(plainPod()))).status).toBe(200);
    waiting.forEach((call) => call.destroy());
    // Who has gone away makes room for others, and the thread that hangs is not waited for.
    const good = `${pipe}.gone`;
    renameSync(pipe, good);
    renameSync(await filledStore(), pipe);
    const answer = await eventually(
      () => request(hung.port, '/audit/stats'),
      ({ status }) => status === 200,
    );
    expect((JSON.parse(answer.body) as { records: number }).records).toBe(RECORDS.length);
    release(good);
    rmSync(good);
  });
});
