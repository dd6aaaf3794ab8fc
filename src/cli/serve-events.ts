/** Opens what tells of decisions by Events. */
import { hostname } from 'node:os';
import type { Events } from '../events/events.ts';
import { hasCluster } from '../kube/in-cluster.ts';
import type { Log } from '../server/log.ts';
import { BadInput, type Context } from './context.ts';
import type { ServeOptions } from './serve.ts';

/** What writes Events, where that is asked for. Throws `BadInput` where there is no cluster to write them to. */
export async function openEvents(
  { events, kubeconfig }: ServeOptions,
  { env }: Context,
  log: Log,
): Promise<Events | undefined> {
  if (!events) return undefined;
  if (!hasCluster(kubeconfig, env))
    throw new BadInput(['error: --events: there is no cluster to write them to; give --kubeconfig']);
  const [{ clusterAt }, { eventsTo }, { Events }] = await Promise.all([
    import('../kube/api.ts'),
    import('../kube/events.ts'),
    import('../events/events.ts'),
  ]);
  return new Events({
    write: eventsTo(clusterAt(kubeconfig)),
    instance: hostname(),
    onError: ({ message: reason }) => log.error('Events cannot be written; pods are decided all the same', { reason }),
  });
}
