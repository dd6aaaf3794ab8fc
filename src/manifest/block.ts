import type { YAMLMap, YAMLSeq } from 'yaml';
import { entryLines, itemLines } from './render.ts';
import { contentEnd, dashOf, pairStart, Unwritable, type ParsedPair, type Writing } from './slot.ts';
import { columnOf, cutLines, endOfEntry, isFirstOnLine, lineEnd, lineStart, type Edit } from './text.ts';

/** Removes entries of a block map with the comments on their own lines; at least one entry has to stay. */
export function removeFromBlockMap(
  map: YAMLMap.Parsed,
  removed: ReadonlySet<ParsedPair>,
  { text, edits }: Writing,
): void {
  let next = map.items.length;
  for (const [index, pair] of [...map.items.entries()].reverse()) {
    if (!removed.has(pair)) {
      next = index;
      continue;
    }
    const start = pairStart(pair);
    const end = endOfPair(pair, text);
    if (isFirstOnLine(text, start)) edits.push(cutLines(text, start, end));
    else edits.push(pullUp(map, start, next, text));
  }
}

// `- name: x` without name: what stood below moves up behind the dash, unless comments stand between.
function pullUp(map: YAMLMap.Parsed, start: number, next: number, text: string): Edit {
  const [pair, before] = [map.items[next], map.items[next - 1]];
  if (!pair || !before) throw new Unwritable();
  const end = lineEnd(text, endOfPair(before, text));
  const isClear = text.slice(end, pairStart(pair)).trim() === '';
  if (isClear) return { start, end: pairStart(pair), text: '' };
  return { start: text.slice(0, start).trimEnd().length, end, text: '' };
}

/** Adds entries at the end of a block map, as one block of lines. */
export function addToBlockMap(map: YAMLMap.Parsed, added: Record<string, unknown>, writing: Writing): void {
  const { text, eol, edits } = writing;
  const [first, last] = [map.items[0], map.items.at(-1)];
  if (!first || !last) throw new Unwritable();
  const column = columnOf(text, pairStart(first));
  const start = endOfEntry(text, endOfPair(last, text), column);
  const style = writing.blockStyle(pairStart(last));
  const lines = Object.entries(added).flatMap(([key, value]) => entryLines(key, value, column, style));
  edits.push({ start, end: start, text: lines.map((line) => eol + line).join('') });
}

function endOfPair(pair: ParsedPair, text: string): number {
  return contentEnd(pair.value ?? pair.key, text);
}

/**
 * Turns a block list into `wanted`: entries at the indexes of `kept` stay as they are, the others go, and what `wanted`
 * has beyond them is written where it belongs. `kept` maps an index of the new list to one of the old.
 */
export function rewriteBlockSeq(
  seq: YAMLSeq.Parsed,
  wanted: readonly unknown[],
  kept: ReadonlyMap<number, number>,
  writing: Writing,
): void {
  const { text, eol, edits } = writing;
  const column = columnOf(text, dashOf(seq, 0));
  const style = writing.blockStyle(dashOf(seq, 0));
  const stays = new Set(kept.values());
  for (const [index, item] of seq.items.entries()) {
    if (!isFirstOnLine(text, dashOf(seq, index))) throw new Unwritable();
    if (!stays.has(index)) edits.push(cutLines(text, dashOf(seq, index), contentEnd(item, text)));
  }
  const first = lineStart(text, dashOf(seq, 0));
  if (first === 0) throw new Unwritable();
  let at = lineEnd(text, lineStart(text, first - 1));
  for (const [index, value] of wanted.entries()) {
    const item = seq.items[kept.get(index) ?? -1];
    if (item) {
      at = endOfEntry(text, contentEnd(item, text), column);
    } else {
      const lines = itemLines(value, column, style).map((line) => eol + line);
      edits.push({ start: at, end: at, text: lines.join('') });
    }
  }
}
