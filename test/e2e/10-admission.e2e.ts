/** What comes back from the API server when pods are made, debugged and changed the ways people do it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPod, isHardenedIn } from './api.ts';
import { count } from './counts.ts';
import { recordsWhere, records } from './dropcap.ts';
import { apply, kubectl, kubectlJson, until } from './kubectl.ts';
import { dropNamespaces, enforcing, namespace } from './namespaces.ts';
import { BUSYBOX, container, HARDENED, pod, storedPod, untilRunning, type StoredPod } from './pods.ts';

let restricted = '';
beforeAll(async () => void (restricted = await enforcing('restricted')));
afterAll(dropNamespaces);

const template = (fields: object = {}): object => ({
  metadata: { labels: { app: 'web' } },
  spec: { terminationGracePeriodSeconds: 0, containers: [container('main', fields as never)] },
});

test('a pod of any kind of container comes back hardened', async () => {
  const add = { securityContext: { capabilities: { add: ['SYS_ADMIN', 'NET_BIND_SERVICE'] } } };
  const wanted = pod('plain', add, { initContainers: [container('before', { command: ['true'] })] });
  const { status, body } = await createPod(restricted, wanted);
  expect(status).toBe(201);
  const { metadata, spec } = body as unknown as StoredPod;
  expect(spec.initContainers![0]!.securityContext).toEqual(HARDENED);
  expect(spec.containers[0]!.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
  });
  expect(metadata.annotations!['dropcap.dev/hardened']).toBe('restricted');
  expect((await storedPod(restricted, 'plain')).spec.containers).toEqual(spec.containers);
  const [record] = await recordsWhere(
    'of the pod',
    ({ namespace, name }) => namespace === restricted && name === 'plain',
  );
  expect(record!.findings.map(({ outcome }) => outcome)).toEqual(Array(record!.findings.length).fill('hardened'));
  count('fields hardened in one pod of two containers', record!.findings.length);
});

test('the pods of a Deployment are hardened, run, and are recorded under their prefix and their owner', async () => {
  const spec = { replicas: 3, selector: { matchLabels: { app: 'web' } }, template: template() };
  await apply([{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: restricted }, spec }]);
  await kubectl(['rollout', 'status', 'deployment/web', '-n', restricted, '--timeout=180s']);
  const { items } = await kubectlJson<{ items: StoredPod[] }>('get', 'pods', '-n', restricted, '-l', 'app=web');
  expect(items).toHaveLength(3);
  for (const { spec: stored } of items) expect(stored.containers[0]!.securityContext).toEqual(HARDENED);
  const found = await recordsWhere(
    'of three pods',
    (record) => record.owner?.startsWith('ReplicaSet/web-') === true,
    3,
  );
  expect(found).toHaveLength(3);
  for (const { generateName, name, user } of found)
    expect({ generateName, name, user }).toEqual({
      generateName: expect.stringMatching(/^web-[0-9a-z]+-$/),
      name: undefined,
      user: 'system:serviceaccount:kube-system:replicaset-controller',
    });
  // The template stays as its author wrote it: nothing for GitOps to fight about.
  const deployment = await kubectlJson<{ spec: { template: StoredPod } }>('get', 'deployment', 'web', '-n', restricted);
  expect(deployment.spec.template.spec.containers[0]!.securityContext).toBeUndefined();
  count('pods of a Deployment hardened', items.length);
});

test('the pods of Jobs, CronJobs, StatefulSets and DaemonSets are hardened', async () => {
  const selector = { matchLabels: { app: 'web' } };
  const once = { ...(template() as { spec: object }).spec, restartPolicy: 'Never' };
  const job = { template: { spec: { ...once, containers: [container('main', { command: ['true'] })] } } };
  const of = (apiVersion: string, kind: string, spec: object): object => ({
    apiVersion,
    kind,
    metadata: { name: kind.toLowerCase(), namespace: restricted },
    spec,
  });
  await apply([
    of('apps/v1', 'StatefulSet', { serviceName: 'none', selector, template: template() }),
    of('apps/v1', 'DaemonSet', { selector, template: template() }),
    of('batch/v1', 'Job', job),
    of('batch/v1', 'CronJob', { schedule: '0 0 1 1 *', jobTemplate: { spec: job } }),
  ]);
  await kubectl(['create', 'job', 'by-hand', '--from=cronjob/cronjob', '-n', restricted]);
  const owners = ['StatefulSet/statefulset', 'DaemonSet/daemonset', 'Job/job', 'Job/by-hand'];
  for (const owner of owners) {
    const [record] = await recordsWhere(
      `of ${owner}`,
      (found) => found.namespace === restricted && found.owner === owner,
    );
    expect(record!.patch.length).toBeGreaterThan(0);
  }
  const { items } = await kubectlJson<{ items: StoredPod[] }>('get', 'pods', '-n', restricted);
  const contexts = items.flatMap(({ spec }) => spec.containers.map(({ securityContext }) => securityContext));
  for (const context of contexts) expect(context).toMatchObject(HARDENED);
  count('kinds of owners whose pods are hardened', owners.length + 1);
});

test('an ephemeral container of kubectl debug is hardened, and an earlier one is left as it is', async () => {
  const space = await namespace();
  await createPod(space, pod('app'));
  await untilRunning(space, 'app');
  const debug = (name: string): Promise<string> =>
    kubectl([
      'debug',
      'app',
      '-n',
      space,
      `--image=${BUSYBOX}`,
      '--profile=general',
      '-c',
      name,
      '--',
      'sleep',
      '3600',
    ]);
  await debug('earlier');
  await kubectl(['label', 'namespace', space, 'dropcap.dev/enforce=restricted']);
  await until('the label of the namespace counts', () => isHardenedIn(space));
  await debug('later');
  const { spec } = await storedPod(space, 'app');
  const [earlier, later] = spec.ephemeralContainers!;
  expect(earlier).toMatchObject({ name: 'earlier', securityContext: { capabilities: { add: ['SYS_PTRACE'] } } });
  expect(earlier!.securityContext!.allowPrivilegeEscalation).toBeUndefined();
  expect(later).toMatchObject({ name: 'later', securityContext: HARDENED });
  expect(later!.securityContext!.capabilities!.add).toBeUndefined();
  expect(spec.containers[0]!.securityContext).toBeUndefined();
  count('ephemeral containers: hardened / left', '1 / 1');
});

test('labels and finalizers of pods older than dropcap can be changed, and the pods deleted', async () => {
  const space = await namespace();
  const names = ['one', 'two', 'three'];
  for (const name of names) expect((await createPod(space, pod(name))).status).toBe(201);
  await kubectl(['label', 'namespace', space, 'dropcap.dev/enforce=restricted']);
  await until('the label of the namespace counts', () => isHardenedIn(space));
  for (const name of names) {
    const patch = (metadata: object): Promise<string> =>
      kubectl(['patch', 'pod', name, '-n', space, '--type=merge', '-p', JSON.stringify({ metadata })]);
    await kubectl(['label', 'pod', name, '-n', space, 'team=web']);
    await kubectl(['annotate', 'pod', name, '-n', space, 'note=old']);
    await patch({ finalizers: ['dropcap.test/held'] });
    await kubectl(['delete', 'pod', name, '-n', space, '--wait=false']);
    expect((await storedPod(space, name)).spec.containers[0]!.securityContext).toBeUndefined();
    await patch({ finalizers: null });
    await kubectl(['wait', '--for=delete', `pod/${name}`, '-n', space, '--timeout=180s']);
  }
  count('updates of older pods that succeeded', names.length * 5);
});

test('a dry run is answered as the real thing, and leaves no record', async () => {
  const dry = await createPod(restricted, pod('never'), true);
  const real = await createPod(restricted, pod('really'));
  const context = ({ body }: typeof dry): unknown => (body as unknown as StoredPod).spec.containers[0]!.securityContext;
  expect(context(dry)).toEqual(context(real));
  await recordsWhere('of the real pod', ({ namespace: space, name }) => space === restricted && name === 'really');
  expect((await records()).filter(({ name }) => name === 'never')).toEqual([]);
  count('records of a dry run', 0);
});

test('nothing is changed where no namespace asks for it, and the record says what would be', async () => {
  const space = await namespace();
  const { body } = await createPod(space, pod('untouched'));
  expect((body as unknown as StoredPod).spec.containers[0]!.securityContext).toBeUndefined();
  const [record] = await recordsWhere('of the audited pod', (found) => found.namespace === space);
  expect(record!.patch).toEqual([]);
  expect(new Set(record!.findings.map(({ outcome }) => outcome))).toEqual(new Set(['audited']));
});
