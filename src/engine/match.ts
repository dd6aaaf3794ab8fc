/** Does a policy cover this pod and this container? Small predicates, one for each field of `match`. */
import { anyGlobMatches } from './glob.ts';
import { parseImage, type ImageReference } from './image.ts';
import type { Container } from './pod.ts';
import type { ImagePattern, Match } from './policy.ts';
import { meets, requirementsOf, type Labels, type LabelSelector } from './selector.ts';

/** What is known of a pod, for matching. */
export interface Subject {
  readonly namespace: string;
  /** Throws where the namespace's labels could not be had: an error is never "no match". */
  readonly namespaceLabels: () => Labels;
  readonly labels: Labels;
  /** The pod's service account, by name. */
  readonly serviceAccount: string;
  /** Kind of the pod's controlling owner, or `Pod`. */
  readonly workload: string;
  /** Who sends the request; empty where the pod comes from a file. */
  readonly username: string;
  readonly groups: readonly string[];
}

type PodTest = (subject: Subject) => boolean;
type ContainerTest = (container: Container) => boolean;

/** A `match` made ready: the tests on the pod, and those on each container if there are any. */
export interface Matcher {
  /** Undefined where every pod is covered. */
  readonly pod: PodTest | undefined;
  readonly container: ContainerTest | undefined;
}

const selects = (selector: LabelSelector): ((labels: Labels) => boolean) => {
  const requirements = requirementsOf(selector);
  return (labels) => requirements.every((requirement) => meets(labels, requirement));
};

/** A service account is named alone, for any namespace, or as `namespace/name`. */
export const serviceAccountMatches = (patterns: readonly string[], namespace: string, name: string): boolean =>
  patterns.some((pattern) => anyGlobMatches([pattern], pattern.includes('/') ? `${namespace}/${name}` : name));

// A pod's owner reference names the ReplicaSet and the Job, not the Deployment and the CronJob above them.
const OWNED_THROUGH: Readonly<Record<string, string>> = { Deployment: 'ReplicaSet', CronJob: 'Job' };

const workloadMatches = (kinds: readonly string[], workload: string): boolean =>
  kinds.some((kind) => (OWNED_THROUGH[kind] ?? kind) === (OWNED_THROUGH[workload] ?? workload));

const imageMatches = (patterns: readonly ImagePattern[], image: ImageReference | undefined): boolean =>
  image !== undefined &&
  patterns.some((pattern) =>
    (['registry', 'repository', 'tag', 'digest'] as const).every(
      (part) => pattern[part] === undefined || anyGlobMatches([pattern[part]], image[part]),
    ),
  );

function podTests(match: Match): PodTest[] {
  const tests: PodTest[] = [];
  const { namespaces, serviceAccounts, workloads, users, groups } = match;
  if (namespaces) tests.push((pod) => anyGlobMatches(namespaces, pod.namespace));
  if (serviceAccounts) tests.push((pod) => serviceAccountMatches(serviceAccounts, pod.namespace, pod.serviceAccount));
  if (workloads) tests.push((pod) => workloadMatches(workloads, pod.workload));
  if (users) tests.push((pod) => anyGlobMatches(users, pod.username));
  if (groups) tests.push((pod) => pod.groups.some((group) => anyGlobMatches(groups, group)));
  if (match.podSelector) {
    const covers = selects(match.podSelector);
    tests.push((pod) => covers(pod.labels));
  }
  if (match.namespaceSelector) {
    const covers = selects(match.namespaceSelector);
    tests.push((pod) => covers(pod.namespaceLabels()));
  }
  return tests;
}

function containerTests({ images, containers, containerKinds }: Match): ContainerTest[] {
  const tests: ContainerTest[] = [];
  if (containers) tests.push((container) => anyGlobMatches(containers, container.name));
  if (containerKinds) tests.push((container) => containerKinds.includes(container.kind));
  if (images) tests.push((container) => imageMatches(images, parseImage(container.image)));
  return tests;
}

/** Makes a `match` (or `exclude`) ready to be asked many times. */
export function matcherOf(match: Match): Matcher {
  const pod = podTests(match);
  const container = containerTests(match);
  return {
    pod: pod.length > 0 ? (subject) => pod.every((test) => test(subject)) : undefined,
    container: container.length > 0 ? (one) => container.every((test) => test(one)) : undefined,
  };
}
