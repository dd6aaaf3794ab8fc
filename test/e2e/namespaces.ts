/** Namespaces of the tests' own. */
import { randomBytes } from 'node:crypto';
import { apply, kubectl, tryKubectl, until } from './kubectl.ts';

/** Makes a namespace with these labels, waits until pods can be made in it, and gives its name. */
export async function namespace(labels: Readonly<Record<string, string>> = {}): Promise<string> {
  const name = `e2e-${randomBytes(4).toString('hex')}`;
  await apply([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { 'dropcap.test': 'e2e', ...labels } } },
  ]);
  const isReady = async (): Promise<boolean> =>
    (await tryKubectl(['get', 'serviceaccount', 'default', '-n', name])).status === 0;
  await until(`the default service account of ${name}`, isReady);
  return name;
}

/** A namespace in which dropcap enforces one of its policies. */
export const enforcing = (policy: 'restricted' | 'compatible' | 'baseline'): Promise<string> =>
  namespace({ 'dropcap.dev/enforce': policy });

/** Deletes the namespaces of this test file, without waiting for the end of it. */
export const dropNamespaces = (): Promise<string> =>
  kubectl(['delete', 'namespace', '-l', 'dropcap.test=e2e', '--wait=false', '--ignore-not-found']);
