/** What only shows when all documents of a set are looked at together. */
import { didYouMean } from '../engine/did-you-mean.ts';
import { textsOf } from './complaint.ts';
import { errorAt } from './issues.ts';
import { formatPlace, type PolicyError, type PolicyWarning } from './problem.ts';
import type { ReadDocument } from './read-document.ts';
import { render, valueAt } from './render.ts';

const NAME = ['metadata', 'name'];

const nameOf = ({ value }: ReadDocument): string | undefined => {
  const name = valueAt(value, NAME);
  return typeof name === 'string' && name !== '' ? name : undefined;
};

/** As many as a person reads, of each sort. */
const MOST = 100;

/** Two policies or two exceptions of one name: nobody could tell which one a record means. */
export function duplicateNames(documents: readonly ReadDocument[]): PolicyError[] {
  const first = new Map<string, ReadDocument>();
  const errors: PolicyError[] = [];
  for (const document of documents) {
    const name = nameOf(document);
    if (name === undefined || !document.kind || errors.length >= MOST) continue;
    const key = `${document.kind}/${name}`;
    const before = first.get(key);
    first.set(key, before ?? document);
    if (!before) continue;
    const place = formatPlace({ file: before.file, ...before.locate(NAME) });
    const message = `${render(name)} is the name of another ${document.kind} in ${place}`;
    errors.push(errorAt(document, NAME, { expected: 'a name of its own', message }));
  }
  return errors;
}

/** Exceptions from policies that are not there: they would spare nothing, and nobody would know. */
export function unknownPolicies(documents: readonly ReadDocument[]): PolicyError[] {
  // A document that could not be read may be the policy that is missed.
  if (documents.some(({ kind }) => kind === undefined)) return [];
  const policies = documents.filter(({ kind }) => kind === 'HardeningPolicy');
  const known = new Set(policies.flatMap((document) => nameOf(document) ?? []));
  const unknown = documents
    .filter(({ kind }) => kind === 'HardeningException')
    .flatMap((document) =>
      (textsOf(valueAt(document.value, ['spec', 'policies'])) ?? [])
        .map((name, i) => ({ document, name, path: ['spec', 'policies', i] }))
        .filter(({ name }) => name !== '' && !known.has(name)),
    );
  const expected = 'the name of a policy that is loaded';
  return unknown
    .slice(0, MOST)
    .map(({ document, name, path }) => errorAt(document, path, { expected, didYouMean: didYouMean(name, known) }));
}

/** Exceptions that have ended. They are ignored, which is no fault but should not go unseen. */
export function expired(documents: readonly ReadDocument[], today: string): PolicyWarning[] {
  return documents.flatMap(({ document, file, locate }) => {
    if (document?.kind !== 'HardeningException') return [];
    const { expires } = document.spec;
    if (expires === undefined || expires >= today) return [];
    const message = `${document.metadata.name} ended on ${expires}: it is ignored`;
    return [{ file, ...locate(['spec', 'expires']), field: 'spec.expires', message }];
  });
}
