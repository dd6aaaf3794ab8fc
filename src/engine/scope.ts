/** Whom a policy or an exception covers, and finding those that cover a pod without asking each of them. */
import { anyGlobMatches } from './glob.ts';
import { matcherOf, type Matcher, type Subject } from './match.ts';
import type { HardeningException, HardeningPolicy, Match } from './policy.ts';

/** A document's `match` and `exclude` made ready. */
export interface Scoped {
  readonly name: string;
  readonly match: Match;
  readonly matches: Matcher;
  readonly excludes: Matcher | undefined;
}

/** Makes a document's `match` and `exclude` ready. */
export const scoped = ({ metadata, spec }: HardeningPolicy | HardeningException): Scoped => ({
  name: metadata.name,
  match: spec.match ?? {},
  // The index has looked at the namespace by then.
  matches: matcherOf({ ...spec.match, namespaces: undefined }),
  excludes: spec.exclude && matcherOf(spec.exclude),
});

const asks = ({ pod }: Matcher, subject: Subject): boolean => pod?.(subject) ?? true;

const coversPod = ({ matches, excludes }: Scoped, subject: Subject): boolean =>
  asks(matches, subject) && !(excludes && !excludes.container && asks(excludes, subject));

/** Which of some items cover a pod. */
export type Scope<T> = (subject: Subject) => readonly T[];

/** Namespaces remembered by an index; names come from requests, so the number is bounded. */
const REMEMBERED = 10_000;

/** The items of one namespace, found by the first pair of their `podSelector.matchLabels` where they have one. */
function labelIndex<T extends Scoped>(items: readonly T[]): Scope<T> {
  const always: T[] = [];
  const byPair = new Map<string, Map<string, T[]>>();
  for (const item of items) {
    const [pair] = Object.entries(item.match.podSelector?.matchLabels ?? {});
    if (!pair) always.push(item);
    else {
      const values = byPair.get(pair[0]) ?? new Map<string, T[]>();
      byPair.set(pair[0], values.set(pair[1], [...(values.get(pair[1]) ?? []), item]));
    }
  }
  return ({ labels }) => {
    if (byPair.size === 0) return always;
    const found = [...always];
    for (const [key, values] of byPair) if (Object.hasOwn(labels, key)) found.push(...(values.get(labels[key]!) ?? []));
    return found;
  };
}

/** Narrows by namespace and label before anything else is asked: the cost must not grow with the number of policies. */
export function index<T extends Scoped>(items: readonly T[]): Scope<T> {
  const scopes = new Map<string, Scope<T>>();
  const scopeOf = (namespace: string): Scope<T> => {
    const known = scopes.get(namespace);
    if (known) return known;
    const inNamespace = ({ match: { namespaces } }: T): boolean => !namespaces || anyGlobMatches(namespaces, namespace);
    const scope = labelIndex(items.filter(inNamespace));
    if (scopes.size >= REMEMBERED) scopes.clear();
    scopes.set(namespace, scope);
    return scope;
  };
  if (items.length === 0) return () => items;
  return (subject) => {
    const near = scopeOf(subject.namespace)(subject);
    return near.every((item) => coversPod(item, subject)) ? near : near.filter((item) => coversPod(item, subject));
  };
}

/** Does this policy or exception, which covers the pod, cover this container? */
export const coversContainer = (
  { matches, excludes }: Scoped,
  subject: Subject,
  container: Parameters<NonNullable<Matcher['container']>>[0],
): boolean =>
  (matches.container?.(container) ?? true) &&
  !(excludes?.container && excludes.container(container) && asks(excludes, subject));
