/** Which pods can have come of which requests. */
import type { SeenPod } from '../kube/pod-metadata.ts';
import type { Expected } from './expected.ts';

/** The API server cuts longer ones, for a name has at most 63 characters, of which it makes five. */
const LONGEST_PREFIX = 58;
/** How far our clock and that of the API server, which counts whole seconds, may be apart, in milliseconds. */
const CLOCKS_MS = 1_000;
/** How long after its record a pod is made at most, where nothing but its name says that it is the one. */
const SOON_MS = 3_000;

/** Has the pod the name that was asked for, in the namespace? */
export function isNamed({ namespace, name, generateName }: Expected, pod: SeenPod): boolean {
  if (pod.namespace !== namespace) return false;
  if (name !== '') return pod.name === name;
  return generateName !== '' && pod.name.startsWith(generateName.slice(0, LONGEST_PREFIX));
}

/** Was the pod made right after its record? In doubt it was not. */
export function isMadeAfter({ recorded }: Expected, { created }: SeenPod): boolean {
  const time = Date.parse(recorded);
  const from = Math.floor(time / 1000) * 1000 - CLOCKS_MS;
  return created >= from && created <= time + SOON_MS;
}

/** Is this request another pass of that one? Whoever copies an annotation has another pod. */
export const isNextPass = (next: Expected, first: Expected): boolean =>
  next.follows === first.uid &&
  next.namespace === first.namespace &&
  next.name === first.name &&
  next.generateName === first.generateName &&
  next.user === first.user;

/** The two kinds of names in a namespace, as keys. */
const named = (namespace: string, name: string): string => `${namespace}/${name}`;
const generated = (namespace: string, prefix: string): string => `${namespace}/${prefix}*`;

/** By what a request's pod is looked for. */
export const keyOf = ({ namespace, name, generateName }: Expected): string =>
  name === '' ? generated(namespace, generateName) : named(namespace, name);

/** By what a pod can be looked for. */
export const keysOf = ({ namespace, name, generateName }: SeenPod): string[] =>
  generateName === '' ? [named(namespace, name)] : [named(namespace, name), generated(namespace, generateName)];
