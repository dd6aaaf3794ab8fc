/** The AdmissionReview that the API server sends (admission.k8s.io/v1), decoded to what deciding and recording need. */
import { objectAt, stringAt, type JsonObject } from '../engine/pod.ts';
import type { User } from '../engine/request.ts';
import { Unreadable, wrongType } from '../engine/unreadable.ts';

/** One admission request. */
export interface Review {
  /** Of this call: another pass over the same object has another. */
  readonly uid: string;
  /** `group/version/Kind`, of the core group `v1/Kind`. */
  readonly kind: string;
  readonly operation: string;
  readonly subResource: string;
  readonly namespace: string;
  /** Empty for a pod that is named by the API server later. */
  readonly name: string;
  readonly user: User;
  readonly dryRun: boolean;
  readonly object: unknown;
  readonly oldObject: unknown;
}

const VERSION = 'admission.k8s.io/v1';

function kindAt(value: unknown, path: string): string {
  const { group, version, kind } = objectAt(value, path) ?? {};
  const parts = [group, version, kind].map((part, i) => stringAt(part, `${path}/${['group', 'version', 'kind'][i]!}`));
  return parts.filter((part) => part !== '').join('/');
}

function userAt(value: unknown, path: string): User {
  const user = objectAt(value, path) ?? {};
  const groups = user['groups'] ?? [];
  if (!Array.isArray(groups)) throw wrongType(`${path}/groups`, 'array', groups);
  return {
    username: stringAt(user['username'], `${path}/username`),
    groups: groups.map((group, i) => stringAt(group, `${path}/groups/${i}`)),
  };
}

const isOtherVersion = (apiVersion: unknown): apiVersion is string =>
  typeof apiVersion === 'string' && apiVersion !== VERSION && apiVersion.startsWith('admission.k8s.io/');

function requestOf(body: unknown): JsonObject {
  const review = typeof body === 'object' && !Array.isArray(body) ? (body as JsonObject | null) : undefined;
  const apiVersion = review?.['apiVersion'];
  if (isOtherVersion(apiVersion))
    throw new Unreadable('unsupported-version', `apiVersion: found ${apiVersion.slice(0, 40)}, expected ${VERSION}`);
  if (apiVersion !== VERSION || review?.['kind'] !== 'AdmissionReview')
    throw new Unreadable('not-a-review', `expected an AdmissionReview of ${VERSION}`);
  const request = objectAt(review['request'], 'request');
  if (!request) throw new Unreadable('not-a-review', 'request: missing');
  return request;
}

/** Decodes a parsed body. Throws `Unreadable` where it is no AdmissionReview of version v1. */
export function decode(body: unknown): Review {
  const request = requestOf(body);
  const text = (key: string): string => stringAt(request[key], `request/${key}`);
  const { object, oldObject } = request;
  const dryRun = request['dryRun'] ?? false;
  if (typeof dryRun !== 'boolean') throw wrongType('request/dryRun', 'boolean', dryRun);
  const uid = text('uid');
  if (uid === '') throw new Unreadable('not-a-review', 'request/uid: missing');
  return {
    uid,
    kind: kindAt(request['kind'], 'request/kind'),
    operation: text('operation'),
    subResource: text('subResource'),
    namespace: text('namespace'),
    name: text('name'),
    user: userAt(request['userInfo'], 'request/userInfo'),
    dryRun,
    object,
    oldObject,
  };
}

/** Is this one of the two requests about pods that dropcap decides: a new pod, or ephemeral containers for one that runs? */
export const isOurs = ({ kind, operation, subResource }: Review): boolean =>
  kind === 'v1/Pod' &&
  ((operation === 'CREATE' && subResource === '') || (operation === 'UPDATE' && subResource === 'ephemeralcontainers'));
