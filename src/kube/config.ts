import { KubeConfig } from '@kubernetes/client-node';

/** What is known of a cluster from its kubeconfig, or undefined: the pod's own service account. Throws where it is wrong. */
export function configAt(kubeconfig: string | undefined): KubeConfig {
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromCluster();
  else config.loadFromFile(kubeconfig);
  return config;
}

/** The address of its API server, without a slash at the end. Throws where it names no cluster. */
export function serverOf(config: KubeConfig, kubeconfig: string | undefined): string {
  const server = config.getCurrentCluster()?.server;
  if (server !== undefined) return server.replace(/\/$/, '');
  throw new Error(`${kubeconfig ?? 'service account'}: has no current context with a cluster`);
}
