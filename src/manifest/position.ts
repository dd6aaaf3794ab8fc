import { isMap, isSeq, type ParsedNode } from 'yaml';
import type { ManifestDocument } from './read.ts';
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
  const starts = lineStartsOf(document);
  const line = lastAtMost(starts, offset);
  const column = document.text.slice(starts[line], offset).replace('\uFEFF', '').length + 1;
  return { line: document.line + line, column };
}

// A list of thousands of pods is one document, and is asked for thousands of places.
const lineStarts = new WeakMap<ManifestDocument, readonly number[]>();

function lineStartsOf(document: ManifestDocument): readonly number[] {
  const known = lineStarts.get(document);
  if (known) return known;
  const starts = [0];
  for (let at = document.text.indexOf('\n'); at !== -1; at = document.text.indexOf('\n', at + 1)) starts.push(at + 1);
  lineStarts.set(document, starts);
  return starts;
}

/** The index of the last of some rising numbers, the first of them 0, that is at most `limit`. */
function lastAtMost(numbers: readonly number[], limit: number): number {
  let [low, high] = [0, numbers.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (numbers[middle]! <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
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

/** The keys on the way that a JSON pointer goes; an index is its digits. */
export function segmentsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}
