/** What a server that runs tells of the requests that it is sent. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Events } from '../../src/events/events.ts';
import type { ToldEvent } from '../../src/kube/events.ts';
import type { JsonMap } from '../pods.ts';
import { closeAll, restricted, start, type TestServer } from '../server/harness.ts';
import { creating, debugging, plainPod } from '../server/reviews.ts';
import { creatingObject, workload } from '../server/workloads.ts';

let written: ToldEvent[];
let server: TestServer;

beforeEach(async () => {
  written = [];
  const write = (event: ToldEvent): Promise<void> => {
    written.push(event);
    return Promise.resolve();
  };
  const onError = (error: Error): never => {
    throw error;
  };
  const events = new Events({ write, instance: 'replica-1', onError });
  server = await start({ policies: [restricted({ gate: { missed: 'enforce' } })], events });
});
afterEach(closeAll);

const controller = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-6d9f', uid: 'u-1', controller: true };
const ownedBy = (...ownerReferences: JsonMap[]): JsonMap => creating(plainPod({ ownerReferences }));

async function regarded(review: JsonMap, path?: string): Promise<unknown[]> {
  expect((await server.post(review, path)).status).toBe(200);
  return written.map(({ regarding: { apiVersion, kind, namespace, name, uid } }) =>
    [apiVersion, kind, namespace, name, uid].join(' '),
  );
}

describe('an Event is about', () => {
  test('the owner that controls a new pod', async () => {
    const other = { ...controller, kind: 'Other', controller: false };
    expect(await regarded(ownedBy(other, controller))).toEqual(['apps/v1 ReplicaSet team-a web-6d9f u-1']);
    const [{ reason, note } = {}] = written;
    expect([reason, note]).toEqual(['CapabilitiesDropped', expect.stringContaining('drop ALL')]);
  });

  test('the pod itself where it runs already', async () => {
    const review = debugging(plainPod({ uid: 'u-2', ownerReferences: [controller] }), { name: 'debug' });
    expect(await regarded(review)).toEqual(['v1 Pod team-a web u-2']);
  });

  test('the workload whose template was decided, by its name, for it has no uid yet', async () => {
    expect(await regarded(creatingObject(workload('Deployment')))).toEqual(['apps/v1 Deployment team-a web ']);
  });
});

describe('no Event is written', () => {
  test('about a pod that nothing controls, for it is not there yet, whatever uid it says it has', async () => {
    expect(await regarded(creating(plainPod({ uid: 'made-up' })))).toEqual([]);
  });

  test('about a workload that is named later', async () => {
    const job = workload('Job', undefined, { name: null, generateName: 'nightly-' });
    expect(await regarded(creatingObject(job, { name: '' }))).toEqual([]);
  });

  test.each<[string, JsonMap]>([
    ['name', { name: 'no name' }],
    ['name that is too long', { name: 'a'.repeat(300) }],
    ['kind', { kind: '' }],
    ['uid of a text', { uid: 'x'.repeat(300) }],
  ])('about an owner without a %s', async (_, change) => {
    expect(await regarded(ownedBy({ ...controller, ...change }))).toEqual([]);
  });

  test('of a dry run, though it is answered with a patch', async () => {
    const review = ownedBy(controller);
    (review['request'] as Record<string, unknown>)['dryRun'] = true;
    expect(await regarded(review)).toEqual([]);
  });

  test('by the gate: who is refused is told so', async () => {
    expect(await regarded(ownedBy(controller), '/validate')).toEqual([]);
  });
});

test('what became of Events is counted', async () => {
  await regarded(ownedBy(controller));
  await regarded(ownedBy(controller));
  expect(await server.metric('dropcap_events_total', { result: 'sent' })).toBe(1);
  expect(await server.metric('dropcap_events_total', { result: 'dropped' })).toBe(1);
  expect(await server.metric('dropcap_events_total', { result: 'failed' })).toBe(0);
});
