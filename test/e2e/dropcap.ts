/** The dropcap under test: where it is installed, how to wait for it, and what it recorded. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AuditRecord } from '../../src/audit/record.ts';
import { kubectl, kubectlJson, tryKubectl, until } from './kubectl.ts';

/** Its namespace. */
export const SYSTEM = 'dropcap-system';

const MANIFESTS = fileURLToPath(new URL('../../manifests', import.meta.url));

/** The manifests of this repository, or one overlay of them. In a run with an image of one's own, copies that name it. */
export function manifests(overlay?: string): string {
  const theirs = process.env['DROPCAP_E2E_OVERLAYS'];
  if (theirs !== undefined) return join(theirs, overlay ?? 'default');
  return overlay === undefined ? MANIFESTS : join(MANIFESTS, 'overlays', overlay);
}

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

const SERVING = 'app.kubernetes.io/name=dropcap,app.kubernetes.io/component=webhook';

/** The serving pods that are not going away. */
export async function servingPods(): Promise<Pod[]> {
  const { items } = await kubectlJson<{ items: Pod[] }>('get', 'pods', '-n', SYSTEM, '-l', SERVING);
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

const isTrusted = async (): Promise<boolean> => {
  const bundles = await kubectl([
    'get',
    'mutatingwebhookconfiguration,validatingwebhookconfiguration',
    '-l',
    'app.kubernetes.io/name=dropcap',
    '-o',
    'jsonpath={range .items[*].webhooks[*]}{.clientConfig.caBundle}{"\\n"}{end}',
  ]);
  return bundles
    .split('\n')
    .slice(0, -1)
    .every((bundle) => bundle !== '');
};

/** Waits until all replicas serve and the API server trusts them. */
export async function untilServing(seconds = 180): Promise<void> {
  await kubectl(['rollout', 'status', 'deployment/dropcap', '-n', SYSTEM, `--timeout=${seconds}s`]);
  await until('caBundle in the webhook configurations', isTrusted, seconds);
}

/** Every audit record that the running replicas have written so far. */
export async function records(): Promise<AuditRecord[]> {
  const pods = await servingPods();
  const logs = await Promise.all(
    pods.map(({ metadata }) => tryKubectl(['logs', '-n', SYSTEM, metadata.name, '--tail=-1'])),
  );
  const lines = logs.flatMap(({ stdout }) => stdout.split('\n')).filter((line) => line.startsWith('{"time":'));
  return lines.map((line) => JSON.parse(line) as AuditRecord);
}

/** Waits for records that satisfy a condition. They reach the log some milliseconds after the answer. */
export const recordsWhere = (
  what: string,
  holds: (record: AuditRecord) => boolean,
  least = 1,
): Promise<AuditRecord[]> =>
  until(`${least} records: ${what}`, async () => {
    const found = (await records()).filter(holds);
    return found.length >= least && found;
  });
