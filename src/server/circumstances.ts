import type { Review } from '../admission/review.ts';
import type { Circumstances } from '../audit/record.ts';
import type { JsonObject } from '../engine/pod.ts';
import { controllerOf } from '../engine/subject.ts';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What the audit record says of a request besides its decision. Times in milliseconds. */
export function circumstancesOf(review: Review, policySet: string, time: number, durationMs: number): Circumstances {
  const pod = (review.object ?? {}) as JsonObject;
  const metadata = (pod['metadata'] ?? {}) as JsonObject;
  const owner = controllerOf(pod);
  const { uid, kind, operation, subResource, namespace, name } = review;
  return {
    time,
    uid,
    operation,
    subResource,
    kind: kind === 'v1/Pod' ? '' : kind.slice(kind.lastIndexOf('/') + 1),
    namespace,
    // A pod that the API server names after admission has a prefix instead.
    name: name || text(metadata['name']),
    generateName: text(metadata['generateName']),
    owner: owner ? `${owner.kind}/${owner.name}` : '',
    username: review.user.username,
    policySet,
    durationMs,
  };
}
