/** Real manifests and test suites of others, read from a folder beside the repository. They are never copied into it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMap, parseAllDocuments, type Document } from 'yaml';
import { podTemplatesOf, type PodTemplate } from '../src/engine/template.ts';
import { mapAt, type Json } from './pods.ts';

/** The corpus' folder, beside the repository. */
export const CORPUS = fileURLToPath(new URL('../../shared/corpus/', import.meta.url));

/** A table of programs that were started hardened and not, beside the corpus. */
export const MEASURED_STARTS = join(CORPUS, '../what-breaks.md');

/** Is the corpus there? */
export const hasCorpus = existsSync(CORPUS);

/** One document of one file. */
export interface CorpusDocument {
  /** Path below the corpus. */
  readonly file: string;
  readonly json: Json;
}

/** What a part of the corpus holds. */
export interface CorpusPart {
  readonly files: number;
  readonly documents: readonly CorpusDocument[];
  /** Files with a document that is no YAML: templates of Helm and the like, and those broken on purpose. */
  readonly unparsable: readonly string[];
}

const PARSED = /\.(?:ya?ml|json|golden|injected)$|_content$/;

function parse(text: string): Document[] | undefined {
  const documents = parseAllDocuments(text, { merge: true, logLevel: 'silent', uniqueKeys: false });
  return Array.isArray(documents) && documents.every(({ errors }) => errors.length === 0) ? documents : undefined;
}

/** Reads a folder of the corpus, with all that is below it. */
export function readCorpus(folder: string): CorpusPart {
  const entries = readdirSync(join(CORPUS, folder), { recursive: true, withFileTypes: true });
  const top = join(CORPUS, folder);
  const files = entries
    .filter((entry) => entry.isFile() && PARSED.test(entry.name))
    .map(({ parentPath, name }) => relative(top, join(parentPath, name)))
    .sort();
  const documents: CorpusDocument[] = [];
  const unparsable: string[] = [];
  for (const name of files) {
    const file = `${folder}${name}`;
    const parsed = parse(readFileSync(join(CORPUS, file), 'utf8'));
    if (!parsed) unparsable.push(file);
    else for (const one of parsed) if (isMap(one.contents)) documents.push({ file, json: one.toJS() as Json });
  }
  return { files: files.length, documents, unparsable };
}

/** A pod template of the corpus, and the document in which it stands. */
export interface CorpusTemplate extends PodTemplate {
  readonly file: string;
  readonly document: Json;
}

/** The object that a review is about; any other document is its own. */
const objectOf = (json: Json): Json =>
  mapAt(mapAt(json, 'request'), 'object')['kind'] === undefined ? json : mapAt(mapAt(json, 'request'), 'object');

/** Every pod template in a part of the corpus, those in admission reviews too, and the documents that are refused for a wrong type. */
export function templatesOf({ documents }: CorpusPart): { templates: CorpusTemplate[]; refused: string[] } {
  const templates: CorpusTemplate[] = [];
  const refused: string[] = [];
  for (const { file, json } of documents)
    try {
      const document = objectOf(json);
      templates.push(...podTemplatesOf(document).map((template) => ({ ...template, file, document })));
    } catch (error) {
      refused.push(`${file}: ${String(error)}`);
    }
  return { templates, refused };
}
