import type { Review } from '../admission/review.ts';
import type { Circumstances } from '../audit/record.ts';
import { isRecordUid } from '../audit/record-uid.ts';
import { AUDIT_RECORD } from '../engine/evaluate.ts';
import type { JsonObject } from '../engine/pod.ts';
import { controllerOf } from '../engine/subject.ts';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Of a new pod only: one that runs bears what it was made with, and a workload's own annotation is not its pods'. */
function followedBy({ kind, operation }: Review, metadata: JsonObject): string {
  if (kind !== 'v1/Pod' || operation !== 'CREATE') return '';
  const uid = ((metadata['annotations'] ?? {}) as JsonObject)[AUDIT_RECORD];
  return isRecordUid(uid) ? uid : '';
}

/** What the audit record says of a request besides its decision. Times in milliseconds. */
export function circumstancesOf(review: Review, policySet: string, time: number, durationMs: number): Circumstances {
  const pod = (review.object ?? {}) as JsonObject;
  const metadata = (pod['metadata'] ?? {}) as JsonObject;
  const owner = controllerOf(pod);
  const { uid, kind, operation, subResource, namespace, name } = review;
  return {
    time,
    uid,
    follows: followedBy(review, metadata),
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
