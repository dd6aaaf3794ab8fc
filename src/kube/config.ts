import { KubeConfig } from '@kubernetes/client-node';

/** What is known of a cluster from its kubeconfig, or undefined: the pod's own service account. Throws where it is wrong. */
export function configAt(kubeconfig: string | undefined): KubeConfig {
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromCluster();
  else config.loadFromFile(kubeconfig);
  return config;
}
