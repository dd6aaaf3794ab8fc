/** Two logs of the same requests, the API server's own and dropcap's, say the same; and what rights dropcap used. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { auditAnnotationsOf } from '../../src/admission/audit-annotations.ts';
import type { AuditRecord } from '../../src/audit/record.ts';
import { api, createPod } from './api.ts';
import { count } from './counts.ts';
import { recordsWhere, servingPods, SYSTEM } from './dropcap.ts';
import { kubectlJson, until } from './kubectl.ts';
import { dropNamespaces, enforcing, namespace } from './namespaces.ts';
import { auditPosition, ownCluster, serverEvents, type ServerEvent } from './own.ts';
import { container, pod } from './pods.ts';

afterAll(dropNamespaces);

// The audit log of a user's cluster is not ours to read.
const own = ownCluster === undefined ? test.skip : test;

const PODS = 200;

/** No kubelet is to run them; admission is what is looked at. */
const UNSCHEDULED = { schedulerName: 'nobody' };

/** Pods that differ: in what they add and drop, in their kinds of containers, in their flag. */
function varied(i: number): object {
  const add = [['SYS_ADMIN'], ['NET_BIND_SERVICE', 'CAP_CHOWN'], ['ALL'], undefined][i % 4];
  const drop = [undefined, ['all'], ['NET_RAW']][i % 3];
  const securityContext = { capabilities: { add, drop }, allowPrivilegeEscalation: i % 5 === 0 ? true : undefined };
  const initContainers =
    i % 2 === 0 ? [container('first', { securityContext: { privileged: i % 10 === 0 } })] : undefined;
  return pod(`varied-${i}`, { securityContext }, { ...UNSCHEDULED, initContainers });
}

interface ServerPatch {
  readonly webhook: string;
  readonly patch: unknown;
}

/** The patches of ours that the API server applied in one request, in order. */
const patchesIn = ({ annotations = {} }: ServerEvent): unknown[] =>
  Object.keys(annotations)
    .filter((key) => key.startsWith('patch.webhook.admission.k8s.io/'))
    .sort()
    .map((key) => JSON.parse(annotations[key]!) as ServerPatch)
    .filter(({ webhook }) => webhook === 'mutate.dropcap.dev')
    .map(({ patch }) => patch);

const oursIn = ({ annotations = {} }: ServerEvent): Record<string, string> =>
  Object.fromEntries(
    Object.entries(annotations)
      .filter(([key]) => key.startsWith('mutate.dropcap.dev/'))
      .map(([key, value]) => [key.slice('mutate.dropcap.dev/'.length), value]),
  );

const annotationsOf = ({ findings, policies, patch }: AuditRecord): Record<string, string> =>
  auditAnnotationsOf({ findings, policies, patch, optOut: undefined, exceptionsUsed: [], exceptionsExpired: [] });

let events = new Map<string, ServerEvent>();
let recorded = new Map<string, AuditRecord>();

if (ownCluster !== undefined)
  beforeAll(async () => {
    const space = await enforcing('restricted');
    const from = auditPosition();
    const names = Array.from({ length: PODS }, (_, i) => `varied-${i}`);
    const answers = await Promise.all(names.map((_, i) => createPod(space, varied(i))));
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 201));
    const found = await recordsWhere('of all pods', ({ namespace: at }) => at === space, PODS);
    recorded = new Map(found.map((record) => [record.name!, record]));
    const isOne = ({ verb, objectRef }: ServerEvent): boolean => verb === 'create' && objectRef?.namespace === space;
    const logged = await until('the API server logged all pods', () => {
      const all = serverEvents(from).filter((event) => isOne(event) && event.objectRef?.resource === 'pods');
      return all.length >= PODS && all;
    });
    events = new Map(logged.map((event) => [event.objectRef!.name!, event]));
  });

own('every patch that the API server applied is the one that our record has', () => {
  let operations = 0;
  for (const [name, event] of events) {
    const record = recorded.get(name)!;
    expect({ name, patches: patchesIn(event) }).toEqual({ name, patches: [record.patch] });
    operations += record.patch.length;
  }
  expect(events.size).toBe(PODS);
  count('requests whose patch is the same in both logs', events.size);
  count('operations in them', operations);
});

own('the audit annotations arrive as they were sent', () => {
  let annotations = 0;
  for (const [name, event] of events) {
    const sent = annotationsOf(recorded.get(name)!);
    expect({ name, annotations: oursIn(event) }).toEqual({ name, annotations: sent });
    annotations += Object.keys(sent).length;
  }
  expect(annotations).toBeGreaterThan(PODS);
  count('audit annotations that arrived as sent', annotations);
});

