/** Pods that dropcap does not touch at all, and why. */
import { objectAt, stringAt, type JsonObject } from './pod.ts';
import type { User } from './request.ts';
import type { Labels } from './selector.ts';

const OS_LABELS = ['kubernetes.io/os', 'beta.kubernetes.io/os'];
const REQUIRED = '/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution';
const TERMS = `${REQUIRED}/nodeSelectorTerms`;
const MIRROR = 'kubernetes.io/config.mirror';

/** Does this node selector term admit only nodes that are labelled as Windows? `NotIn [windows]` does not. */
function termSelectsWindows(term: unknown): boolean {
  const requirements = objectAt(term, TERMS)?.['matchExpressions'];
  if (!Array.isArray(requirements)) return false;
  return requirements.some((value: unknown) => {
    const { key, operator, values } = objectAt(value, `${TERMS}/matchExpressions`) ?? {};
    return (
      typeof key === 'string' &&
      OS_LABELS.includes(key) &&
      operator === 'In' &&
      Array.isArray(values) &&
      values.length > 0 &&
      values.every((os) => os === 'windows')
    );
  });
}

function affinitySelectsWindows(spec: JsonObject): boolean {
  const node = objectAt(objectAt(spec['affinity'], '/spec/affinity')?.['nodeAffinity'], '/spec/affinity/nodeAffinity');
  const terms = objectAt(node?.['requiredDuringSchedulingIgnoredDuringExecution'], REQUIRED)?.['nodeSelectorTerms'];
  // Terms are alternatives: where one of them admits a Linux node, the pod may run there.
  return Array.isArray(terms) && terms.length > 0 && terms.every(termSelectsWindows);
}

/**
 * Is this a Windows pod, where Linux capabilities mean nothing and the API server may refuse the fields? Only what keeps a
 * pod off Linux nodes counts. `windowsOptions` does not: a pod that has them and nothing else runs on a Linux node with all
 * its capabilities (seen on Kubernetes 1.37), so they would be a way around every policy; and where spec.os is unset the API
 * server takes the hardened fields beside them.
 */
export function isWindows(spec: JsonObject): boolean {
  const os = spec['os'] == null ? '' : stringAt(objectAt(spec['os'], '/spec/os')?.['name'], '/spec/os/name');
  if (os !== '') return os === 'windows';
  const nodes = objectAt(spec['nodeSelector'], '/spec/nodeSelector');
  if (nodes && OS_LABELS.some((label) => nodes[label] === 'windows')) return true;
  return spec['affinity'] != null && affinitySelectsWindows(spec);
}

/**
 * Is this the API server's picture of a static pod? The annotation alone proves nothing, since anyone can write it; what
 * only the kubelet can send is the pod bound to its own node, in its own name.
 */
export function isMirror(spec: JsonObject, annotations: Labels, user: User | undefined): boolean {
  return (
    Object.hasOwn(annotations, MIRROR) &&
    user !== undefined &&
    user.groups.includes('system:nodes') &&
    typeof spec['nodeName'] === 'string' &&
    spec['nodeName'] !== '' &&
    user.username === `system:node:${spec['nodeName']}`
  );
}
