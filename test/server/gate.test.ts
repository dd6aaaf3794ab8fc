import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AuditRecord } from '../../src/audit/record.ts';
import { ask, errorIn } from './client.ts';
import { closeAll, exception, restricted, start, type TestServer } from './harness.ts';
import { mapAt, type JsonMap } from '../pods.ts';
import { compliant, creating, debugging, patched, plainPod, responseIn, type Answered } from './reviews.ts';

const NAMESPACES = `
apiVersion: v1
kind: Namespace
metadata: {name: team-a, labels: {dropcap.dev/allow-opt-out: "true"}}
---
apiVersion: v1
kind: Namespace
metadata: {name: team-b}
`;

const RULES = ['capabilities.drop', 'capabilities.add', 'allowPrivilegeEscalation'] as const;

let server: TestServer;
beforeAll(async () => {
  server = await start({
    policies: [
      restricted({ optOut: {}, gate: { missed: 'enforce', unresolved: 'enforce' }, match: { namespaces: ['team-?'] } }),
      restricted({ match: { namespaces: ['warned'] }, gate: { missed: 'warn', unresolved: 'warn' } }, 'warning'),
      restricted({ match: { namespaces: ['audited'] }, gate: { unresolved: 'audit' } }, 'auditing'),
      restricted({ match: { namespaces: ['watched'] }, mode: 'warn', gate: { missed: 'enforce' } }, 'watching'),
      exception('spared', { rules: [...RULES], match: { containers: ['spared'] } }),
      exception('over', { rules: [...RULES], match: { containers: ['late'] }, expires: '2020-01-01' }),
    ],
    namespaces: NAMESPACES,
  });
});
afterAll(closeAll);

const late = { name: 'late', image: 'proxy:1' };
const privileged = { name: 'agent', securityContext: { privileged: true } };

async function answerTo(review: JsonMap, to = server): Promise<Answered> {
  const reply = await to.post(review, '/validate?timeout=3s');
  expect(reply.status).toBe(200);
  return responseIn(reply.body);
}

const recordsOf = async ({ uid }: Answered): Promise<AuditRecord[]> =>
  (await server.records()).filter((record) => record.uid === uid);

const withSidecar = (namespace: string, ...containers: JsonMap[]): JsonMap =>
  creating(plainPod({ namespace }, compliant(), ...containers), { namespace });

