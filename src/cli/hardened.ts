/** A manifest with what was decided about it written into its text, and what must not be printed taken note of. */
import { editManifest, type Edited } from '../manifest/edit.ts';
import type { ManifestDocument } from '../manifest/read.ts';
import type { DecidedManifest } from './decide.ts';
import type { HardenOptions } from './harden.ts';

/** A manifest, decided and written. */
export interface Hardened extends DecidedManifest {
  readonly text: string;
  /** Indexes of documents that are not printed: what could not be hardened must not be taken for hardened. */
  readonly leftOut: ReadonlySet<number>;
  /** Why they are left out, a line each, where reading the manifest has not said so already. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/** Does JSON hold a whole number that its digits would not survive? kubectl keeps 64 bits, JSON.stringify 53. */
function losesDigits(json: unknown): boolean {
  if (typeof json === 'object' && json !== null) return Object.values(json).some(losesDigits);
  return Number.isInteger(json) && !Number.isSafeInteger(json) && Math.abs(json as number) <= 2 ** 64;
}

const tooLong = (documents: readonly ManifestDocument[]): number[] =>
  documents.filter(({ json }) => losesDigits(json)).map(({ index }) => index);

/** The indexes that none of the documents has: each document that could not be read has one error. */
function unread(documents: readonly ManifestDocument[], errors: number): number[] {
  const read = new Set(documents.map(({ index }) => index));
  return Array.from({ length: documents.length + errors }, (_, index) => index).filter((index) => !read.has(index));
}

/** Some patches without those of some documents. */
const without = (patches: DecidedManifest['patches'], indexes: readonly number[]): DecidedManifest['patches'] =>
  new Map([...patches].filter(([index]) => !indexes.includes(index)));

interface Written extends Edited {
  /** Indexes of documents left as they were, because they would have had to be written anew. */
  readonly spared: readonly number[];
}

/** The text with the patches in it, where the form needs it. In place no layout is lost that nobody has a copy of. */
function textOf({ manifest, patches }: DecidedManifest, { output, inPlace = false }: HardenOptions): Written {
  if (!inPlace && output !== 'yaml' && output !== 'diff')
    return { text: manifest.text, rewritten: [], refused: [], spared: [] };
  const edited = editManifest(manifest, patches);
  const spared = inPlace ? edited.rewritten : [];
  if (spared.length === 0) return { ...edited, spared };
  return { ...editManifest(manifest, without(patches, spared)), spared };
}

/** Writes what was decided into the text, where the form of the output needs it. */
export function write(decided: DecidedManifest, options: HardenOptions): Hardened {
  const { manifest, problems } = decided;
  const { file, documents, errors } = manifest;
  const patches = without(decided.patches, [...problems.keys()]);
  const written = textOf({ ...decided, patches }, options);
  const lines = new Map(documents.map(({ index, line }) => [index, line]));
  const about = (why: string) => (index: number) => [index, `${file}:${lines.get(index) ?? 1}: ${why}`] as const;
  const failed = new Map([
    ...problems,
    ...written.refused.map(about('cannot be changed in its text: use -o json')),
    ...written.spared.map(about('would lose its comments and layout: left as it is; use -o yaml')),
    ...(options.output === 'json' ? tooLong(documents) : []).map(
      about('holds a number too long for -o json: use -o yaml'),
    ),
  ]);
  const anew = 'written anew: its comments and layout are lost';
  const rewritten = options.output === 'diff' ? `${anew} (--in-place leaves it as it is)` : anew;
  return {
    ...decided,
    patches,
    text: written.text,
    leftOut: new Set([...unread(documents, errors.length), ...failed.keys()]),
    errors: [...failed.values()],
    warnings: written.rewritten.map(about(rewritten)).map(([, line]) => line),
  };
}
