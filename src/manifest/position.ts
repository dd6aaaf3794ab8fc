import { isMap, isSeq, type ParsedNode } from 'yaml';
import { lineAndColumn, type ManifestDocument } from './read.ts';
import { keyOf } from './schema.ts';

/**
 * The line and column (both from 1) in the file of what a JSON pointer names: the key of a field, the value of a list's
 * entry. Falls back to the nearest ancestor that is written there, and so to the alias or the merging map.
 */
export function positionOf(document: ManifestDocument, pointer: string): { line: number; column: number } {
  let node: ParsedNode | null = document.source.contents;
  let offset = node?.range[0] ?? 0;
  for (const segment of segmentsOf(pointer)) {
    const next = node && step(node, segment);
    if (!next) break;
    [offset, node] = next;
  }
  const { line, column } = lineAndColumn(document.text, offset);
  return { line: document.line + line - 1, column };
}

function step(node: ParsedNode, segment: string): [number, ParsedNode | null] | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(segment)];
    return item && [item.range[0], item];
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => keyOf(key) === segment);
  return pair && [pair.key.range[0], pair.value];
}

function segmentsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}
