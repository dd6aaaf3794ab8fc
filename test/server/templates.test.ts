import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AuditRecord } from '../../src/audit/record.ts';
import { stringify } from 'yaml';
import { dropcap } from '../cli/command.ts';
import { closeAll, restricted, start, temporaryFolder, type TestServer } from './harness.ts';
import { containersIn, mapAt, type Json, type JsonMap } from '../pods.ts';
import { compliant, operationsIn, patched, responseIn, type Answered } from './reviews.ts';
import { creatingObject, template, workload, WORKLOADS } from './workloads.ts';

const policies = [
  restricted(),
  restricted({ match: { namespaces: ['mine'], users: ['jane'] }, capabilities: { drop: ['KILL'] } }, 'of-jane'),
];

let server: TestServer;
beforeAll(async () => {
  server = await start({ policies });
});
afterAll(closeAll);

async function answerTo(review: JsonMap, to = server): Promise<Answered> {
  const reply = await to.post(review);
  expect(reply.status).toBe(200);
  return responseIn(reply.body);
}

const recordOf = async ({ uid }: Answered): Promise<AuditRecord | undefined> =>
  (await server.records()).find((record) => record.uid === uid);

const at = (object: Json, path: string): Json =>
  path
    .split('/')
    .slice(1)
    .reduce<Json>((inner, key) => mapAt(inner, key), object);

const controlled = { ownerReferences: [{ apiVersion: 'x/v1', kind: 'Owner', name: 'o', uid: 'u', controller: true }] };

describe.each(WORKLOADS)('a new %s', (kind, _, path) => {
  test('has its template hardened, and nothing else is touched', async () => {
    const review = creatingObject(workload(kind));
    const answer = await answerTo(review);
    const after = patched(review, answer);
    expect(containersIn(at(after, path))[0]!.security).toMatchObject({
      drop: ['ALL'],
      allowPrivilegeEscalation: false,
    });
    for (const operation of operationsIn(answer))
      expect(operation.path).toMatch(new RegExp(`^${path}/spec/containers/0/securityContext`));
    expect(answer.auditAnnotations).toEqual({
      policies: 'restricted',
      'hardened.app': 'capabilities.drop=[ALL] allowPrivilegeEscalation=false',
    });
  });

  test('leaves a record that names its kind', async () => {
    const answer = await answerTo(
      creatingObject(workload(kind, template(), { name: null, generateName: 'web-' }), { name: '' }),
    );
    const record = await recordOf(answer);
    expect(record).toMatchObject({ kind, generateName: 'web-', namespace: 'team-a', operation: 'CREATE' });
    expect(record).not.toHaveProperty('name');
    expect(record).not.toHaveProperty('owner');
    expect(record!.patch).toEqual(operationsIn(answer));
    expect(record!.findings[0]!.path).toBe(`${path}/spec/containers/0/securityContext/capabilities/drop`);
  });

  test('gets exactly the patch that harden gives for its manifest', async () => {
    const odd = { name: 'odd', securityContext: { capabilities: { add: ['SYS_ADMIN', 'CAP_CHOWN'], drop: ['all'] } } };
    const object = workload(kind, template({}, { name: 'app' }, odd, compliant('fine')));
    const { folder, remove } = temporaryFolder();
    for (const policy of policies)
      writeFileSync(
        join(folder, `${policy.metadata.name}.yaml`),
        stringify({ apiVersion: 'dropcap.dev/v1alpha1', ...policy }),
      );
    const { stdout, stderr } = await dropcap(
      ['harden', '-f', '-', '-o', 'patch', '--policy', folder],
      JSON.stringify(object),
    );
    remove();
    const [hardened] = JSON.parse(stdout || stderr) as { patch: unknown }[];
    expect(hardened!.patch).toEqual(operationsIn(await answerTo(creatingObject(object))));
    expect(hardened!.patch).not.toEqual([]);
  });

  test('is untouched where a controller owns it, which would make it anew for ever', async () => {
    const answer = await answerTo(creatingObject(workload(kind, template(), controlled)));
    expect(answer).toEqual({ uid: answer.uid, allowed: true });
    expect(await recordOf(answer)).toBeUndefined();
    expect(server.log.filter(({ what }) => String(what).startsWith('CREATE'))).toEqual([]);
  });

  test('is untouched when it is updated', async () => {
    const oldObject = workload(kind);
    const answer = await answerTo(creatingObject(workload(kind), { operation: 'UPDATE', oldObject }));
    expect(answer).toEqual({ uid: answer.uid, allowed: true });
    expect(await recordOf(answer)).toBeUndefined();
  });

  test('is untouched where its pods comply or run on Windows, or where it has no template', async () => {
    const fine = await answerTo(creatingObject(workload(kind, template({}, compliant()))));
    expect(fine).toEqual({ uid: fine.uid, allowed: true });
    const windows = template();
    mapAt(windows, 'spec')['nodeSelector'] = { 'kubernetes.io/os': 'windows' };
    const skipped = await answerTo(creatingObject(workload(kind, windows)));
    expect(skipped).not.toHaveProperty('patch');
    expect(await recordOf(skipped)).toMatchObject({ kind, findings: [{ outcome: 'skipped', path: `${path}/spec` }] });
    const none = await answerTo(creatingObject(workload(kind, {})));
    expect(none).toEqual({ uid: none.uid, allowed: true });
  });

  test('is denied where its pods would be too much to decide about', async () => {
    const names = Array.from({ length: 500 }, () => 'NET_ADMIN');
    const pod = template({}, { name: 'app', securityContext: { capabilities: { add: names } } });
    const answer = await answerTo(creatingObject(workload(kind, pod)));
    expect(answer).toMatchObject({ allowed: false, status: { code: 403 } });
    expect(await recordOf(answer)).toMatchObject({ kind, refused: expect.stringContaining('capability names') });
  });
});

