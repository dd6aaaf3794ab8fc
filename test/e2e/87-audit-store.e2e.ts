/** The overlay `audit` on a real cluster: what became of hundreds of pods, who may read it, its page, and a killed container. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AuditEntry } from '../../src/store/terms.ts';
import { CHROME, startBrowser } from '../page/browser.ts';
import { createPod } from './api.ts';
import { count } from './counts.ts';
import { servingPods, SYSTEM } from './dropcap.ts';
import { inject } from './injector.ts';
import { apply, kubectl, kubectlJson, until } from './kubectl.ts';
import { dropNamespaces, enforcing, namespace } from './namespaces.ts';
import { serverProcess } from './node.ts';
import { ownCluster } from './own.ts';
import { container, pod } from './pods.ts';
import {
  backToDefault,
  createAll,
  dropcap,
  forwarded,
  isReady,
  listed,
  listedByAll,
  markedPods,
  ofEach,
  restarts,
  statuses,
  untilKnown,
  useOverlay,
} from './trail.ts';

// The API server has to reach a webhook in this process; the node's processes and the pods' addresses have to be reached.
const own = ownCluster === undefined ? test.skip : test;

const EACH = 100;
/** No kubelet is to run them. */
const UNSCHEDULED = { schedulerName: 'nobody' };
const ASKS = { securityContext: { capabilities: { add: ['SYS_ADMIN', 'NET_BIND_SERVICE'] } } };
const ADD = '/spec/containers/0/securityContext/capabilities/add';

const several = (prefix: string, number: number): object[] =>
  Array.from({ length: number }, (_, i) => pod(`${prefix}-${i}`, ASKS, UNSCHEDULED));

let space = '';
beforeAll(async () => {
  space = await enforcing('restricted');
  await useOverlay('audit', space);
});
afterAll(async () => {
  await backToDefault(space);
  await dropNamespaces();
});

const deployment = (name: string, replicas: number): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: space },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { ...UNSCHEDULED, containers: [container('main', ASKS)] } },
  },
});

const uidsOf = (entries: readonly AuditEntry[]): string[] => entries.map(({ uid }) => uid).sort();

test('the pods of a Deployment are admitted, and each bears the uid of its record', async () => {
  await apply([deployment('web', EACH)]);
  const entries = await untilKnown(EACH, () => listedByAll('--namespace', space));
  expect(statuses(entries)).toEqual({ admitted: EACH });
  const pods = await markedPods(space);
  expect(entries.map(({ result, uid }) => ({ ...result!.pod!, record: uid })).toSorted(byName)).toEqual(
    pods.toSorted(byName),
  );
  count('pods of a Deployment, each admitted, by the record that it names', entries.length);
});

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);

test('the annotation of a pod leads to its record', async () => {
  const { name } = (await markedPods(space))[0]!;
  const path = String.raw`{.metadata.annotations.dropcap\.dev/audit-record}`;
  const uid = await kubectl(['get', 'pod', name, '-n', space, '-o', `jsonpath=${path}`]);
  const said = await ofEach((url) => dropcap(['audit', 'show', uid, '--audit-store', url]));
  // One replica decided, and the others have never heard of it.
  const [found, ...others] = said.toSorted((a, b) => a.status - b.status);
  expect(found!.status).toBe(0);
  expect(found!.stdout).toContain(`admitted as pod ${name} (`);
  expect(found!.stdout).toContain('The policy does not allow adding SYS_ADMIN.');
  for (const { status, stderr } of others)
    expect([status, stderr]).toEqual([2, expect.stringContaining(`no record has the uid ${uid}`)]);
});

test('what Pod Security or a quota refused after it was hardened is not admitted', async () => {
  const strict = await namespace({
    'dropcap.dev/enforce': 'restricted',
    'pod-security.kubernetes.io/enforce': 'restricted',
  });
  const full = await enforcing('restricted');
  const quota = { metadata: { name: 'none', namespace: full }, spec: { hard: { pods: '0' } } };
  await apply([{ apiVersion: 'v1', kind: 'ResourceQuota', ...quota }]);
  await createAll(strict, several('unsafe', EACH), 403);
  await createAll(full, several('surplus', 20), 403);
  const unsafe = await untilKnown(EACH, () => listedByAll('--namespace', strict));
  const surplus = await untilKnown(20, () => listedByAll('--namespace', full));
  expect(statuses(unsafe)).toEqual({ 'not-admitted': EACH });
  expect(statuses(surplus)).toEqual({ 'not-admitted': 20 });
  count('pods refused by Pod Security, each not admitted', unsafe.length);
  count('pods refused by a quota, each not admitted', surplus.length);
});

/** Takes a namespace out of the gate, which would refuse what another webhook put back. */
async function ungated(name: string): Promise<void> {
  const path = '/webhooks/0/namespaceSelector/matchExpressions/0/values/-';
  const patch = JSON.stringify([{ op: 'add', path, value: name }]);
  await kubectl(['patch', 'validatingwebhookconfiguration', 'zz-dropcap', '--type=json', '-p', patch]);
}

