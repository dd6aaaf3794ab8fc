/** Events on a real API server: people find them where they look, and it takes every one that we make. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Events } from '../../src/events/events.ts';
import { causesOf } from '../../src/events/causes.ts';
import { clusterAt } from '../../src/kube/api.ts';
import { eventsTo, type ToldEvent, type WriteEvent } from '../../src/kube/events.ts';
import { makeCertificate } from '../certificate.ts';
import { decisionOf, loose, privileged } from '../events/decided.ts';
import { writePair } from '../server/certificates.ts';
import { restricted, start, type TestServer } from '../server/harness.ts';
import { createPod, serverHost } from './api.ts';
import { count } from './counts.ts';
import { apply, kubectl, kubectlJson, until } from './kubectl.ts';
import { dropNamespaces, namespace } from './namespaces.ts';
import { ownCluster } from './own.ts';
import { pod } from './pods.ts';

// The API server has to reach a webhook in this process.
const own = ownCluster === undefined ? test.skip : test;

const NAME = 'dropcap-events-test';
const folder = mkdtempSync(join(tmpdir(), 'dropcap-events-'));

interface Seen {
  readonly note: string;
  readonly reason: string;
  readonly regarding: { readonly uid?: string; readonly name: string; readonly kind: string };
}

let write: WriteEvent;
let server: TestServer;
let space = '';

const webhook = (caBundle: string): object => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingWebhookConfiguration',
  metadata: { name: NAME },
  webhooks: [
    {
      name: 'mutate.events.dropcap.test',
      clientConfig: { url: `https://${serverHost}:${server.port}/mutate`, caBundle },
      rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': space } },
      admissionReviewVersions: ['v1'],
      sideEffects: 'NoneOnDryRun',
      failurePolicy: 'Fail',
      timeoutSeconds: 10,
    },
  ],
});

beforeAll(async () => {
  space = await namespace();
  write = eventsTo(clusterAt(process.env['KUBECONFIG']));
  if (ownCluster === undefined) return;
  const pair = await makeCertificate(serverHost);
  writePair(folder, pair);
  const onError = (error: Error): never => {
    throw error;
  };
  const events = new Events({ write, instance: 'replica-1', onError });
  server = await start({ policies: [restricted()], events, mounted: { folder, ca: pair } });
  await apply([webhook(Buffer.from(pair.cert).toString('base64'))]);
  const isCalled = async (): Promise<boolean> =>
    JSON.stringify((await createPod(space, pod('probe', {}), true)).body).includes('"drop":["ALL"]');
  await until('the API server calls the webhook', isCalled);
});

afterAll(async () => {
  await kubectl(['delete', 'mutatingwebhookconfiguration', NAME, '--ignore-not-found']);
  if (ownCluster !== undefined) await server.close();
  rmSync(folder, { recursive: true });
  await dropNamespaces();
});

const seen = async (reason: string): Promise<readonly Seen[]> =>
  (await kubectlJson<{ items: Seen[] }>('get', 'events.events.k8s.io', '-n', space)).items.filter(
    (event) => event.reason === reason,
  );

own('of a Deployment’s pods one Event is on the ReplicaSet, where kubectl describe shows it', async () => {
  const { spec } = pod('any', loose('app')) as { spec: object };
  const labels = { app: 'web' };
  const template = { metadata: { labels }, spec: { ...spec, schedulerName: 'nobody' } };
  const name = 'web';
  await apply([
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: space },
      spec: { replicas: 3, selector: { matchLabels: labels }, template },
    },
  ]);
  const [event] = await until('an Event', async () => {
    const found = await seen('CapabilitiesDropped');
    return found.length > 0 && found;
  });
  await until('three pods', async () => {
    const { items } = await kubectlJson<{ items: unknown[] }>('get', 'pods', '-n', space, '-l', 'app=web');
    return items.length === 3;
  });
  const { items } = await kubectlJson<{ items: { metadata: { name: string; uid: string } }[] }>(
    'get',
    'rs',
    '-n',
    space,
  );
  const { name: owner, uid } = items[0]!.metadata;
  expect(event!.regarding).toMatchObject({ kind: 'ReplicaSet', name: owner, uid });
  expect(await kubectl(['describe', 'rs', '-n', space])).toMatch(
    /Normal +CapabilitiesDropped .* dropcap\.dev\/webhook +Policy restricted: .*drop ALL/,
  );
  expect(await kubectl(['get', 'events', '-n', space])).toMatch(/CapabilitiesDropped +replicaset\/web-/);
  expect(await seen('CapabilitiesDropped')).toHaveLength(1);
});

test('the API server takes every Event that we make, and keeps its note whole', async () => {
  const longest = 'a'.repeat(63);
  const names = [longest, '🔐'.repeat(63), `${'é'.repeat(62)}x`, '\u001b[31m\u202e\u0000', '名前'];
  const optOut = { 'dropcap.dev/opt-out': 'true', 'dropcap.dev/opt-out-reason': '🔐'.repeat(150) };
  const containers = (name: string) =>
    Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? loose(`${name}${i}`) : privileged(`${name}${i}`)));
  const decisions = names.flatMap((name) => [
    decisionOf([loose(name), privileged(name)], optOut),
    decisionOf(containers(name), optOut),
  ]);
  const made = decisions.flatMap((decision, i) =>
    causesOf(decision).map(({ reason, type, note }): ToldEvent => {
      const uid = `0f4e2a1c-7f3a-4c0e-9d55-${String(i).padStart(12, '0')}`;
      const regarding = {
        apiVersion: 'example.com/v1',
        kind: 'Anything',
        namespace: space,
        name: i % 2 === 0 ? longest : `${`${longest}.`.repeat(3)}${'b'.repeat(61)}`,
        uid: i % 3 === 0 ? '' : uid,
      };
      const instance = 'r'.repeat(128);
      return {
        name: `dropcap.${uid}.${reason.toLowerCase()}`,
        regarding,
        reason,
        type,
        note: note(),
        time: Date.now(),
        instance,
      };
    }),
  );
  expect(Math.max(...made.map(({ note }) => Buffer.byteLength(note)))).toBeGreaterThan(1020);
  for (const event of made) await write(event);
  const { items } = await kubectlJson<{ items: Seen[] }>('get', 'events.events.k8s.io', '-n', space);
  const notes = new Set(items.map(({ note }) => note));
  expect(made.filter(({ note }) => !notes.has(note))).toEqual([]);
  count('Events that the real API server took', made.length);
});

test('an Event that the API server does not take is a failure in words', async () => {
  const regarding = { apiVersion: 'v1', kind: 'Pod', namespace: space, name: 'web', uid: '' };
  const event = { name: 'x', regarding, reason: 'R', type: 'Normal', time: 0, instance: 'i' } as const;
  await expect(write({ ...event, note: 'a'.repeat(1025) })).rejects.toThrow(/^Event: HTTP 422 .*at most 1024/);
});
