/** The cluster that a command works on. */
import { clusterAt, type Ask } from '../kube/api.ts';
import { hasCluster } from '../kube/in-cluster.ts';
import { BadInput, type Context } from './context.ts';
import { whyNot } from './say.ts';

/** Opens it: by a kubeconfig, or in a pod by its service account. Throws `BadInput` where there is none. */
export function openCluster(kubeconfig: string | undefined, { env }: Context): Ask {
  if (!hasCluster(kubeconfig, env))
    throw new BadInput(['error: missing: --kubeconfig <file> (only in a pod is the cluster known)']);
  try {
    return clusterAt(kubeconfig);
  } catch (error) {
    throw new BadInput([`error: --kubeconfig: ${whyNot(error, kubeconfig ?? '')}`]);
  }
}
