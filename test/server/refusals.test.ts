import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, errorIn, type Reply } from './client.ts';
import { closeAll, start, type TestServer } from './harness.ts';
import { mapAt, type Json } from '../pods.ts';
import { creating, debugging, plainPod, requestFor, reviewOf } from './reviews.ts';

let server: TestServer;
beforeAll(async () => {
  server = await start();
});
afterAll(closeAll);

/** Every error is JSON with a code and a sentence, and shows nothing of the inside. */
function expectError(reply: Reply, status: number, code: string, message: RegExp): void {
  expect([reply.status, reply.headers['content-type']]).toEqual([status, 'application/json']);
  expect(errorIn(reply)).toEqual({ code, message: expect.stringMatching(message) });
  expect(reply.body).not.toMatch(/<html|<pre|node_modules|\bat .*:\d+:\d+/i);
}

describe('what is no review is refused with 400', () => {
  test.each<[string, string, string, RegExp]>([
    ['an empty body', '', 'not-json', /^body: not JSON$/],
    ['half a review', JSON.stringify(creating(plainPod())).slice(0, -9), 'not-json', /^body: not JSON$/],
    ['null', 'null', 'not-a-review', /AdmissionReview of admission\.k8s\.io\/v1/],
    ['a list', '[]', 'not-a-review', /AdmissionReview/],
    ['a number', '7', 'not-a-review', /AdmissionReview/],
    ['a pod', JSON.stringify(plainPod()), 'not-a-review', /AdmissionReview/],
    [
      'a review without apiVersion',
      '{"kind":"AdmissionReview","request":{"uid":"u"}}',
      'not-a-review',
      /AdmissionReview/,
    ],
    [
      'a review without a request',
      '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}',
      'not-a-review',
      /^request: missing$/,
    ],
    [
      'a review without a uid',
      JSON.stringify(creating(plainPod(), { uid: '' })),
      'not-a-review',
      /^request\/uid: missing$/,
    ],
  ])('%s', async (_, body, code, message) => {
    expectError(await server.post(body), 400, code, message);
  });

  test('a review of v1beta1, which is told what is expected instead', async () => {
    const reply = await server.post({ ...creating(plainPod()), apiVersion: 'admission.k8s.io/v1beta1' });
    expectError(
      reply,
      400,
      'unsupported-version',
      /found admission\.k8s\.io\/v1beta1, expected admission\.k8s\.io\/v1$/,
    );
  });
});

describe('a field of another type than the API has is refused with 400 that names it', () => {
  const pod = (spec: Json) => creating({ ...plainPod(), spec });
  const container = (fields: object) => pod({ containers: [{ name: 'app', ...fields }] });
  const metadata = (fields: object) => creating({ ...plainPod(), metadata: { namespace: 'team-a', ...fields } });

  test.each<[string, Json]>([
    ['request', reviewOf('text')],
    ['request/userInfo/groups', creating(plainPod(), { userInfo: { username: 'u', groups: 'system:masters' } })],
    ['request/userInfo/username', creating(plainPod(), { userInfo: { username: 7 } })],
    ['request/dryRun', creating(plainPod(), { dryRun: 'false' })],
    ['request/kind', creating(plainPod(), { kind: 'Pod' })],
    ['/spec', pod('text')],
    ['/spec/containers', pod({ containers: { 0: { name: 'app' } } })],
    ['/spec/containers/0', pod({ containers: [null] })],
    ['/spec/initContainers', pod({ initContainers: 'text' })],
    ['/spec/containers/0/securityContext', container({ securityContext: true })],
    ['/spec/containers/0/securityContext/privileged', container({ securityContext: { privileged: 'true' } })],
    ['/spec/containers/0/securityContext/capabilities', container({ securityContext: { capabilities: ['ALL'] } })],
    [
      '/spec/containers/0/securityContext/capabilities/drop',
      container({ securityContext: { capabilities: { drop: 'ALL' } } }),
    ],
    [
      '/spec/containers/0/securityContext/capabilities/add/0',
      container({ securityContext: { capabilities: { add: [1] } } }),
    ],
    ['/spec/os', pod({ os: 'windows', containers: [] })],
    ['/metadata/annotations', metadata({ annotations: 'text' })],
    ['/metadata/labels/app', metadata({ labels: { app: 1 } })],
    ['/metadata/ownerReferences', metadata({ ownerReferences: [{ controller: true, kind: {}, name: 'x' }] })],
    [
      'oldObject',
      { ...debugging(plainPod()), request: { ...mapAt(debugging(plainPod()), 'request'), oldObject: 'text' } },
    ],
  ])('%s', async (path, review) => {
    const reply = await server.post(JSON.stringify(review));
    expectError(reply, 400, 'wrong-type', /: expected (object|array|string|boolean), found \w+$/);
    expect(errorIn(reply).message.split(':')[0]).toMatch(new RegExp(`^${path}(/|$)`));
  });

  test.each<[string, Json]>([
    ['no object', null],
    ['a list for an object', []],
  ])('%s', async (_, object) => {
    expectError(await server.post(creating(object)), 400, 'wrong-type', /expected object, found (null|array)$/);
  });

  test('null is taken for absent, as the API server takes it', async () => {
    const nulls = {
      securityContext: { privileged: null, allowPrivilegeEscalation: null, capabilities: { add: null, drop: null } },
    };
    const object = { ...plainPod(), spec: { os: null, initContainers: null, containers: [{ name: 'app', ...nulls }] } };
    const changes = { dryRun: null, subResource: null, name: null, userInfo: { username: null, groups: null } };
    expect((await server.post(creating(object, changes))).status).toBe(200);
  });

  test('the message stays short whatever the field is called', async () => {
    const reply = await server.post(metadata({ labels: { ['x'.repeat(300_000)]: 1 } }));
    expect(reply.status).toBe(400);
    expect(reply.body.length).toBeLessThan(2_000);
    expect(JSON.stringify(server.log.at(-1)).length).toBeLessThan(2_000);
  });
});