describe('a sidecar that was injected after hardening', () => {
  test('is refused with 403, a message that says what to do, and a record of it', async () => {
    const answer = await answerTo(withSidecar('team-a', late));
    const message =
      'dropcap: container "late": securityContext.capabilities.drop is absent, expected [ALL] (policy restricted); ' +
      'container "late": securityContext.allowPrivilegeEscalation is absent, expected false (policy restricted). ' +
      'Set the fields where the container comes from, a manifest or a webhook that injects it; if they are left to ' +
      'dropcap, try again. Exceptions that have expired: over.';
    expect(answer).toEqual({
      uid: answer.uid,
      allowed: false,
      status: { message, reason: 'Forbidden', code: 403 },
      auditAnnotations: {
        gate: 'denied',
        'gate-policies': 'restricted',
        'missed.late': 'capabilities.drop=[ALL] allowPrivilegeEscalation=false',
      },
    });
    const [record, ...more] = await recordsOf(answer);
    expect(more).toEqual([]);
    expect(record).toMatchObject({
      gate: 'denied',
      refused: message.replace('dropcap: ', ''),
      patch: [],
      policies: ['restricted'],
      name: 'web',
    });
    expect(record!.findings).toMatchObject([
      {
        container: 'late',
        rule: 'capabilities.drop',
        outcome: 'missed',
        action: 'denied',
        before: null,
        after: ['ALL'],
      },
      { container: 'late', rule: 'allowPrivilegeEscalation', outcome: 'missed', action: 'denied' },
    ]);
  });

  test('is told of in mode warn, and let in', async () => {
    const answer = await answerTo(withSidecar('warned', late));
    expect(answer).toEqual({
      uid: answer.uid,
      allowed: true,
      warnings: [
        'dropcap: warning wants capabilities.drop of late to be [ALL]',
        'dropcap: warning wants allowPrivilegeEscalation of late to be false',
      ],
      auditAnnotations: {
        gate: 'warned',
        'gate-policies': 'warning',
        'missed.late': 'capabilities.drop=[ALL] allowPrivilegeEscalation=false',
      },
    });
    const [record, ...more] = await recordsOf(answer);
    expect(more).toEqual([]);
    expect(record).toMatchObject({ gate: 'warned', patch: [] });
    expect(record).not.toHaveProperty('refused');
  });

  test('is recorded by default, and let in without a word', async () => {
    const answer = await answerTo(withSidecar('audited', late));
    expect(answer).toMatchObject({ allowed: true, auditAnnotations: { gate: 'audited' } });
    expect(answer).not.toHaveProperty('warnings');
    expect(await recordsOf(answer)).toMatchObject([{ gate: 'audited', policies: ['auditing'] }]);
  });

  test('passes without a trace where no policy enforces', async () => {
    for (const namespace of ['watched', 'elsewhere']) {
      const answer = await answerTo(withSidecar(namespace, late));
      expect(answer).toEqual({ uid: answer.uid, allowed: true });
      expect(await recordsOf(answer)).toEqual([]);
    }
  });

  test('passes where an exception spares it', async () => {
    const answer = await answerTo(withSidecar('team-a', { name: 'spared' }));
    expect(answer).toEqual({ uid: answer.uid, allowed: true });
    expect(await recordsOf(answer)).toEqual([]);
  });

  test('passes where the pod opts out in a namespace that allows it, and nowhere else', async () => {
    const annotations = { 'dropcap.dev/opt-out': 'true', 'dropcap.dev/opt-out-reason': 'measured' };
    const pod = plainPod({ annotations }, compliant(), late);
    expect((await answerTo(creating(pod))).allowed).toBe(true);
    expect((await answerTo(creating(pod, { namespace: 'team-b' }))).allowed).toBe(false);
  });
});

describe('what cannot be hardened', () => {
  test('is refused, and the message says why', async () => {
    const answer = await answerTo(withSidecar('team-a', privileged));
    expect(answer.allowed).toBe(false);
    expect(answer.status!.message).toMatch(
      /container "agent": securityContext\.capabilities\.drop is absent, which cannot be hardened \(policy restricted\): The container is privileged: /,
    );
    expect(answer.auditAnnotations).toMatchObject({
      'unresolved.agent': 'capabilities.drop allowPrivilegeEscalation',
    });
  });

  test('is told of in mode warn', async () => {
    const { allowed, warnings } = await answerTo(withSidecar('warned', privileged));
    expect([allowed, warnings!.length]).toEqual([true, 2]);
    expect(warnings![0]).toMatch(/^dropcap: warning cannot have capabilities\.drop of agent: The container is privil/);
  });
});

describe('what the gate lets in', () => {
  test('every pod as /mutate leaves it, without a trace', async () => {
    const security = { allowPrivilegeEscalation: true, capabilities: { add: ['SYS_ADMIN', 'CAP_CHOWN'] } };
    const review = creating(plainPod({}, { name: 'app', securityContext: security }, late));
    const after = patched(review, responseIn((await server.post(review)).body));
    const answer = await answerTo(creating(after));
    expect(answer).toEqual({ uid: answer.uid, allowed: true });
    expect(await recordsOf(answer)).toEqual([]);
  });

  test('Windows pods', async () => {
    const pod = plainPod({}, late);
    const windows = { ...pod, spec: { ...mapAt(pod, 'spec'), os: { name: 'windows' } } };
    const answer = await answerTo(creating(windows));
    expect(answer).toEqual({ uid: answer.uid, allowed: true });
  });

  test('ephemeral containers that were there, but no new one that is not hardened', async () => {
    const pod = plainPod({}, late);
    const running = { ...pod, spec: { ...mapAt(pod, 'spec'), ephemeralContainers: [{ name: 'debug-1' }] } };
    const beside = compliant('debug-2');
    expect((await answerTo(debugging(running, { name: 'debug-1' }, beside))).allowed).toBe(true);
    const answer = await answerTo(debugging(running, { name: 'debug-1' }, { name: 'debug-2' }));
    expect(answer.allowed).toBe(false);
    expect(answer.status!.message).toContain('ephemeral container "debug-2"');
    expect(answer.status!.message).not.toMatch(/debug-1|late/);
  });

  test.each<[string, JsonMap]>([
    ['the update of a pod', { operation: 'UPDATE', oldObject: plainPod() }],
    ['a deletion', { operation: 'DELETE', object: null, oldObject: plainPod() }],
    ['a workload', { kind: { group: 'apps', version: 'v1', kind: 'Deployment' } }],
    ['another kind', { kind: { group: '', version: 'v1', kind: 'Service' } }],
  ])('%s, which is none of its requests', async (_, changes) => {
    const answer = await answerTo(creating(plainPod(), changes));
    expect(answer).toEqual({ uid: answer.uid, allowed: true });
  });

  test('and says once which rule sends it such requests', async () => {
    const changes = { kind: { group: '', version: 'v1', kind: 'Endpoints' } };
    for (let time = 0; time < 3; time++) await answerTo(creating(plainPod(), changes));
    const lines = server.log.filter(({ what }) => what === 'CREATE v1/Endpoints');
    expect(lines).toEqual([expect.objectContaining({ level: 'warn', path: 'validate' })]);
  });
});

