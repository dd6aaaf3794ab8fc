/** Is there a cluster to talk to: that of a kubeconfig, or the one that this process runs in? */
export const hasCluster = (
  kubeconfig: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): boolean => kubeconfig !== undefined || env['KUBERNETES_SERVICE_HOST'] !== undefined;
