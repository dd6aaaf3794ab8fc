/** What happens to pods while dropcap is stopped, renewed, restarted and killed. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { createPod } from './api.ts';
import { count, remark } from './counts.ts';
import { manifests, servingPods, SYSTEM, untilServing } from './dropcap.ts';
import { runCertificates } from './jobs.ts';
import { kubectl, kubectlJson, until } from './kubectl.ts';
import { underLoad, type LoadResult } from './load.ts';
import { dropNamespaces, enforcing } from './namespaces.ts';
import { serverProcess } from './node.ts';
import { ownCluster } from './own.ts';
import { pod, type StoredPod } from './pods.ts';
import { setFailurePolicy } from './webhooks.ts';

let space = '';
beforeAll(async () => void (space = await enforcing('restricted')));
afterAll(dropNamespaces);

/** Whatever a test did: the install as the manifests have it. */
afterEach(async () => {
  await kubectl(['apply', '-k', manifests()]);
  await untilServing();
  await until('pods are hardened again', async () => (await tryOne()) === 'hardened');
});

const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function tryOne(namespace = space): Promise<'hardened' | 'untouched' | 'refused'> {
  const { status, body } = await createPod(namespace, pod('one'), true);
  if (status !== 201) return 'refused';
  return (body as unknown as StoredPod).spec.containers[0]!.securityContext === undefined ? 'untouched' : 'hardened';
}

async function stopDropcap(): Promise<void> {
  await kubectl(['scale', 'deployment/dropcap', '-n', SYSTEM, '--replicas=0']);
  await until('no pod of ours is left', async () => {
    const { items } = await kubectlJson<{ items: unknown[] }>(
      'get',
      'pods',
      '-n',
      SYSTEM,
      '-l',
      'app.kubernetes.io/component=webhook',
    );
    return items.length === 0;
  });
}

const said = ({ requests, failures, slowest }: LoadResult): string =>
  `${failures.length} failures in ${requests} requests, slowest ${slowest} ms`;

test('with failurePolicy Ignore and dropcap stopped, pods pass untouched', async () => {
  await stopDropcap();
  const answers = await Promise.all(Array.from({ length: 20 }, () => tryOne()));
  expect(new Set(answers)).toEqual(new Set(['untouched']));
  count('pods made with Ignore while dropcap was stopped: untouched', answers.length);
});

test('with failurePolicy Fail and dropcap stopped, pods are refused, our own and those of kube-system are not', async () => {
  await kubectl(['apply', '-k', manifests('fail')]);
  await untilServing();
  await stopDropcap();
  const answers = await Promise.all(Array.from({ length: 20 }, () => tryOne()));
  expect(new Set(answers)).toEqual(new Set(['refused']));
  expect(await tryOne('kube-system')).toBe('untouched');
  count('pods made with Fail while dropcap was stopped: refused', answers.length);
  // The way back: our own pods are made while nobody answers the webhook.
  await kubectl(['scale', 'deployment/dropcap', '-n', SYSTEM, '--replicas=2']);
  await untilServing();
  await until('pods are made again', async () => (await tryOne()) === 'hardened');
});

/** How often each replica has taken a new certificate. */
async function reloads(): Promise<number[]> {
  const pods = await servingPods();
  const metrics = await Promise.all(
    pods.map(({ metadata: { name } }) =>
      kubectl(['get', '--raw', `/api/v1/namespaces/${SYSTEM}/pods/${name}:8080/proxy/metrics`]),
    ),
  );
  return metrics.map((text) =>
    Number(/dropcap_certificate_reloads_total\{result="loaded"\} (\d+)/.exec(text)?.[1] ?? 0),
  );
}

test('a certificate renewed while 50 pods a second are made fails none of them', async () => {
  await setFailurePolicy('Fail');
  await pause(2);
  const before = await reloads();
  const result = await underLoad(space, async () => {
    await runCertificates('--renew');
    await until(
      'both replicas serve the new certificate',
      async () => (await reloads()).every((n, i) => n > before[i]!),
      150,
    );
    await pause(10);
  });
  count('certificate renewed under load', said(result));
  expect(result.failures).toEqual([]);
  expect(result.requests).toBeGreaterThan(500);
});

test('a rolling restart of both replicas while 50 pods a second are made fails none of them', async () => {
  await setFailurePolicy('Fail');
  await pause(2);
  const result = await underLoad(space, async () => {
    await pause(2);
    await kubectl(['rollout', 'restart', 'deployment/dropcap', '-n', SYSTEM]);
    await kubectl(['rollout', 'status', 'deployment/dropcap', '-n', SYSTEM, '--timeout=180s']);
    await pause(10);
  });
  count('rolling restart under load', said(result));
  expect(result.failures).toEqual([]);
  expect(result.requests).toBeGreaterThan(500);
});

// Only on a node of our own can one of its processes be killed.
const own = ownCluster === undefined ? test.skip : test;

own('kill -9 of one of two fails what it had in hand, and what is sent to it until the cluster knows', async () => {
  await setFailurePolicy('Fail');
  await pause(2);
  const at = { killed: 0, inFlight: 0, sent: 0 };
  const result = await underLoad(space, async (load) => {
    await pause(5);
    const [victim] = await servingPods();
    const pid = serverProcess(victim!.metadata.name);
    Object.assign(at, { killed: load.now(), inFlight: load.inFlight(), sent: load.sent() });
    process.kill(pid, 'SIGKILL');
    await pause(15);
  });
  const { failures } = result;
  expect(failures.filter((failure) => failure.at < at.killed)).toEqual([]);
  const window = Math.max(0, ...failures.map((failure) => failure.at - at.killed));
  count('kill -9 of one of two under load', said(result));
  count('kill -9: in flight at that moment; last failure', `${at.inFlight}; ${window} ms later`);
  // Once the same thing, whatever the ports were.
  const reasons = failures.map(({ why }) => why.replaceAll(/\d+(?:\.\d+){3}:\d+/g, 'ADDRESS'));
  for (const why of new Set(reasons)) remark(why);
  // Until the kubelet has seen it, half of the new connections are still sent to the dead one, and refused.
  expect(window).toBeLessThan(10_000);
  // What was in hand, and what was sent meanwhile; a second more for a machine that stalls and then catches up.
  expect(failures.length).toBeLessThanOrEqual(at.inFlight + (window / 1000 + 1) * 50);
});