describe('a dry run at the gate', () => {
  test('is answered like any other, and only logged', async () => {
    const review = creating(plainPod({}, late), { dryRun: true });
    const answer = await answerTo(review);
    expect(answer.allowed).toBe(false);
    expect(await recordsOf(answer)).toEqual([]);
    expect(server.log.filter(({ uid }) => uid === answer.uid)).toEqual([
      expect.objectContaining({
        level: 'info',
        message: 'dry run, not audited',
        gate: 'denied',
        missed: 2,
        unresolved: 0,
      }),
    ]);
  });
});

describe('the bounds of the gate are those of hardening', () => {
  test('a pod that is too much to decide about is denied and recorded', async () => {
    const answer = await answerTo(
      creating(plainPod({}, ...Array.from({ length: 2_001 }, (_, i) => ({ name: `c${i}` })))),
    );
    expect(answer).toMatchObject({
      allowed: false,
      status: { message: 'dropcap: spec: 2001 containers, at most 2000', code: 403 },
    });
    expect(await recordsOf(answer)).toMatchObject([
      { gate: 'denied', refused: 'spec: 2001 containers, at most 2000', findings: [] },
    ]);
  });

  test.each<[string, string | JsonMap, number, string]>([
    ['no JSON', '{', 400, 'not-json'],
    ['no review', '[]', 400, 'not-a-review'],
    ['a wrong type', creating({ ...plainPod(), spec: 'text' }), 400, 'wrong-type'],
    ['a body that is too large', `"${'x'.repeat(9 * 1024 * 1024)}"`, 413, 'too-large'],
  ])('%s is refused unread', async (_, body, status, code) => {
    const reply = await server.post(body, '/validate');
    expect([reply.status, errorIn(reply).code]).toEqual([status, code]);
  });

  test('a review whose time is up is answered 503', async () => {
    const reply = await server.post(withSidecar('team-a', late), '/validate?timeout=1ns');
    expect([reply.status, errorIn(reply).code]).toEqual([503, 'deadline']);
  });

  test('labels that could not be had where they matter are a fault of ours', async () => {
    const namespaceSource = {
      cached: () => undefined,
      fetch: () => Promise.reject(new Error('the API server is away')),
      synced: () => true,
      close: () => Promise.resolve(),
    };
    const selecting = restricted({ match: { namespaceSelector: { matchLabels: { a: 'b' } } } });
    const other = await start({ policies: [selecting], namespaceSource });
    const reply = await other.post(creating(plainPod()), '/validate');
    expect([reply.status, errorIn(reply).message]).toEqual([500, 'the API server is away']);
  });

  test('other methods are refused', async () => {
    const reply = await ask({ port: server.port, path: '/validate', method: 'GET', ca: server.ca.cert });
    expect([reply.status, errorIn(reply).code]).toEqual([405, 'method']);
  });
});
