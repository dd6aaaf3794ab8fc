/** What the engine is asked about a review. */
import { objectAt, type JsonObject } from '../engine/pod.ts';
import type { Request } from '../engine/request.ts';
import { controllerOf } from '../engine/subject.ts';
import { podTemplateOf, templateRequest, WORKLOADS } from '../engine/template.ts';
import { wrongType } from '../engine/unreadable.ts';
import { isOurs, type Review } from './review.ts';

/** The request without the labels of its namespace; `left` where one of ours is left as it is; `foreign` where it is none. */
export type Asked = Request | 'left' | 'foreign';

/** About a new pod, and new ephemeral containers of one that runs. */
export function podAsked(review: Review): Asked {
  if (!isOurs(review)) return 'foreign';
  const { subResource, namespace, user, object, oldObject } = review;
  const operation = review.operation as 'CREATE' | 'UPDATE';
  const where = { namespace, namespaceLabels: undefined, base: '', workload: undefined };
  return { operation, subResource, user, object, oldObject, ...where };
}

/**
 * About the pod template of a new workload. An update is none of ours: a Job's template cannot change, and another's would
 * roll out new pods for an edit that has nothing to do with them.
 */
function templateAsked({ kind, operation, subResource, namespace, object: json }: Review): Asked {
  const workload = WORKLOADS.get(kind);
  if (workload === undefined || operation !== 'CREATE' || subResource !== '') return 'foreign';
  const object: JsonObject | undefined = objectAt(json, '');
  if (!object) throw wrongType('', 'object', json);
  // Its controller compares it with what it asked for, and would make it anew for ever; its pods are hardened anyway.
  if (controllerOf(object)) return 'left';
  const template = podTemplateOf(object, workload);
  return template ? templateRequest(template, namespace, undefined) : 'left';
}

/** About all that is hardened: pods as above, and the templates of new workloads. */
export function podOrTemplateAsked(review: Review): Asked {
  const pod = podAsked(review);
  return pod === 'foreign' ? templateAsked(review) : pod;
}
