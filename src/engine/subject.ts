/** Who a pod is, for matching. */
import type { Subject } from './match.ts';
import { labelsAt, objectAt, stringAt, type JsonObject } from './pod.ts';
import type { Request } from './request.ts';
import type { Labels } from './selector.ts';

const metadataOf = (pod: JsonObject): JsonObject => objectAt(pod['metadata'], '/metadata') ?? {};

/** A pod's annotations; an empty map where it has none. */
export const annotationsOf = (pod: JsonObject): Labels =>
  labelsAt(metadataOf(pod)['annotations'], '/metadata/annotations');

const OWNERS = '/metadata/ownerReferences';

/** The reference to the owner that controls an object. Undefined where nothing does. */
export function controllerReference(object: JsonObject): JsonObject | undefined {
  const owners = metadataOf(object)['ownerReferences'];
  if (!Array.isArray(owners)) return undefined;
  for (const value of owners) {
    const owner = objectAt(value, OWNERS);
    if (owner?.['controller'] === true) return owner;
  }
  return undefined;
}

/** The owner that controls a pod: kind and name. Undefined where nothing does. */
export function controllerOf(pod: JsonObject): { kind: string; name: string } | undefined {
  const owner = controllerReference(pod);
  return owner && { kind: stringAt(owner['kind'], OWNERS), name: stringAt(owner['name'], OWNERS) };
}

/** What matching asks of a request's pod. */
export function subjectOf(request: Request, pod: JsonObject): Subject {
  const { namespaceLabels, namespace, user } = request;
  return {
    namespace,
    namespaceLabels: () => {
      if (!namespaceLabels) throw new Error(`the labels of namespace ${namespace} are not known`);
      return namespaceLabels;
    },
    labels: labelsAt(metadataOf(pod)['labels'], '/metadata/labels'),
    serviceAccount:
      stringAt(objectAt(pod['spec'], '/spec')?.['serviceAccountName'], '/spec/serviceAccountName') || 'default',
    workload: request.workload ?? controllerOf(pod)?.kind ?? 'Pod',
    username: user?.username ?? '',
    groups: user?.groups ?? [],
  };
}
