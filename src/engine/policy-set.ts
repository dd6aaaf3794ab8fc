/** All the policies and exceptions of a folder, made ready to be asked which of them cover a pod. */
import { demandOf, type Demand } from './demand.ts';
import { anyGlobMatches } from './glob.ts';
import { matcherOf, type Matcher, type Subject } from './match.ts';
import type { HardeningException, HardeningPolicy, Match, Mode, OptOutTerms, PolicyDocument } from './policy.ts';

interface Scoped {
  readonly name: string;
  readonly match: Match;
  readonly matches: Matcher;
  readonly excludes: Matcher | undefined;
}

/** A policy made ready. */
export interface Policy extends Scoped {
  readonly mode: Mode;
  readonly demand: Demand;
  readonly optOut: OptOutTerms;
}

/** An exception made ready. */
export interface Exception extends Scoped {
  readonly spec: HardeningException['spec'];
}

/** Which policies and exceptions cover a pod. */
export interface PolicySet {
  /** In the order of their names. */
  readonly policies: readonly Policy[];
  readonly exceptions: readonly Exception[];
  /** Can a decision depend on the labels of a namespace, so that somebody has to know them? */
  readonly readsNamespaceLabels: boolean;
  /** Those that cover the pod, or some container of it. */
  policiesFor(subject: Subject): readonly Policy[];
  exceptionsFor(subject: Subject): readonly Exception[];
}

const scoped = ({ metadata, spec }: HardeningPolicy | HardeningException): Scoped => ({
  name: metadata.name,
  match: spec.match ?? {},
  // The index has looked at the namespace by then.
  matches: matcherOf({ ...spec.match, namespaces: undefined }),
  excludes: spec.exclude && matcherOf(spec.exclude),
});

const asks = ({ pod }: Matcher, subject: Subject): boolean => pod?.(subject) ?? true;

const coversPod = ({ matches, excludes }: Scoped, subject: Subject): boolean =>
  asks(matches, subject) && !(excludes && !excludes.container && asks(excludes, subject));

type Scope<T> = (subject: Subject) => readonly T[];

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
function index<T extends Scoped>(items: readonly T[]): Scope<T> {
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

const readsLabels = (document: PolicyDocument): boolean => {
  const { spec } = document;
  if (spec.match?.namespaceSelector || spec.exclude?.namespaceSelector) return true;
  if (document.kind !== 'HardeningPolicy') return false;
  const terms = document.spec.optOut ?? {};
  const elsewhere = terms.namespaces !== undefined || terms.serviceAccounts !== undefined;
  return terms.allowed !== false && (terms.namespaceSelector !== undefined || !elsewhere);
};

const byName = (a: Scoped, b: Scoped): number => (a.name < b.name ? -1 : 1);

/** Makes validated documents ready. Their order does not matter. */
export function policySetOf(documents: readonly PolicyDocument[]): PolicySet {
  const policies = documents
    .filter((document) => document.kind === 'HardeningPolicy')
    .map((document) => ({
      ...scoped(document),
      mode: document.spec.mode,
      demand: demandOf(document),
      optOut: document.spec.optOut ?? {},
    }))
    .sort(byName);
  const exceptions = documents
    .filter((document) => document.kind === 'HardeningException')
    .map((document) => ({ ...scoped(document), spec: document.spec }))
    .sort(byName);
  return {
    policies,
    exceptions,
    readsNamespaceLabels: documents.some(readsLabels),
    policiesFor: index(policies),
    exceptionsFor: index(exceptions),
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
