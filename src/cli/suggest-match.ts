/** Whom an exception is for: as few others as a manifest lets it say. */
import { isGlob } from '../engine/glob.ts';
import { parseImage } from '../engine/image.ts';
import { labelsAt, objectAt } from '../engine/pod.ts';
import type { HardeningException, Match } from '../engine/policy.ts';
import type { Labels } from '../engine/selector.ts';
import { render } from '../policies/render.ts';
import { API_VERSION, exceptionSchema } from '../policies/schema.ts';
import type { Chosen } from './explain-container.ts';

/** Labels that stay the same from one release to the next, the most telling first. */
const STABLE = [['app.kubernetes.io/name', 'app.kubernetes.io/component'], ['app'], ['k8s-app'], ['name']] as const;

function stableLabels({ decided }: Chosen): Labels | undefined {
  const { pod } = decided.template;
  const all = labelsAt(objectAt(pod['metadata'], '/metadata')?.['labels'], '/metadata/labels');
  for (const [first, ...more] of STABLE) {
    const keys = [first, ...more].filter((key) => Object.hasOwn(all, key) && all[key] !== '');
    if (keys.includes(first)) return Object.fromEntries(keys.map((key) => [key, all[key]!]));
  }
  return undefined;
}

/** An exception without reason and owner. */
export type Draft = Omit<HardeningException['spec'], 'reason' | 'owner'>;

/** Would the loader take it, once reason and owner are filled in? */
export const loads = (spec: Draft, name = 'x'): boolean =>
  exceptionSchema.safeParse({
    apiVersion: API_VERSION,
    kind: 'HardeningException',
    metadata: { name },
    spec: { ...spec, reason: 'x', owner: 'x' },
  }).success;

const isGood = (match: Match): boolean => loads({ match, keep: ['CHOWN'] });

/** What no exception can be narrowed to: a glob would cover others, and a name that cannot be covers nothing. */
function unusable({ decided: { namespace }, container: { name, image } }: Chosen): string | undefined {
  const reference = parseImage(image);
  if (isGlob(namespace) || !isGood({ namespaces: [namespace] })) return `namespace ${render(namespace)} is no name`;
  if (isGlob(name) || !isGood({ containers: [name] })) return `${render(name)} is no name of a container`;
  if (image === '') return 'the container names no image';
  const place = reference && { registry: reference.registry, repository: reference.repository };
  return !place || isGlob(place.registry) || !isGood({ images: [place] })
    ? `image ${render(image)} is no image reference`
    : undefined;
}

/** The narrowest match for a container, or why there is none. */
export function matchFor(candidate: Chosen): Match | string {
  const wrong = unusable(candidate);
  if (wrong !== undefined) return `no exception can name it: ${wrong}`;
  const { decided, container } = candidate;
  const { registry, repository } = parseImage(container.image)!;
  const matchLabels = stableLabels(candidate);
  const podSelector = matchLabels && { matchLabels };
  return {
    namespaces: [decided.namespace],
    ...(podSelector && isGood({ podSelector }) ? { podSelector } : {}),
    images: [{ registry, repository }],
    containers: [container.name],
    ...(container.kind === 'containers' ? {} : { containerKinds: [container.kind] }),
  };
}
