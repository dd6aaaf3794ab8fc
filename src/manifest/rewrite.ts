import type { ParsedNode } from 'yaml';
import type { ManifestDocument } from './read.ts';
import { yamlText } from './render.ts';
import { contentEnd } from './slot.ts';
import { blockStyleOf, isJsonText } from './style.ts';
import { indentOf, isFirstOnLine, lineEnd, lineStart } from './text.ts';

/**
 * The document written anew from its JSON: what stands before and after its content stays, comments within are lost.
 * Throws when the JSON does not hold a number exactly, which would change it.
 */
export function rewriteDocument({ source, text }: ManifestDocument, wanted: unknown): string {
  const node = source.contents;
  if (!node) throw new Error('The document is empty.');
  if (hasInexactNumber(wanted)) throw new Error('A number is too large to be written exactly.');
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const [start, gap] = startOfContent(node.range[0], text, eol);
  return (
    text.slice(0, start) +
    gap +
    contentOf(node, text, wanted).replaceAll('\n', eol) +
    text.slice(lineEnd(text, contentEnd(node, text)))
  );
}

// `--- {…}` has its content on the marker's line, where a block cannot begin.
function startOfContent(offset: number, text: string, eol: string): [number, string] {
  if (isFirstOnLine(text, offset))
    return [lineStart(text, offset) + (text.startsWith('\uFEFF') && offset === 1 ? 1 : 0), ''];
  return [offset, eol];
}

function contentOf(node: ParsedNode, text: string, wanted: unknown): string {
  if (isJsonText(text)) return JSON.stringify(wanted, null, indentOf(text, text.indexOf('"')) || undefined);
  return yamlText(wanted, blockStyleOf(node, text)(node.range[0])).trimEnd();
}

function hasInexactNumber(json: unknown): boolean {
  if (typeof json === 'object' && json !== null) return Object.values(json).some(hasInexactNumber);
  return Number.isInteger(json) && !Number.isSafeInteger(json);
}