test('warnings reach the client as they were sent', async () => {
  const space = await enforcing('restricted');
  const annotations = { 'dropcap.dev/opt-out': 'true', 'dropcap.dev/opt-out-reason': 'to see' };
  const { warnings } = await createPod(space, pod('asks', {}, UNSCHEDULED, { annotations }));
  const [record] = await recordsWhere('of the ignored opt-out', (found) => found.namespace === space);
  const sent = record!.optOut!.ignored.map(({ policy, why }) => `dropcap: opt-out ignored by ${policy}: ${why}`);
  expect(sent.length).toBeGreaterThan(0);
  // The API server cuts nothing of it; dropcap itself keeps a warning to 120 characters.
  expect(warnings.map((text) => text.replace(/…$/, ''))).toEqual(
    sent.map((text) => expect.stringContaining(text.slice(0, 119))),
  );
  count('warnings that arrived as sent', warnings.length);
});

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** What rules allow, one right a line: `verb resource[/name]`. */
const allowedBy = (rules: readonly Rule[]): string[] =>
  rules
    .flatMap(({ resources, resourceNames = [''], verbs }) =>
      resources.flatMap((resource) =>
        resourceNames.flatMap((name) => verbs.map((verb) => `${verb} ${resource}${name && `/${name}`}`)),
      ),
    )
    .sort();

const rulesOf = async (...role: string[]): Promise<readonly Rule[]> =>
  (await kubectlJson<{ rules: readonly Rule[] }>('get', ...role)).rules;

const requestsBy = (serviceAccount: string): ServerEvent[] =>
  serverEvents().filter(({ user }) => user.username === `system:serviceaccount:${SYSTEM}:${serviceAccount}`);

/** Rights that were used: with the name only where the role has names. */
const used = (found: readonly ServerEvent[], named: boolean): string[] =>
  [
    ...new Set(
      found.map(
        ({ verb, objectRef }) => `${verb} ${objectRef?.resource ?? ''}${named ? `/${objectRef?.name ?? ''}` : ''}`,
      ),
    ),
  ].sort();

const isRefused = ({ responseStatus }: ServerEvent): boolean => [401, 403].includes(responseStatus?.code ?? 0);

/** Asks a replica about a pod in a namespace that its watch has not told of: it looks that one up by name. */
async function askAboutUnknownNamespace(): Promise<void> {
  const [replica] = await servingPods();
  const request = {
    uid: 'unknown-namespace',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    operation: 'CREATE',
    namespace: 'e2e-not-yet-known',
    object: pod('early'),
  };
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
  const proxy = `/api/v1/namespaces/${SYSTEM}/pods/https:${replica!.metadata.name}:8443/proxy/mutate`;
  // It is not there, and no labels are never taken for labels that say nothing.
  expect((await api('POST', proxy, review)).status).toBe(500);
}

own('the serving pods used every right that they have, and were refused none', async () => {
  await askAboutUnknownNamespace();
  await until('it is in the log', () => requestsBy('dropcap').some(({ verb }) => verb === 'get'));
  const found = requestsBy('dropcap');
  expect(found.filter(isRefused)).toEqual([]);
  expect(used(found, false)).toEqual(allowedBy(await rulesOf('clusterrole', 'dropcap')));
  count('rights of the serving pods, all used', used(found, false).join(', '));
  count('requests of theirs that were refused', found.filter(isRefused).length);
});

own('the certificate jobs used every right that they have, and were refused none', async () => {
  const found = requestsBy('dropcap-certificates');
  expect(found.filter(isRefused)).toEqual([]);
  const allowed = [
    ...(await rulesOf('clusterrole', 'dropcap-certificates')),
    ...(await rulesOf('role', 'dropcap-certificates', '-n', SYSTEM)),
  ];
  expect(used(found, true)).toEqual(allowedBy(allowed));
  count('rights of the certificate jobs, all used', used(found, true).join(', '));
});

own('pods of namespaces without a label leave only records of what would be', async () => {
  const space = await namespace();
  const from = auditPosition();
  await createPod(space, pod('free', {}, UNSCHEDULED));
  await recordsWhere('of the audited pod', ({ namespace: at }) => at === space);
  const [event] = await until('the API server logged it', () => {
    const all = serverEvents(from).filter(
      ({ objectRef }) => objectRef?.namespace === space && objectRef.name === 'free',
    );
    return all.length > 0 && all;
  });
  expect(patchesIn(event!)).toEqual([]);
});
