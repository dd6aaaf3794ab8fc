import { describe, expect, test } from '@jest/globals';
import { dropcap, folderOf } from '../cli/command.ts';
import { writeCertificate } from '../certificate.ts';
import { listAt, mapAt, type JsonMap } from '../pods.ts';
import { join } from 'node:path';
import { MANIFESTS, objectOf, onlyContainer, ownPods, read, textAt } from './manifests.ts';

const specOf = ({ pod }: { readonly pod: JsonMap }): JsonMap => mapAt(pod, 'spec');
const byKind = (kind: string): JsonMap => ownPods.find((own) => own.kind === kind)!.pod;
const argsOf = (pod: JsonMap): string[] => listAt(onlyContainer(pod), 'args').map(String);

test('the Deployment, the Job and the CronJob are all that makes pods', () => {
  expect(ownPods.map(({ kind }) => kind).sort()).toEqual(['CronJob', 'Deployment', 'Job']);
});

describe.each(ownPods)('the pod of the $kind in $file', (own) => {
  const spec = specOf(own);
  const container = onlyContainer(own.pod);

  test('passes our own restricted policy untouched', async () => {
    const folder = folderOf({ 'own.yaml': read(own.file) });
    const hardened = await dropcap(['harden', '-f', folder, '--policy', 'restricted', '-o', 'diff']);
    expect(hardened).toMatchObject({ stdout: '', status: 0 });
  });

  test('would not, without its drop of ALL', async () => {
    const folder = folderOf({ 'own.yaml': read(own.file).replace('capabilities: { drop: [ALL] }', '') });
    const hardened = await dropcap(['harden', '-f', folder, '--policy', 'restricted', '-o', 'diff']);
    expect(hardened.stdout).toContain('+');
  });

  test('is what Pod Security calls restricted in everything else', () => {
    expect(spec['securityContext']).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    for (const field of ['hostNetwork', 'hostPID', 'hostIPC', 'hostUsers', 'initContainers'])
      expect(spec).not.toHaveProperty(field);
    const volumes = listAt(spec, 'volumes').flatMap((volume) => Object.keys(volume as JsonMap));
    expect(volumes.filter((key) => !['name', 'configMap', 'secret'].includes(key))).toEqual([]);
    expect(listAt(container, 'ports').flatMap((port) => Object.keys(port as JsonMap))).not.toContain('hostPort');
  });

  test('cannot write to its own files, and has a limit on memory and none on CPU', () => {
    expect(container['securityContext']).toMatchObject({ readOnlyRootFilesystem: true });
    expect(Object.keys(mapAt(container['resources'], 'limits'))).toEqual(['memory']);
    expect(Object.keys(mapAt(container['resources'], 'requests'))).toEqual(['cpu', 'memory']);
  });

  test('has the token of an account of ours, which is not mounted unless asked for', () => {
    const account = objectOf('ServiceAccount', textAt(spec, 'serviceAccountName'));
    expect(account['automountServiceAccountToken']).toBe(false);
    expect(spec['automountServiceAccountToken']).toBe(true);
  });
});

test('the Job and the CronJob run the same pod', () => {
  expect(specOf({ pod: byKind('Job') })).toEqual(specOf({ pod: byKind('CronJob') }));
});

describe('the arguments', () => {
  /** Outside of a cluster a command that understands its options ends with saying that there is none. */
  test('of the Deployment are options that the command knows, and its policies can be served', async () => {
    const folder = folderOf();
    await writeCertificate(folder);
    const here = argsOf(byKind('Deployment')).map((arg) =>
      arg.replace('/etc/dropcap/policies', join(MANIFESTS, 'base', 'policies')).replace('/etc/dropcap/tls', folder),
    );
    const { stderr, status } = await dropcap(here);
    expect(stderr).toMatch(
      /^error: the labels of namespaces are needed \(by (baseline|compatible|everywhere|restricted)/,
    );
    expect(status).toBe(2);
  });

  test('of the Job are options that the command knows', async () => {
    const { stderr, status } = await dropcap(argsOf(byKind('Job')));
    expect(stderr).toMatch(/^error: missing: --(namespace|kubeconfig) <\w+> \(only in a pod/);
    expect(status).toBe(2);
  });

  test('would be refused with an option misspelt', async () => {
    const { stderr } = await dropcap([...argsOf(byKind('Deployment')), '--drain-second=1']);
    expect(stderr).toContain('unknown option');
  });
});

describe('the serving pod', () => {
  const pod = byKind('Deployment');
  const container = onlyContainer(pod);

  test('mounts the policies and the certificate where its options say', () => {
    const mounted = listAt(container, 'volumeMounts').map((mount) => textAt(mount, 'mountPath'));
    expect(mounted).toEqual(['/etc/dropcap/policies', '/etc/dropcap/tls']);
    const args = argsOf(pod).join('\n');
    for (const path of mounted) expect(args).toContain(`=${path}`);
  });

  test('sees of the Secret the certificate and its key, and nothing else', () => {
    const volumes = listAt(pod['spec'], 'volumes') as JsonMap[];
    const secret = mapAt(
      volumes.find(({ name }) => name === 'tls'),
      'secret',
    );
    expect(secret['items']).toEqual(['tls.crt', 'tls.key'].map((key) => ({ key, path: key })));
    // For its own group: not for others.
    expect(secret['defaultMode']).toBe(0o440);
    expect(mapAt(pod['spec'], 'securityContext')['fsGroup']).toBe(65532);
  });

  test('has time to drain before it is killed', () => {
    const [, drain] = /--drain-seconds=(\d+)/.exec(argsOf(pod).join(' '))!;
    // The last answers may take 5 s more, and the audit trail is written out after that.
    expect(mapAt(pod, 'spec')['terminationGracePeriodSeconds']).toBeGreaterThanOrEqual(Number(drain) + 15);
  });

  test('is started, ready and alive by the paths that the server has, on its admin port', () => {
    const pathOf = (probe: string): unknown => mapAt(container[probe], 'httpGet');
    expect(pathOf('startupProbe')).toEqual({ path: '/healthz', port: 'admin' });
    expect(pathOf('readinessProbe')).toEqual({ path: '/readyz', port: 'admin' });
    expect(pathOf('livenessProbe')).toEqual({ path: '/healthz', port: 'admin' });
    expect(argsOf(pod)).toContain('--admin-address=:8080');
    expect(container['ports']).toContainEqual({ name: 'admin', containerPort: 8080 });
  });

  test('is spread, replaced without a gap, and never evicted with the other', () => {
    const spec = mapAt(objectOf('Deployment', 'dropcap'), 'spec');
    expect(spec['replicas']).toBe(2);
    expect(spec['strategy']).toEqual({ rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } });
    const spread = listAt(pod['spec'], 'topologySpreadConstraints') as JsonMap[];
    expect(spread.map(({ topologyKey, whenUnsatisfiable }) => [topologyKey, whenUnsatisfiable])).toEqual([
      ['kubernetes.io/hostname', 'ScheduleAnyway'],
      ['topology.kubernetes.io/zone', 'ScheduleAnyway'],
    ]);
    for (const { labelSelector } of spread) expect(labelSelector).toEqual(spec['selector']);
    const budget = mapAt(objectOf('PodDisruptionBudget', 'dropcap'), 'spec');
    expect(budget).toMatchObject({ maxUnavailable: 1, selector: spec['selector'] });
  });
});