own('what another webhook put back is altered, and names the field', async () => {
  const bent = await enforcing('restricted');
  await ungated(bent);
  const putsBack = await inject('zzz-puts-back', bent, ({ spec }) =>
    spec.containers[0]!.securityContext?.capabilities?.add?.includes('SYS_ADMIN')
      ? []
      : [{ op: 'add', path: ADD, value: ['SYS_ADMIN'] }],
  );
  try {
    await until('the other webhook is called, and the gate is not', async () => {
      const { status } = await createPod(bent, pod('probe', ASKS, UNSCHEDULED), true);
      return status === 201 && putsBack.calls() > 0;
    });
    await createAll(bent, several('bent', EACH), 201);
    const pods = await markedPods(bent);
    const last = new Set(pods.map(({ record }) => record));
    const entries = await untilKnown(EACH, () => listedByAll('--namespace', bent));
    const isLast = ({ passes }: AuditEntry): boolean => passes.some(({ uid }) => last.has(uid));
    const altered = entries.filter(isLast);
    expect(altered).toHaveLength(EACH);
    expect(statuses(altered)).toEqual({ altered: EACH });
    for (const { result } of altered)
      expect(result!.alterations).toEqual([
        { container: 'main', rule: 'capabilities.add', proposed: null, found: ['SYS_ADMIN'] },
      ]);
    count('pods altered by another webhook, each altered', altered.length);
    // Of those that another replica was asked about in the end, the first does not say more than it knows.
    const earlier = entries.filter((entry) => !isLast(entry));
    expect(earlier.filter(({ result }) => result!.status !== 'unknown')).toEqual([]);
    count('first calls about them, where the second went to the other replica: unknown', earlier.length);
  } finally {
    await putsBack.remove();
  }
});

const browser = CHROME === undefined ? test.skip : test;

browser(
  'the page, through a port-forward, leads from the overview to a record (skipped without Chromium)',
  async () => {
    const [replica] = await servingPods();
    const complaints = await forwarded(replica!.metadata.name, async (url) => {
      const chromium = await startBrowser();
      try {
        const page = await chromium.newPage();
        const heard: string[] = [];
        page.on('console', (message) => heard.push(message.text()));
        page.on('pageerror', ({ message }) => heard.push(message));
        page.on('response', (response) => {
          if (response.status() >= 400) heard.push(`${response.status()}: ${response.url()}`);
        });
        page.setDefaultTimeout(120_000);
        await page.goto(`${url}/audit`);
        expect(new URL(page.url()).pathname).toBe('/audit/ui/');
        expect(await page.locator('h1').textContent()).toBe('Overview');
        await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Records' }).click();
        await page.locator('tbody th a').first().click();
        await page.waitForURL(/record\?uid=/);
        expect(await page.locator('main').textContent()).toContain('SYS_ADMIN');
        return heard;
      } finally {
        await chromium.close();
      }
    });
    expect(complaints).toEqual([]);
  },
);

const tokenOf = async (account: string): Promise<string> =>
  (await kubectl(['create', 'token', account, '-n', space])).trim();

own('from another place the trail opens to who is bound to dropcap-auditor, and to nobody else', async () => {
  const apiGroup = 'rbac.authorization.k8s.io';
  const name = `dropcap-${space}`;
  await kubectl(['create', 'serviceaccount', 'auditor', '-n', space]);
  const subjects = [{ kind: 'ServiceAccount', name: 'auditor', namespace: space }];
  const roleRef = { apiGroup, kind: 'ClusterRole', name: 'dropcap-auditor' };
  await apply([{ apiVersion: `${apiGroup}/v1`, kind: 'ClusterRoleBinding', metadata: { name }, roleRef, subjects }]);
  try {
    const [replica] = await servingPods();
    const { status } = await kubectlJson<{ status: { podIP: string } }>(
      ...['get', 'pod', replica!.metadata.name, '-n', SYSTEM],
    );
    const ask = (headers: Record<string, string>): Promise<Response> =>
      fetch(`http://${status.podIP}:8080/audit/stats`, { headers });
    const bearer = async (account: string) => ({ authorization: `Bearer ${await tokenOf(account)}` });
    expect((await ask({})).status).toBe(401);
    expect((await ask(await bearer('default'))).status).toBe(403);
    const headers = await bearer('auditor');
    const answer = await until('the role to count', async () => {
      const given = await ask(headers);
      return given.status === 200 && given;
    });
    expect((await answer.json()) as object).toHaveProperty('records');
  } finally {
    await kubectl(['delete', 'clusterrolebinding', name]);
  }
});

/** Makes pods at the same time, and does something when some of them are made. */
async function createAround(where: string, pods: readonly object[], meanwhile: () => void): Promise<void> {
  let answered = 0;
  const answers = pods.map((one) => createPod(where, one).then(() => answered++));
  await until('some are made', () => answered >= pods.length / 10);
  meanwhile();
  await Promise.all(answers);
}

own('a container that is killed at work goes on with its records, and with what it waited for', async () => {
  const killed = await enforcing('restricted');
  const { name } = (await servingPods())[0]!.metadata;
  const before = await forwarded(name, (url) => listed(url));
  expect(before.length).toBeGreaterThan(0);
  const restarted = await restarts(name);
  await createAround(killed, several('last', 5 * EACH), () => process.kill(serverProcess(name), 'SIGKILL'));
  await until('it is started again', async () => (await restarts(name)) > restarted);
  await until('it is ready', () => isReady(name));
  // What was in its hands at that moment came through unhardened, or was refused by the gate.
  const marked = (await markedPods(killed)).flatMap(({ record }) => record ?? []);
  expect(marked.length).toBeGreaterThan(EACH);
  const isOfPod = ({ uid }: AuditEntry): boolean => marked.includes(uid);
  const ofPods = await untilKnown(marked.length, async () =>
    (await listedByAll('--namespace', killed)).filter(isOfPod),
  );
  expect(uidsOf(ofPods)).toEqual(marked.toSorted());
  expect(statuses(ofPods)).toEqual({ admitted: marked.length });
  const after = await forwarded(name, (url) => listed(url));
  expect(uidsOf(after)).toEqual(expect.arrayContaining(uidsOf(before)));
  count('records of a killed container that are there after it', before.length);
  count('pods hardened while it was killed, each with its record, admitted', marked.length);
});
