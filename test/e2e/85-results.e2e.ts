/** What became of hundreds of pods on a real API server: each record is marked as it should be. */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { journalFolder } from '../../src/audit/journal-segments.ts';
import { openJournalTrail } from '../../src/audit/journal-trail.ts';
import { Connection } from '../../src/kube/connection.ts';
import { startResults, type Results } from '../../src/results/results.ts';
import { openStore, type AuditStore } from '../../src/store/open.ts';
import type { AuditEntry } from '../../src/store/terms.ts';
import { makeCertificate } from '../certificate.ts';
import { writePair } from '../server/certificates.ts';
import { restricted, start, type TestServer } from '../server/harness.ts';
import { createPod, serverHost } from './api.ts';
import { count } from './counts.ts';
import { inject, type Injector } from './injector.ts';
import { apply, kubectl, until } from './kubectl.ts';
import { dropNamespaces, namespace } from './namespaces.ts';
import { ownCluster } from './own.ts';
import { pod } from './pods.ts';

// The API server has to reach a webhook in this process.
const own = ownCluster === undefined ? test.skip : test;

// Not as short as the harness has it: that no pod came is known after a minute or two.
jest.setTimeout(600_000);

const EACH = 100;
/** No kubelet is to run them. */
const UNSCHEDULED = { schedulerName: 'nobody' };
const ASKS = { securityContext: { capabilities: { add: ['SYS_ADMIN', 'NET_BIND_SERVICE'] } } };
const ADD = '/spec/containers/0/securityContext/capabilities/add';

const folder = mkdtempSync(join(tmpdir(), 'dropcap-results-'));
const names = (prefix: string): string[] => Array.from({ length: EACH }, (_, i) => `${prefix}-${i}`);

let server: TestServer;
let results: Results;
let store: AuditStore;
let putsBack: Injector;
let space = '';
let strict = '';

const webhook = (caBundle: string): object => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingWebhookConfiguration',
  metadata: { name: 'dropcap-results' },
  webhooks: [
    {
      name: 'mutate.results.dropcap.test',
      clientConfig: { url: `https://${serverHost}:${server.port}/mutate`, caBundle },
      rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
      namespaceSelector: {
        matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: [space, strict] }],
      },
      admissionReviewVersions: ['v1'],
      sideEffects: 'NoneOnDryRun',
      failurePolicy: 'Fail',
      reinvocationPolicy: 'IfNeeded',
      timeoutSeconds: 10,
    },
  ],
});

if (ownCluster !== undefined) {
  beforeAll(async () => {
    space = await namespace();
    strict = await namespace({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    const pair = await makeCertificate(serverHost);
    writePair(folder, pair);
    const file = join(folder, 'audit.db');
    store = await openStore(file);
    const unexpected = (error: Error): never => {
      throw error;
    };
    const trail = await openJournalTrail(journalFolder(file), {
      failure: 'required',
      onOutage: unexpected,
      onRecovery: () => undefined,
    });
    results = startResults({
      connection: new Connection(process.env['KUBECONFIG']),
      append: (line) => trail.append(line),
      awaited: () => Promise.resolve([]),
      onError: unexpected,
    });
    const policies = [restricted()];
    server = await start({ policies, store: trail, auditRecord: true, results, mounted: { folder, ca: pair } });
    await apply([webhook(Buffer.from(pair.cert).toString('base64'))]);
    // After ours in each pass, so that it has the last word: what we take away it puts back.
    putsBack = await inject('zz-puts-back', space, ({ metadata, spec }) =>
      metadata.name.startsWith('altered-') &&
      !spec.containers[0]!.securityContext?.capabilities?.add?.includes('SYS_ADMIN')
        ? [{ op: 'add', path: ADD, value: ['SYS_ADMIN'] }]
        : [],
    );
    const isCalled = async (): Promise<boolean> =>
      JSON.stringify((await createPod(space, pod('probe', {}, UNSCHEDULED), true)).body).includes('"drop":["ALL"]');
    await until('the API server calls the webhook', isCalled);
  });
  afterAll(async () => {
    await putsBack.remove();
    await kubectl(['delete', 'mutatingwebhookconfiguration', 'dropcap-results']);
    await server.close();
    await store.close();
    rmSync(folder, { recursive: true });
    await dropNamespaces();
  });
}

const create = async (where: string, prefix: string): Promise<number[]> =>
  (await Promise.all(names(prefix).map((name) => createPod(where, pod(name, ASKS, UNSCHEDULED))))).map(
    ({ status }) => status,
  );

/** The requests of a namespace that have a result, by the name of the pod. */
async function told(where: string, prefix: string, least: number): Promise<AuditEntry[]> {
  return until(`results of ${least} pods ${prefix}`, async () => {
    await store.ingest();
    const { entries } = await store.list({ namespace: where }, 1_000);
    const found = entries.filter(({ passes, result }) => result && passes[0]!.name!.startsWith(`${prefix}-`));
    return found.length >= least && found;
  });
}

const statusesOf = (entries: readonly AuditEntry[]): string[] => [
  ...new Set(entries.map(({ result }) => `${result!.status}${result!.reason ? `: ${result!.reason}` : ''}`)),
];

own('pods that were made are admitted, with their names and uids', async () => {
  expect(new Set(await create(space, 'made'))).toEqual(new Set([201]));
  const entries = await told(space, 'made', EACH);
  expect(statusesOf(entries)).toEqual(['admitted']);
  for (const { passes, result } of entries) expect(result!.pod!.name).toBe(passes[0]!.name);
  expect(new Set(entries.map(({ result }) => result!.pod!.uid)).size).toBe(EACH);
  count('records marked admitted', entries.length);
});

own('what another webhook put back is altered, and says what', async () => {
  expect(new Set(await create(space, 'altered'))).toEqual(new Set([201]));
  const entries = await told(space, 'altered', EACH);
  expect(statusesOf(entries)).toEqual(['altered']);
  const found = { proposed: null, found: ['SYS_ADMIN'] };
  const proposed = { container: 'main', rule: 'capabilities.add' };
  for (const { passes, result } of entries) {
    // Ours was called again after the other, and the other after that.
    expect(passes).toHaveLength(2);
    expect(passes[1]!.follows).toBe(passes[0]!.uid);
    expect(result!.alterations).toEqual([{ ...proposed, ...found }]);
  }
  count('records marked altered', entries.length);
});

own('pods that were refused after they were hardened are not admitted', async () => {
  expect(new Set(await create(strict, 'unsafe'))).toEqual(new Set([403]));
  // These are there already.
  expect(new Set(await create(space, 'made'))).toEqual(new Set([409]));
  const refused = await told(strict, 'unsafe', EACH);
  expect(statusesOf(refused)).toEqual(['not-admitted']);
  const again = await told(space, 'made', 2 * EACH);
  const statuses = again.map(({ result }) => result!.status).sort();
  expect(statuses).toEqual([...Array<string>(EACH).fill('admitted'), ...Array<string>(EACH).fill('not-admitted')]);
  count('records marked not admitted', refused.length + EACH);
  expect(results.counts()).toMatchObject({ lists: 1, lost: 0, pending: 0 });
});
