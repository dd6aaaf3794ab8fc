/** One policy file: its documents, and what is wrong with them. */
import { fileError, type PolicyError } from './problem.ts';
import { readDocument, type ReadDocument } from './read-document.ts';
import { isEmpty, parseYaml } from './yaml-text.ts';

/** The text of a file, by the name that it was asked for. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
}

/** What a file holds. */
export interface ReadFile {
  readonly documents: readonly ReadDocument[];
  readonly errors: readonly PolicyError[];
}

/** As many as a person reads; a file with more was hardly meant as policies. */
const MOST_ERRORS = 100;

/** Reads all documents of a file; empty ones don't count. */
export function readFile({ file, text }: SourceFile): ReadFile {
  const { documents: trees, lines, excess } = parseYaml(text);
  if (excess) return { documents: [], errors: [fileError(file, excess, 'policies: if they are, split the file')] };
  const documents: ReadDocument[] = [];
  const errors: PolicyError[] = [];
  for (const tree of trees) {
    if (isEmpty(tree) && tree.errors.length === 0) continue;
    if (errors.length >= MOST_ERRORS) break;
    const read = readDocument(file, tree, lines, MOST_ERRORS - errors.length);
    documents.push(read);
    errors.push(...read.errors);
  }
  if (errors.length >= MOST_ERRORS)
    errors.push(fileError(file, `${MOST_ERRORS} errors or more`, 'fewer: the rest is not shown'));
  return { documents, errors };
}
