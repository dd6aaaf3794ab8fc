/** The blocks of code in the documents. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../cli/command.ts';

/** A block between two lines of ```. */
export interface Block {
  readonly document: string;
  /** The heading that it stands under, without its #s. */
  readonly heading: string;
  readonly language: string;
  readonly text: string;
}

/** The text of a document, by its path in the repository. */
export const textOf = (document: string): string => readFileSync(join(ROOT, document), 'utf8');

/** README and the pages. */
export const DOCUMENTS = ['README.md', ...globSync('docs/*.md', { cwd: ROOT }).sort()];

const BLOCK = /^( *)```(\w*)\n(.*?)^\1```$/gms;

/** All blocks of a document, in their order; one inside a list without its indentation. */
export function blocksOf(document: string): Block[] {
  const text = textOf(document);
  return [...text.matchAll(BLOCK)].map(({ 1: indent = '', 2: language = '', 3: block = '', index }) => ({
    document,
    heading:
      [
        ...text
          .slice(0, index)
          .replaceAll(BLOCK, '')
          .matchAll(/^#+ (.*)$/gm),
      ].at(-1)?.[1] ?? '',
    language,
    text: block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

/** The one block of a language under a heading of a document, or the one of them that is counted. */
export function blockUnder(document: string, heading: string, language: string, number = 0): string {
  const found = blocksOf(document).filter((block) => block.heading === heading && block.language === language)[number];
  if (!found) throw new Error(`${document} has no block ${number} of ${language} under ${heading}`);
  return found.text;
}
