import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app, namespace } from './pod.ts';

/** How many policies there are and what tells them apart. Exactly one covers the pods that the benchmark sends. */
export interface Layout {
  readonly count: number;
  readonly apartBy: 'namespace' | 'label';
}

/** The one policy that the benchmark compares everything with. */
export const single: Layout = { count: 1, apartBy: 'namespace' };

const matchFor = { namespace: namespace.replace(/\d+$/, ''), label: app.replace(/\d+$/, '') };

function match({ count, apartBy }: Layout, n: number): string {
  // The only policy there is must be the one that covers the pods.
  if (count === 1) return `{namespaces: [${namespace}]}`;
  if (apartBy === 'namespace') return `{namespaces: [${matchFor.namespace}${n}]}`;
  return `{namespaces: [${namespace}], podSelector: {matchLabels: {app: ${matchFor.label}${n}}}}`;
}

const policy = (layout: Layout, n: number): string => `apiVersion: dropcap.dev/v1alpha1
kind: HardeningPolicy
metadata: {name: restricted-${n}}
spec:
  mode: enforce
  match: ${match(layout, n)}
  capabilities: {drop: [ALL], allowedAdd: [NET_BIND_SERVICE]}
  allowPrivilegeEscalation: false
`;

/** Writes the policies into a folder of their own and returns its path. */
export function writePolicies(folder: string, layout: Layout): string {
  const path = join(folder, `policies-${layout.count}-by-${layout.apartBy}`);
  mkdirSync(path, { recursive: true });
  for (let n = 0; n < layout.count; n++) writeFileSync(join(path, `restricted-${n}.yaml`), policy(layout, n));
  return path;
}

/** Writes the Namespace of the pods and returns the file's path. */
export function writeNamespaces(folder: string): string {
  const path = join(folder, 'namespaces.yaml');
  const labels = `{kubernetes.io/metadata.name: ${namespace}}`;
  writeFileSync(path, `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${namespace}\n  labels: ${labels}\n`);
  return path;
}
