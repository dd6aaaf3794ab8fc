/** Opens what shows a server's records, and what looks at what became of them. */
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditRecord } from '../audit/record.ts';
import { hasCluster } from '../kube/in-cluster.ts';
import type { PolicySource } from '../policies/source.ts';
import type { Results } from '../results/results.ts';
import type { Log } from '../server/log.ts';
import type { ServerParts } from '../server/serve.ts';
import { isPostgres } from '../store/postgres-url.ts';
import { BadInput, type Context } from './context.ts';
import type { KeptStore, StorePlace } from './serve-audit.ts';
import type { ServeOptions } from './serve.ts';

/** How far back pods are looked for after a start, in milliseconds. */
const LOOK_BACK_MS = 3_600_000;
const TRIES = 12;
const AGAIN_MS = 5_000;

/** What answers under /audit. Opens no store before it is asked. */
export async function openRecords(
  { location }: StorePlace,
  { kubeconfig }: ServeOptions,
  policies: PolicySource,
  { env, version }: Context,
): Promise<ServerParts['records']> {
  const [{ openAudit }, { auditPage }] = await Promise.all([
    import('../server/audit-open.ts'),
    import('../page/router.ts'),
  ]);
  const audit = openAudit({ location, kubeconfig, env });
  const page = auditPage({
    reader: audit.reader,
    policies: () => ({ set: policies.current(), version: policies.version() }),
    now: Date.now,
    version,
    instance: hostname(),
    isAlone: !isPostgres(location),
  });
  return { ...audit, page };
}

/** Records of which the process before this one did not know what became. Asks again for a minute: a database may be down. */
async function awaitedIn({ location, journal }: StorePlace): Promise<readonly AuditRecord[]> {
  const { openStore } = await import('../store/open.ts');
  for (let tries = 1; ; tries++)
    try {
      const store = await openStore(location, { journal });
      try {
        // What that process left in the journal is awaited, too.
        await store.ingest();
        return await store.awaited(Date.now() - LOOK_BACK_MS);
      } finally {
        await store.close();
      }
    } catch (error) {
      if (tries === TRIES) throw error;
      await sleep(AGAIN_MS, undefined, { ref: false });
    }
}

/** Begins to look at pods, where that is asked for. Throws `BadInput` where there is no cluster to look at. */
export async function startLooking(
  store: KeptStore | undefined,
  { watchPods, kubeconfig }: ServeOptions,
  { env }: Context,
  log: Log,
): Promise<Results | undefined> {
  if (!store || !watchPods) return undefined;
  if (!hasCluster(kubeconfig, env))
    throw new BadInput(['error: --watch-pods: there is no cluster to watch; give --kubeconfig']);
  const [{ Connection }, { startResults }] = await Promise.all([
    import('../kube/connection.ts'),
    import('../results/results.ts'),
  ]);
  return startResults({
    connection: new Connection(kubeconfig),
    append: (line) => store.trail.append(line),
    awaited: () => awaitedIn(store),
    onError: ({ message: reason }) => log.error('what became of pods cannot be seen; trying again', { reason }),
  });
}
