import type { Review } from '../admission/review.ts';
import { isObjectName } from '../engine/names.ts';
import type { JsonObject } from '../engine/pod.ts';
import { controllerReference } from '../engine/subject.ts';
import type { Regarding } from '../kube/events.ts';

const LONGEST = 253;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What a pod says of its owner nobody has checked yet. */
const isPlausible = ({ apiVersion, kind, name, uid }: Regarding): boolean =>
  isObjectName(name) &&
  [apiVersion, kind, uid].every(({ length }) => length <= LONGEST) &&
  apiVersion !== '' &&
  kind !== '';

function ownerOf(object: JsonObject, namespace: string): Regarding | undefined {
  const owner = controllerReference(object);
  if (!owner) return undefined;
  const [apiVersion, kind, name, uid] = ['apiVersion', 'kind', 'name', 'uid'].map((key) => text(owner[key]));
  return { apiVersion: apiVersion!, kind: kind!, namespace, name: name!, uid: uid! };
}

/**
 * The object that people look at where a request is to be told about: the pod itself if it is there already, the workload whose
 * template was decided, or the owner of a new pod. Undefined where there is none, or where what is said of it cannot be true.
 */
export function regardingOf({ kind, name, namespace, operation, object }: Review): Regarding | undefined {
  const whole = (object ?? {}) as JsonObject;
  const metadata = (whole['metadata'] ?? {}) as JsonObject;
  const at = kind.lastIndexOf('/');
  // A new object has no uid yet, whatever it says; a workload without one is still found by its name.
  const isNew = operation === 'CREATE';
  const isItself = name !== '' && (kind !== 'v1/Pod' || !isNew);
  const uid = isNew ? '' : text(metadata['uid']);
  const regarding = isItself
    ? { apiVersion: kind.slice(0, at), kind: kind.slice(at + 1), namespace, name, uid }
    : ownerOf(whole, namespace);
  return regarding && isPlausible(regarding) ? regarding : undefined;
}
