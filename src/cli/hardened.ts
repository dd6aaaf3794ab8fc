/** A manifest with what was decided about it written into its text, and what must not be printed taken note of. */
import { editManifest } from '../manifest/edit.ts';
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

/** Writes what was decided into the text, where the form of the output needs it. */
export function write(decided: DecidedManifest, output: HardenOptions['output']): Hardened {
  const { manifest, patches, problems } = decided;
  const { file, documents, errors } = manifest;
  const inText = output === 'yaml' || output === 'diff';
  const edited = inText ? editManifest(manifest, patches) : { text: manifest.text, rewritten: [], refused: [] };
  const lines = new Map(documents.map(({ index, line }) => [index, line]));
  const about = (why: string) => (index: number) => [index, `${file}:${lines.get(index) ?? 1}: ${why}`] as const;
  const failed = new Map([
    ...problems,
    ...edited.refused.map(about('cannot be changed in its text: use -o json')),
    ...(output === 'json' ? tooLong(documents) : []).map(about('holds a number too long for -o json: use -o yaml')),
  ]);
  return {
    ...decided,
    text: edited.text,
    leftOut: new Set([...unread(documents, errors.length), ...failed.keys()]),
    errors: [...failed.values()],
    warnings: edited.rewritten.map(about('written anew: its comments and layout are lost')).map(([, line]) => line),
  };
}