test('a workload with an owner that does not control it is hardened', async () => {
  const [owner] = controlled.ownerReferences;
  const review = creatingObject(
    workload('Deployment', template(), { ownerReferences: [{ ...owner, controller: false }] }),
  );
  expect(operationsIn(await answerTo(review))).not.toEqual([]);
});

test('a template that exists only in the review of another kind is none of ours', async () => {
  const review = creatingObject({ ...workload('Deployment'), apiVersion: 'example.com/v1' });
  expect(await answerTo(review)).not.toHaveProperty('patch');
});

test('who the pods will be is said by the template: labels, service account and annotations', async () => {
  const optOut = { 'dropcap.dev/opt-out': 'true' };
  const willing = { namespaces: ['*'], requireReason: false };
  const other = await start({
    policies: [
      restricted({ match: { podSelector: { matchLabels: { tier: 'front' } } }, optOut: willing }, 'labels'),
      restricted({ match: { serviceAccounts: ['robot'] }, optOut: willing }, 'accounts'),
      restricted({ match: { workloads: ['StatefulSet'] }, optOut: willing }, 'kinds'),
    ],
  });
  const coverOf = async (object: JsonMap): Promise<string> =>
    (await answerTo(creatingObject(object), other)).auditAnnotations?.['policies'] ?? '';
  const front = template({ labels: { tier: 'front' } });
  const robot = template();
  mapAt(robot, 'spec')['serviceAccountName'] = 'robot';
  expect(await coverOf(workload('Deployment', front))).toBe('labels');
  expect(await coverOf(workload('Deployment', template(), { labels: { tier: 'front' } }))).toBe('');
  expect(await coverOf(workload('Deployment', robot))).toBe('accounts');
  expect(await coverOf(workload('StatefulSet'))).toBe('kinds');
  expect(await coverOf(workload('StatefulSet', template(), { annotations: optOut }))).toBe('kinds');
  expect(await coverOf(workload('StatefulSet', template({ annotations: optOut })))).toBe('');
});

test('policies that tell users apart have no say about a template, whose pods a controller will send', async () => {
  const jane = { userInfo: { username: 'jane', groups: [] }, namespace: 'mine' };
  const answer = await answerTo(creatingObject(workload('Deployment'), jane));
  expect(answer.auditAnnotations).toMatchObject({ policies: 'restricted' });
  expect(await recordOf(answer)).toMatchObject({ user: 'jane', policies: ['restricted'] });
});

test('a field of a wrong type in a template is refused with its place', async () => {
  const broken = workload('CronJob', { spec: { containers: [{ name: 'app', securityContext: 'text' }] } });
  const reply = await server.post(creatingObject(broken));
  expect(reply.status).toBe(400);
  expect(reply.body).toContain('/spec/jobTemplate/spec/template/spec/containers/0/securityContext');
});

test('a dry run is only logged', async () => {
  const answer = await answerTo(creatingObject(workload('Job'), { dryRun: true }));
  expect(operationsIn(answer)).not.toEqual([]);
  expect(await recordOf(answer)).toBeUndefined();
});
