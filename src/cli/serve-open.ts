/** Opens everything that the server is made of, and says at once all that is wrong. */
import { hasCluster } from '../kube/in-cluster.ts';
import { namespaceFile } from '../kube/namespace-file.ts';
import type { NamespaceSource } from '../kube/source.ts';
import type { PolicySource } from '../policies/source.ts';
import { Certificate } from '../server/certificate.ts';
import type { Log } from '../server/log.ts';
import type { ServerParts } from '../server/serve.ts';
import { BadInput, type Context } from './context.ts';
import { followPolicies, type FollowedPolicies } from './policies.ts';
import { whyNot } from './say.ts';
import { openKeptStore, openTrail, startIngester, type KeptStore } from './serve-audit.ts';
import { openEvents } from './serve-events.ts';
import { openRecords, startLooking } from './serve-records.ts';
import type { ServeOptions } from './serve.ts';

/** What a server keeps open. */
export type Opened = Pick<
  ServerParts,
  'policies' | 'certificate' | 'namespaces' | 'trail' | 'ingester' | 'records' | 'results' | 'events' | 'auditRecord'
>;

type Attempt = <T>(option: string, file: string | undefined, open: () => T | Promise<T>) => Promise<T | undefined>;

/** Opens things one after the other, and remembers what is wrong instead of ending with the first. */
function attempts(errors: string[]): Attempt {
  return async (option, file, open) => {
    try {
      return await open();
    } catch (error) {
      errors.push(...(error instanceof BadInput ? error.lines : [`error: ${option}: ${whyNot(error, file ?? '')}`]));
      return undefined;
    }
  };
}

/** Labels from a cluster; none where no policy asks for them. */
async function labelsFromCluster(
  { kubeconfig }: ServeOptions,
  { source, readers }: FollowedPolicies,
  context: Context,
  log: Log,
): Promise<NamespaceSource | undefined> {
  if (!source.current().readsNamespaceLabels) {
    source.goWithoutLabels();
    return undefined;
  }
  if (!hasCluster(kubeconfig, context.env))
    throw new BadInput([
      `error: the labels of namespaces are needed (by ${readers.join(', ')}), and there is no cluster to read them from`,
      'Opt-outs and namespaceSelector depend on them. Give --kubeconfig, or --namespaces with a file of Namespace objects,',
      'or take both out of the policies (optOut: {allowed: false}).',
    ]);
  const { namespaceInformer } = await import('../kube/namespace-informer.ts');
  const onError = (error: Error): void => {
    log.error('the namespaces of the cluster cannot be watched; trying again', { reason: error.message });
  };
  return namespaceInformer({ kubeconfig, onError });
}

async function openNamespaces(
  options: ServeOptions,
  followed: FollowedPolicies | undefined,
  attempt: Attempt,
  [context, log]: [Context, Log],
): Promise<NamespaceSource | undefined> {
  const { namespaces: file, kubeconfig } = options;
  if (file !== undefined) return attempt('--namespaces', file, () => namespaceFile(file));
  return followed && attempt('--kubeconfig', kubeconfig, () => labelsFromCluster(options, followed, context, log));
}

/** What goes with a store: it is filled, shown, and named on pods. */
async function openKept(
  store: KeptStore | undefined,
  options: ServeOptions,
  policies: PolicySource,
  [context, log]: [Context, Log],
): Promise<Pick<ServerParts, 'ingester' | 'records' | 'auditRecord'>> {
  if (!store) return {};
  const ingester = await startIngester(store, options, log);
  return { ingester, records: await openRecords(store, options, policies, context), auditRecord: true };
}

/** Opens policies, certificate, namespaces and audit trail. Throws `BadInput` with all that is wrong with any of them. */
export async function openAll(options: ServeOptions, context: Context, log: Log): Promise<Opened> {
  const errors: string[] = [];
  const attempt = attempts(errors);
  const { tlsCertFile: cert, tlsPrivateKeyFile: key, clientCaFile: clientCa } = options;
  const followed = await attempt('--policy', undefined, () => followPolicies(options.policy, log));
  const certificate = await attempt('TLS', undefined, () => new Certificate({ cert, key, clientCa }));
  const store = await attempt('--audit-store', options.auditStore, () => openKeptStore(options, log));
  const trail = await attempt('--audit-log', options.auditLog, () => openTrail(options, store?.trail, context, log));
  // Last, for a cluster is asked from here on.
  const namespaces = await openNamespaces(options, followed, attempt, [context, log]);
  const results = await attempt('--watch-pods', undefined, () => startLooking(store, options, context, log));
  const events = await attempt('--events', options.kubeconfig, () => openEvents(options, context, log));
  if (followed && certificate && trail && errors.length === 0) {
    const { source: policies } = followed;
    const kept = await openKept(store, options, policies, [context, log]);
    return { policies, certificate, namespaces, trail, results, events, ...kept };
  }
  // What stays open would keep the process alive.
  for (const open of [followed?.source, namespaces, results, trail ?? store?.trail]) await open?.close();
  throw new BadInput(errors);
}
