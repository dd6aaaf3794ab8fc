import { isDeepStrictEqual } from 'node:util';
import type { PatchOperation } from '../engine/patch.ts';
import { patched } from './patch.ts';
import { partsOf, readManifest, type Manifest, type ManifestDocument } from './read.ts';
import { rewriteDocument } from './rewrite.ts';
import { writeDocument } from './write.ts';

/** A manifest's text with its patches applied. */
export interface Edited {
  readonly text: string;
  /** Indexes of documents that had to be written anew from their JSON: their comments and layout are lost. */
  readonly rewritten: number[];
  /** Indexes of documents left as they were: the patch does not fit, or no text was found that means the patched JSON. */
  readonly refused: number[];
}

interface Outcome {
  readonly how: 'edited' | 'rewritten' | 'refused';
  readonly text: string;
}

/**
 * Applies to each document, by its index, its patch in the text of the file; every byte that no operation is about
 * stays. The result is read again: each document means its patched JSON, or is named in `refused`. Never throws.
 */
export function editManifest(manifest: Manifest, patches: ReadonlyMap<number, readonly PatchOperation[]>): Edited {
  const parts = partsOf(manifest.text);
  const outcomes = new Map(
    [...patches]
      .filter(([, patch]) => patch.length > 0)
      .map(([index, patch]) => {
        const document = manifest.documents.find((candidate) => candidate.index === index);
        return [index, document ? edit(document, patch) : { how: 'refused', text: parts[index] ?? '' }] as [
          number,
          Outcome,
        ];
      }),
  );
  const edited = parts.map((part, index) => outcomes.get(index)?.text ?? part);
  const text = edited.join('');
  // Each document has been read again on its own; so the file means the same if it falls into these documents.
  if (!isDeepStrictEqual(partsOf(text), edited))
    return { text: manifest.text, rewritten: [], refused: [...outcomes.keys()] };
  const indexes = (how: Outcome['how']) =>
    [...outcomes].filter(([, outcome]) => outcome.how === how).map(([index]) => index);
  return { text, rewritten: indexes('rewritten'), refused: indexes('refused') };
}

function edit(document: ManifestDocument, patch: readonly PatchOperation[]): Outcome {
  const wanted = patched(document.json, patch);
  const ways = [
    { how: 'edited', write: writeDocument },
    { how: 'rewritten', write: rewriteDocument },
  ] as const;
  for (const { how, write } of wanted ? ways : []) {
    const text = attempt(write, document, wanted?.json);
    if (means(text, wanted?.json)) return { how, text };
  }
  return { how: 'refused', text: document.text };
}

function attempt(write: typeof writeDocument, document: ManifestDocument, wanted: unknown): string {
  try {
    return write(document, wanted);
  } catch {
    // Whatever it stumbled over, the unchanged text fails the proof unless it already is what is wanted.
    return document.text;
  }
}

function means(text: string, json: unknown): boolean {
  const { documents, errors } = readManifest(text, '');
  return errors.length === 0 && documents.length === 1 && isDeepStrictEqual(documents[0]?.json, json);
}
