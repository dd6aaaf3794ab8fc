/** Where pods are found in manifests: pods themselves, the templates of workloads, and lists of either. */
import { listAt, objectAt, stringAt, type JsonObject } from './pod.ts';
import type { Request } from './request.ts';
import type { Labels } from './selector.ts';

/** A pod or pod template inside a document. */
export interface PodTemplate {
  /** JSON pointer from the document to the object that has `metadata` and `spec` of the pod; empty for a Pod. */
  readonly base: string;
  readonly pod: JsonObject;
  /** Kind, name and namespace of the object that holds it. Namespace is empty where the manifest names none. */
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

const TEMPLATES: Readonly<Record<string, { readonly groups: readonly string[]; readonly path: readonly string[] }>> = {
  Pod: { groups: [''], path: [] },
  PodTemplate: { groups: [''], path: ['template'] },
  ReplicationController: { groups: [''], path: ['spec', 'template'] },
  // Old manifests still name extensions/v1beta1, where Deployments, DaemonSets and ReplicaSets came from.
  Deployment: { groups: ['apps', 'extensions'], path: ['spec', 'template'] },
  ReplicaSet: { groups: ['apps', 'extensions'], path: ['spec', 'template'] },
  DaemonSet: { groups: ['apps', 'extensions'], path: ['spec', 'template'] },
  StatefulSet: { groups: ['apps'], path: ['spec', 'template'] },
  Job: { groups: ['batch'], path: ['spec', 'template'] },
  CronJob: { groups: ['batch'], path: ['spec', 'jobTemplate', 'spec', 'template'] },
};

/** Kinds whose pods dropcap hardens, by their names in `kind`. */
export const WORKLOAD_KINDS = Object.keys(TEMPLATES);

const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? apiVersion.split('/')[0]! : '');

const isList = (kind: string): boolean =>
  kind === 'List' || (kind.endsWith('List') && Object.hasOwn(TEMPLATES, kind.slice(0, -4)));

/** Follows a path of keys; undefined where one is missing. */
function descend(object: JsonObject, base: string, path: readonly string[]): JsonObject | undefined {
  let at: JsonObject | undefined = object;
  path.forEach((key, i) => {
    at = at && objectAt(at[key], `${base}/${path.slice(0, i + 1).join('/')}`);
  });
  return at;
}

const templateFor = (kind: string, apiVersion: string) => {
  const template = Object.hasOwn(TEMPLATES, kind) ? TEMPLATES[kind] : undefined;
  return apiVersion === '' || template?.groups.includes(groupOf(apiVersion)) ? template : undefined;
};

function templateIn(object: JsonObject, base: string, kind: string): PodTemplate[] {
  const template = templateFor(kind, stringAt(object['apiVersion'], `${base}/apiVersion`));
  const pod = template && descend(object, base, template.path);
  const at = [base, ...(template?.path ?? [])].join('/');
  if (!pod || !objectAt(pod['spec'], `${at}/spec`)) return [];
  const metadata = objectAt(object['metadata'], `${base}/metadata`) ?? {};
  const text = (key: string): string => stringAt(metadata[key], `${base}/metadata/${key}`);
  return [{ base: at, pod, kind, name: text('name') || text('generateName'), namespace: text('namespace') }];
}

/** Every pod template in a document; none where it is of another kind. Lists may hold lists. */
export function podTemplatesOf(document: unknown, base = '', impliedKind = ''): PodTemplate[] {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return [];
  const object = document as JsonObject;
  const kind = typeof object['kind'] === 'string' ? object['kind'] : impliedKind;
  if (!isList(kind)) return templateIn(object, base, kind);
  const items = listAt(object['items'], `${base}/items`);
  // Members of a typed list, such as a DeploymentList, need not repeat their kind.
  const implied = kind === 'List' ? '' : kind.slice(0, -4);
  return items.flatMap((item, i) => {
    const at = `${base}/items/${i}`;
    return podTemplatesOf(objectAt(item, at), at, implied);
  });
}

/** Workloads as reviews name their kind, `group/version/Kind` in the one version that is stable, to the kind alone. */
export const WORKLOADS: ReadonlyMap<string, string> = new Map(
  Object.entries(TEMPLATES)
    .filter(([, { path }]) => path.length > 0)
    .map(([kind, { groups }]) => [[groups[0]!, 'v1', kind].filter((part) => part !== '').join('/'), kind]),
);

/** The pod template of an object of this kind; undefined where it has none. */
export const podTemplateOf = (object: JsonObject, kind: string): PodTemplate | undefined =>
  templateIn(object, '', kind)[0];

/**
 * What is asked about a template: that its pods be decided as if they were made now. Nobody is said to ask, whoever sends the
 * template: its pods will be sent by a controller.
 */
export const templateRequest = (
  { base, pod, kind }: PodTemplate,
  namespace: string,
  namespaceLabels: Labels | undefined,
): Request => ({
  operation: 'CREATE',
  subResource: '',
  namespace,
  namespaceLabels,
  user: undefined,
  object: pod,
  oldObject: undefined,
  base,
  workload: kind === 'Pod' ? undefined : kind,
});
