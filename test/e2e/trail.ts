/** The overlays that keep audit records: put over the install, asked as people ask them, and taken away again. */
import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from '@jest/globals';
import type { AuditEntry, AuditPage } from '../../src/store/terms.ts';
import { createPod } from './api.ts';
import { remark } from './counts.ts';
import { manifests, servingPods, SYSTEM, untilServing } from './dropcap.ts';
import { kubectl, kubectlJson, tryKubectl, until, type Said } from './kubectl.ts';
import { pod, type StoredPod } from './pods.ts';

const COMMAND = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Runs the real command. */
export function dropcap(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Said> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', COMMAND, ...args],
      { env: { ...process.env, ...env }, maxBuffer: 1 << 28 },
      (error, stdout, stderr) => resolve({ status: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    );
  });
}

/** Forwards a free port of this machine to the admin port of a pod of dropcap's, as long as it is used. */
export async function forwarded<T>(name: string, use: (url: string) => Promise<T>): Promise<T> {
  const child = spawn('kubectl', ['port-forward', '-n', SYSTEM, `pod/${name}`, ':8080', '--address=127.0.0.1']);
  let said = '';
  const take = (chunk: Buffer): void => void (said += chunk.toString());
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  try {
    const port = await until(`kubectl port-forward to ${name}`, () => {
      if (child.exitCode !== null) throw new Error(`kubectl port-forward to ${name}: ${said}`);
      return /from 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
    });
    return await use(`http://127.0.0.1:${port}`);
  } finally {
    child.kill();
  }
}

/** Does the same with each replica, by its name and the URL of its admin port. */
export async function ofEach<T>(use: (url: string, name: string) => Promise<T>): Promise<T[]> {
  const found: T[] = [];
  for (const { metadata } of await servingPods())
    found.push(await forwarded(metadata.name, (url) => use(url, metadata.name)));
  return found;
}

/** What `dropcap audit list` finds in a store. */
export async function listed(store: string, ...filters: readonly string[]): Promise<readonly AuditEntry[]> {
  const args = ['audit', 'list', '--audit-store', store, '--limit', '10000', '-o', 'json', ...filters];
  const { status, stdout, stderr } = await dropcap(args);
  if (status !== 0) throw new Error(`dropcap ${args.join(' ')}: exit ${status}: ${stderr}`);
  return (JSON.parse(stdout) as AuditPage).entries;
}

/** What all replicas together have, each for itself. */
export const listedByAll = async (...filters: readonly string[]): Promise<AuditEntry[]> =>
  (await ofEach((url) => listed(url, ...filters))).flat();

/** A question that fails is asked again: on a busy machine an answer may take longer than a replica lets it. */
function orLater(error: Error): undefined {
  remark(error.message);
}

/** Waits until there are so many entries, and of each it is known what became of it. */
export const untilKnown = (least: number, list: () => Promise<readonly AuditEntry[]>): Promise<readonly AuditEntry[]> =>
  until(
    `what became of ${least} requests`,
    async () => {
      const entries = await list().catch(orLater);
      return entries !== undefined && entries.length >= least && entries.every(({ result }) => result) && entries;
    },
    420,
  );

/** How many entries have which status. */
export function statuses(entries: readonly AuditEntry[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { result } of entries) found[result!.status] = (found[result!.status] ?? 0) + 1;
  return found;
}

/** A pod of a namespace as the tests of the trail look at it. */
export interface MarkedPod {
  readonly name: string;
  readonly uid: string;
  /** Its annotation; undefined where it has none. */
  readonly record: string | undefined;
}

/** All pods of a namespace. */
export async function markedPods(namespace: string): Promise<MarkedPod[]> {
  interface Item {
    metadata: { name: string; uid: string; annotations?: Record<string, string> };
  }
  const { items } = await kubectlJson<{ items: Item[] }>('get', 'pods', '-n', namespace);
  return items.map(({ metadata: { name, uid, annotations } }) => ({
    name,
    uid,
    record: annotations?.['dropcap.dev/audit-record'],
  }));
}

const PODS = 'app.kubernetes.io/name=dropcap,app.kubernetes.io/component=webhook';

/** All replicas are those of the newest manifests, and the API server asks none of those before them. */
async function untilRenewed(space: string): Promise<void> {
  await untilServing(300);
  await until('the pods before them are gone', async () => {
    const { items } = await kubectlJson<{ items: unknown[] }>('get', 'pods', '-n', SYSTEM, '-l', PODS);
    return items.length === (await servingPods()).length;
  });
  const isHardened = async (): Promise<boolean> => {
    const { body } = await createPod(space, pod('probe'), true);
    return (body as Partial<StoredPod>).spec?.containers[0]!.securityContext !== undefined;
  };
  await until('pods are hardened', async () =>
    (await Promise.all(Array.from({ length: 20 }, isHardened))).every(Boolean),
  );
}

/** Puts an overlay over what is installed. `space` is a namespace that enforces. */
export async function useOverlay(overlay: string, space: string): Promise<void> {
  await kubectl(['apply', '-k', manifests(overlay)]);
  await untilRenewed(space);
}

/** The install as it was before the overlay: what that brought besides goes, too. */
export async function backToDefault(space: string): Promise<void> {
  await kubectl(['apply', '-k', manifests()]);
  const brought = ['dropcap-audit', 'dropcap-auditor'];
  await kubectl(['delete', 'clusterrole,clusterrolebinding', ...brought, '--ignore-not-found']);
  await untilRenewed(space);
}

/** Times that the container of a replica was started again. */
export async function restarts(name: string): Promise<number> {
  const path = '{.status.containerStatuses[0].restartCount}';
  const { stdout } = await tryKubectl(['get', 'pod', name, '-n', SYSTEM, '-o', `jsonpath=${path}`]);
  return Number(stdout);
}

/** Is a replica ready? */
export async function isReady(name: string): Promise<boolean> {
  const path = '{.status.containerStatuses[0].ready}';
  return (await tryKubectl(['get', 'pod', name, '-n', SYSTEM, '-o', `jsonpath=${path}`])).stdout === 'true';
}

/** Makes pods at the same time. Expects that all of them are answered so. */
export async function createAll(namespace: string, pods: readonly object[], status: number): Promise<void> {
  const answers = await Promise.all(pods.map((one) => createPod(namespace, one)));
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([status]));
}