describe('other methods and paths', () => {
  test.each<[string, string, number, string]>([
    ['GET', '/mutate', 405, 'method'],
    ['PUT', '/mutate?timeout=5s', 405, 'method'],
    ['OPTIONS', '/mutate', 405, 'method'],
    ['GET', '/', 404, 'not-found'],
    ['POST', '/mutate/deeper', 404, 'not-found'],
    ['POST', '/%E0%A4%A', 404, 'not-found'],
    ['GET', '/metrics', 404, 'not-found'],
  ])('%s %s is answered %d', async (method, path, status, code) => {
    expectError(await ask({ port: server.port, path, method, ca: server.ca.cert }), status, code, /./);
  });

  test.each<[string, string]>([
    ['POST', '/healthz'],
    ['GET', '/mutate'],
    ['GET', '/%E0%A4%A'],
  ])('on the admin port too: %s %s', async (method, path) => {
    const reply = await ask({ port: server.adminPort, path, method, plain: true });
    expectError(reply, 404, 'not-found', /\/healthz, \/readyz, \/metrics/);
  });
});

describe('what a refused request says of its content', () => {
  const secret = 'hunter2-the-password';
  const env = [{ name: 'PASSWORD', value: secret }];
  const container = { name: 'app', env, command: [secret], args: [secret] };

  test.each<[string, string]>([
    ['broken JSON', JSON.stringify(creating(plainPod({}, container))).replace('"env":[', '"env":[[')],
    ['JSON that breaks right after a secret', `{"password":"${secret}"x`],
    ['a wrong type beside a secret', JSON.stringify(creating(plainPod({}, { ...container, securityContext: secret })))],
    ['a secret for a version', JSON.stringify({ ...creating(plainPod()), apiVersion: secret })],
    [
      'a secret for a flag',
      JSON.stringify(creating(plainPod({}, { ...container, securityContext: { privileged: secret } }))),
    ],
  ])('%s appears in no answer, log line or audit record', async (_, body) => {
    const reply = await server.post(body);
    expect(reply.status).toBe(400);
    expect(reply.body + JSON.stringify(reply.headers)).not.toContain('hunter2');
    expect(server.log.length).toBeGreaterThan(0);
    expect(JSON.stringify(server.log)).not.toContain('hunter2');
    await server.records();
    expect(readFileSync(join(server.folder, 'audit.log'), 'utf8')).not.toContain('hunter2');
  });

  test('a refused request leaves one line in the log', async () => {
    const before = server.log.length;
    await server.post('{');
    expect(server.log.slice(before)).toEqual([
      { level: 'warn', message: 'unreadable request', code: 'not-json', reason: 'body: not JSON' },
    ]);
  });
});

test('an uid of any characters comes back as it was', async () => {
  const uid = 'ü "\\\n\u2028😀';
  const reply = await server.post(reviewOf({ ...requestFor(plainPod()), uid }));
  expect(JSON.parse(reply.body)).toMatchObject({ response: { uid } });
});
