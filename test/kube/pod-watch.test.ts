import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { Connection } from '../../src/kube/connection.ts';
import { isAsNew } from '../../src/kube/pod-pages.ts';
import { PodWatch } from '../../src/kube/pod-watch.ts';
import { readPod } from '../../src/kube/pods.ts';
import { eventually, temporaryFolder } from '../server/harness.ts';
import { PodApi } from './pod-api.ts';

let api: PodApi;
let connection: Connection;
let watch: PodWatch;
let running: Promise<void>;
let told: string[] = [];
const { folder, remove } = temporaryFolder();

beforeEach(async () => {
  told = [];
  api = await PodApi.start();
  connection = new Connection(api.writeKubeconfig(join(folder, 'kubeconfig')));
  watch = new PodWatch(connection, {
    onPod: ({ name }, isNew) => void told.push(isNew ? `new ${name}` : name),
    onGap: () => void told.push('gap'),
    onWhole: () => void told.push('whole'),
    onError: ({ message }) => void told.push(`error: ${message}`),
  });
  running = Promise.resolve();
});

afterEach(async () => {
  watch.close();
  connection.close();
  await running;
  await api.stop();
});

afterAll(remove);

const begin = async (): Promise<void> => {
  running = watch.run();
  await watching();
};
const watching = (): Promise<number> =>
  eventually(
    () => api.watches,
    (watches) => watches === 1,
  );
const tells = (last: string): Promise<string[]> =>
  eventually(
    () => told,
    (all) => all.includes(last),
  );

test('all pods are listed, in pages, and those that come are told as they come', async () => {
  const old = Array.from({ length: 1_100 }, (_, i) => `old-${i}`);
  for (const name of old) api.create(name);
  await begin();
  api.create('web');
  await tells('new web');
  expect(told).toEqual(['gap', ...old, 'whole', 'new web']);
  expect(api.asked.slice(0, 3).map((path) => path.replace(/continue=.*/, 'continue'))).toEqual([
    '/api/v1/pods?limit=500',
    '/api/v1/pods?limit=500&continue',
    '/api/v1/pods?limit=500&continue',
  ]);
});

test('only metadata is asked for', async () => {
  await begin();
  expect([...api.accepted]).toEqual([
    'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
    'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
  ]);
});

test('a watch that ends, or is cut in the middle of a line, goes on where it was, without a gap', async () => {
  await begin();
  for (const [i, end] of [() => api.endWatches(), () => api.cutWatches()].entries()) {
    end();
    await eventually(
      () => api.watches,
      (watches) => watches === 0,
    );
    // While nobody watches.
    api.create(`web-${i}`);
    api.delete(`web-${i}`);
    await tells(`new web-${i}`);
  }
  expect(told.filter((one) => one === 'gap')).toHaveLength(1);
  expect(watch.counts()).toEqual({ lists: 1, watches: 3 });
});

test('what the cluster has forgotten is a gap, and a new list follows', async () => {
  api.create('stays');
  await begin();
  api.forget();
  api.endWatches();
  await eventually(
    () => told.filter((one) => one === 'whole').length,
    (lists) => lists === 2,
  );
  expect(told).toEqual(['gap', 'stays', 'whole', 'gap', 'stays', 'whole']);
});

test('an error in the watch that says so is a gap, too', async () => {
  await begin();
  api.write(`${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410 } })}\n`);
  api.endWatches();
  await eventually(
    () => watch.counts().lists,
    (lists) => lists === 2,
  );
});

test('an outage is told once, and is no gap', async () => {
  await begin();
  api.failing = 503;
  api.endWatches();
  await tells('error: pods: watch: HTTP 503');
  await watching();
  api.create('web');
  await tells('new web');
  expect(told).toEqual(['gap', 'whole', 'error: pods: watch: HTTP 503', 'new web']);
});

test('a line that is too long is passed over as a gap, and the next is read', async () => {
  await begin();
  api.write(`${'x'.repeat(9 * 1024 * 1024)}\n`);
  api.create('web');
  await tells('new web');
  expect(told).toEqual(['gap', 'whole', 'gap', 'whole', 'new web']);
});

test('a bookmark tells how far the watch is', async () => {
  await begin();
  for (let i = 0; i < 5; i++) api.create(`web-${i}`);
  const newest = await watch.newest();
  api.bookmark();
  await eventually(
    () => watch.version,
    (version) => isAsNew(version, newest),
  );
});

test('versions are compared as numbers', () => {
  expect(isAsNew('100', '99')).toBe(true);
  expect(isAsNew('99', '100')).toBe(false);
  expect(isAsNew('7', '7')).toBe(true);
  expect(isAsNew('9007199254740993', '9007199254740992')).toBe(true);
});

test('a pod is read with its containers, and one that is not there is none', async () => {
  const containers = [{ name: 'app', securityContext: { capabilities: { drop: ['ALL'] } } }];
  api.create('web', {}, { containers });
  const pod = await readPod(connection, { namespace: 'shop', name: 'web' });
  expect(pod).toMatchObject({ uid: 'uid-of-web', containers: [{ name: 'app', security: { drop: ['ALL'] } }] });
  expect(await readPod(connection, { namespace: 'shop', name: 'other' })).toBeUndefined();
});
