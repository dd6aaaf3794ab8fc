/** AdmissionReviews as the API server sends them, each different from a plain one in what the test names. */
import { randomUUID } from 'node:crypto';
import fastJsonPatch, { type Operation } from 'fast-json-patch';
import type { Json, JsonMap } from '../pods.ts';

/** A pod that the restricted policy changes: one container that says nothing of security. */
export const plainPod = (fields: JsonMap = {}, ...containers: JsonMap[]): JsonMap => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'team-a', ...fields },
  spec: { containers: containers.length > 0 ? containers : [{ name: 'app', image: 'nginx:1.29' }] },
});

/** A container that the restricted policy leaves as it is. */
export const compliant = (name = 'app'): JsonMap => ({
  name,
  image: 'nginx:1.29',
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
});

const resource = { group: '', version: 'v1', resource: 'pods' };

/** The `request` of a review that creates a pod. */
export const requestFor = (object: Json, changes: JsonMap = {}): JsonMap => ({
  uid: randomUUID(),
  kind: { group: '', version: 'v1', kind: 'Pod' },
  resource,
  requestKind: { group: '', version: 'v1', kind: 'Pod' },
  requestResource: resource,
  name: 'web',
  namespace: 'team-a',
  operation: 'CREATE',
  userInfo: {
    username: 'system:serviceaccount:kube-system:replicaset-controller',
    groups: ['system:serviceaccounts', 'system:authenticated'],
  },
  object,
  oldObject: null,
  dryRun: false,
  options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
  ...changes,
});

/** A whole review. */
export const reviewOf = (request: Json): JsonMap => ({
  kind: 'AdmissionReview',
  apiVersion: 'admission.k8s.io/v1',
  request,
});

/** A review that creates a pod. */
export const creating = (object: Json, changes: JsonMap = {}): JsonMap => reviewOf(requestFor(object, changes));

/** A review that adds ephemeral containers to a pod that runs. */
export function debugging(oldObject: JsonMap, ...ephemeralContainers: JsonMap[]): JsonMap {
  const object = { ...oldObject, spec: { ...(oldObject['spec'] as JsonMap), ephemeralContainers } };
  return creating(object, { operation: 'UPDATE', subResource: 'ephemeralcontainers', oldObject });
}

/** What a response says. */
export interface Answered {
  readonly uid: string;
  readonly allowed: boolean;
  readonly patchType?: string;
  readonly patch?: string;
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
  readonly status?: { readonly message: string };
}

/** The response in the body of an answer, decoded as the API server does. */
export function responseIn(body: string): Answered {
  const review = JSON.parse(body) as { apiVersion: string; kind: string; response: Answered };
  if (review.apiVersion !== 'admission.k8s.io/v1' || review.kind !== 'AdmissionReview') throw new Error(body);
  return review.response;
}

/** The operations of an answer; none where it has no patch. */
export const operationsIn = ({ patch }: Answered): Operation[] =>
  patch === undefined ? [] : (JSON.parse(Buffer.from(patch, 'base64').toString('utf8')) as Operation[]);

/** The object of a review after an answer, every operation checked. */
export const patched = (review: JsonMap, answer: Answered): Json =>
  fastJsonPatch.applyPatch((review['request'] as JsonMap)['object'], operationsIn(answer), true, false)
    .newDocument as Json;
