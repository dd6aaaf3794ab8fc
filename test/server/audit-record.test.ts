import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditRecord } from '../../src/audit/record.ts';
import { closeAll, exception, restricted, start, type TestServer } from './harness.ts';
import { mapAt, type JsonMap } from '../pods.ts';
import { compliant, creating, debugging, operationsIn, plainPod, responseIn } from './reviews.ts';

const NAMESPACES = `
apiVersion: v1
kind: Namespace
metadata: {name: team-a, labels: {dropcap.dev/allow-opt-out: "true"}}
---
apiVersion: v1
kind: Namespace
metadata: {name: team-b}
`;

let server: TestServer;
beforeAll(async () => {
  server = await start({
    policies: [
      restricted({ optOut: {} }),
      restricted({ mode: 'audit', match: { podSelector: { matchLabels: { audited: 'true' } } } }, 'watched'),
      exception('keep-chown', { rules: ['capabilities.drop'], match: { containers: ['spared'] } }),
    ],
    namespaces: NAMESPACES,
  });
});
afterAll(closeAll);

async function recordOf(review: JsonMap): Promise<AuditRecord> {
  const { uid } = responseIn((await server.post(review)).body);
  return (await server.records()).find((record) => record.uid === uid)!;
}

describe('the record of a changed pod', () => {
  const ownerReferences = [
    { kind: 'Node', name: 'other', controller: false },
    { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-6d9f', controller: true, uid: 'x' },
  ];
  const security = { allowPrivilegeEscalation: true, capabilities: { add: ['NET_ADMIN', 'NET_BIND_SERVICE'] } };

  test('says who, what, when, why, by which policies, and by which replica', async () => {
    const review = creating(
      plainPod({ name: null, generateName: 'web-6d9f-', ownerReferences }, { name: 'app', securityContext: security }),
      { name: '' },
    );
    const before = Date.now();
    const answer = responseIn((await server.post(review)).body);
    const record = (await server.records()).at(-1)!;
    expect(Object.keys(record)).toEqual([
      ...['time', 'uid', 'dryRun', 'operation', 'namespace', 'generateName', 'owner', 'user', 'policies', 'findings'],
      ...['patch', 'durationMs', 'policySet', 'instance', 'version'],
    ]);
    expect(record).toMatchObject({
      uid: answer.uid,
      dryRun: false,
      operation: 'CREATE',
      namespace: 'team-a',
      generateName: 'web-6d9f-',
      owner: 'ReplicaSet/web-6d9f',
      user: 'system:serviceaccount:kube-system:replicaset-controller',
      policies: ['restricted'],
      policySet: 'v1',
      instance: 'replica-1',
      version: '1.2.3',
    });
    expect(Date.parse(record.time)).toBeGreaterThanOrEqual(before - 1);
    expect(Date.parse(record.time)).toBeLessThanOrEqual(Date.now());
    expect(record.durationMs).toBeGreaterThan(0);
    expect(record.patch).toEqual(operationsIn(answer));
  });

  test('holds each field before and after', async () => {
    const { findings } = await recordOf(creating(plainPod({}, { name: 'app', securityContext: security })));
    const at = '/spec/containers/0/securityContext';
    const common = { container: 'app', kind: 'containers', policies: ['restricted'], outcome: 'hardened' };
    expect(findings.map(({ reason, ...finding }) => [finding, reason.length > 0])).toEqual([
      [{ ...common, rule: 'capabilities.drop', path: `${at}/capabilities/drop`, before: null, after: ['ALL'] }, true],
      [
        {
          ...common,
          rule: 'capabilities.add',
          path: `${at}/capabilities/add`,
          before: ['NET_ADMIN', 'NET_BIND_SERVICE'],
          after: ['NET_BIND_SERVICE'],
        },
        true,
      ],
      [
        {
          ...common,
          rule: 'allowPrivilegeEscalation',
          path: `${at}/allowPrivilegeEscalation`,
          before: true,
          after: false,
        },
        true,
      ],
    ]);
  });

  test('names an ephemeral container’s pod and the subresource', async () => {
    const record = await recordOf(debugging(plainPod(), { name: 'debug', image: 'busybox' }));
    expect(record).toMatchObject({ operation: 'UPDATE', subResource: 'ephemeralcontainers', name: 'web' });
    expect(record.findings.every(({ kind }) => kind === 'ephemeralContainers')).toBe(true);
  });

  test('holds no value from the environment, no command, no image and no other field of the pod', async () => {
    const secrets = {
      name: 'app',
      image: 'secret-image',
      command: ['secret-command'],
      env: [{ name: 'secret-name', value: 'secret-value' }],
    };
    const metadata = { annotations: { note: 'secret-annotation' }, labels: { tier: 'secret-label' } };
    const record = await recordOf(creating(plainPod(metadata, secrets)));
    expect(record.findings).not.toEqual([]);
    expect(readFileSync(join(server.folder, 'audit.log'), 'utf8')).not.toContain('secret-');
    expect(JSON.stringify(server.log)).not.toContain('secret-');
  });
});

describe('there is a record', () => {
  test('of what a policy in audit mode would have changed', async () => {
    const record = await recordOf(creating(plainPod({ namespace: 'elsewhere', labels: { audited: 'true' } })));
    expect(record.findings.every(({ policies }) => policies.length > 0)).toBe(true);
    const other = await start({ policies: [restricted({ mode: 'audit' })] });
    const { uid, patch } = responseIn((await other.post(creating(plainPod()))).body);
    expect(patch).toBeUndefined();
    const [watched] = await other.records();
    expect(watched).toMatchObject({ uid, patch: [], policies: [] });
    expect(new Set(watched!.findings.map(({ outcome }) => outcome))).toEqual(new Set(['audited']));
  });

  test('of what an exception spared', async () => {
    const { findings } = await recordOf(creating(plainPod({}, { name: 'spared' })));
    expect(findings.find(({ rule }) => rule === 'capabilities.drop')).toMatchObject({
      outcome: 'exempt',
      before: null,
      after: ['ALL'],
      exemptBy: ['exception/keep-chown'],
    });
  });

  test('of what cannot be resolved', async () => {
    const { findings, patch } = await recordOf(
      creating(plainPod({}, { name: 'app', securityContext: { privileged: true } })),
    );
    expect(patch).toEqual([]);
    expect(findings.map(({ outcome }) => outcome)).toContain('unresolved');
  });

  test('of a pod that is not touched for being Windows', async () => {
    const pod = plainPod();
    const record = await recordOf(creating({ ...pod, spec: { ...mapAt(pod, 'spec'), os: { name: 'windows' } } }));
    expect(record.findings).toEqual([expect.objectContaining({ outcome: 'skipped', kind: 'pod' })]);
  });

  test('for a pod that is denied, with why, and it is counted', async () => {
    const containers = Array.from({ length: 2_001 }, (_, i) => ({ name: `c${i}` }));
    const record = await recordOf(creating(plainPod({}, ...containers)));
    expect(record).toMatchObject({ refused: 'spec: 2001 containers, at most 2000', findings: [], patch: [] });
    expect(await server.metric('dropcap_requests_total', { outcome: 'refused' })).toBe(1);
  });

  test('but none where nothing is to be said', async () => {
    const before = await server.records();
    await server.post(creating(plainPod({}, compliant())));
    expect(await server.records()).toEqual(before);
  });
});

describe('opting out', () => {
  const annotations = {
    'dropcap.dev/opt-out': 'true',
    'dropcap.dev/opt-out-reason': 'binds to port 80 as root',
    'dropcap.dev/opt-out-until': '2999-12-31',
  };

  test('is honoured in a namespace that is labelled for it, and recorded with its reason and what it spared', async () => {
    const review = creating(plainPod({ annotations }));
    const answer = responseIn((await server.post(review)).body);
    expect(answer).toEqual({ uid: answer.uid, allowed: true });
    const record = (await server.records()).at(-1)!;
    expect(record).toMatchObject({
      patch: [],
      optOut: { reason: 'binds to port 80 as root', until: '2999-12-31', honouredBy: ['restricted'], ignored: [] },
    });
    expect(record.findings.every(({ outcome, exemptBy }) => outcome === 'exempt' && exemptBy?.[0] === 'opt-out')).toBe(
      true,
    );
  });

  test('is ignored where the namespace does not allow it: the pod is hardened, the client warned, the record says why', async () => {
    const answer = responseIn(
      (await server.post(creating(plainPod({ namespace: 'team-b', annotations }), { namespace: 'team-b' }))).body,
    );
    expect(operationsIn(answer)).not.toEqual([]);
    const why = 'the namespace is not labelled dropcap.dev/allow-opt-out=true';
    expect(answer.warnings).toEqual([`dropcap: opt-out ignored by restricted: ${why}`]);
    expect((await server.records()).at(-1)).toMatchObject({
      namespace: 'team-b',
      optOut: { honouredBy: [], ignored: [{ policy: 'restricted', why }] },
    });
  });

  test('a pod cannot speak for another namespace than the one it is made in', async () => {
    const review = creating(plainPod({ namespace: 'team-a', annotations }), { namespace: 'team-b' });
    expect(operationsIn(responseIn((await server.post(review)).body))).not.toEqual([]);
  });
});
