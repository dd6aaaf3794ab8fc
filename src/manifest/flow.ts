import type { YAMLMap, YAMLSeq } from 'yaml';
import { flowEntry, flowText } from './render.ts';
import { contentEnd, pairStart, Unwritable, type ParsedPair, type Writing } from './slot.ts';
import { flowStyleOf } from './style.ts';
import { indentOf, isFirstOnLine, lineEnd } from './text.ts';

/** Removes entries of a `{…}`; at least one entry has to stay. */
export function removeFromFlowMap(
  map: YAMLMap.Parsed,
  removed: ReadonlySet<ParsedPair>,
  { text, edits }: Writing,
): void {
  const lastKept = map.items.findLastIndex((pair) => !removed.has(pair));
  for (const [index, pair] of map.items.slice(0, lastKept).entries()) {
    const next = map.items[index + 1];
    if (removed.has(pair) && next) edits.push({ start: pairStart(pair), end: pairStart(next), text: '' });
  }
  const [kept, last] = [map.items[lastKept], map.items.at(-1)];
  if (kept && last && kept !== last) edits.push({ start: endOfPair(kept, text), end: endOfPair(last, text), text: '' });
}

/** Adds entries at the end of a `{…}` that is not empty, on lines of their own if the last one has its own. */
export function addToFlowMap(
  map: YAMLMap.Parsed,
  added: Record<string, unknown>,
  removed: ReadonlySet<ParsedPair>,
  writing: Writing,
): void {
  const { text, eol, edits, isJson } = writing;
  const last = map.items.findLast((pair) => !removed.has(pair));
  if (!last) throw new Unwritable();
  const style = flowStyleOf(map, text, isJson);
  const end = endOfPair(last, text);
  const ownLine = isFirstOnLine(text, pairStart(last));
  const indent = ownLine ? indentOf(text, pairStart(last)) : '';
  const entries = Object.entries(added).map(([key, value]) => flowEntry(key, value, style, indent, eol));
  const tail = text.slice(endOfPair(map.items.at(-1) ?? last, text), map.range[1]).replace(/#.*/g, '');
  const comma = tail.includes(',') ? ',' : '';
  if (comma && last !== map.items.at(-1)) throw new Unwritable();
  if (!ownLine) {
    edits.push({ start: end, end, text: entries.map((entry) => `,${style.gap}${entry}`).join('') });
    return;
  }
  // A comment behind the last entry stays with it.
  const at = /^\s*,?\s*(?:#.*)?$/.test(text.slice(end, lineEnd(text, end))) ? lineEnd(text, end) : end;
  if (!comma) edits.push({ start: end, end, text: ',' });
  edits.push({ start: at, end: at, text: entries.map((entry) => eol + indent + entry).join(',') + comma });
}

function endOfPair(pair: ParsedPair, text: string): number {
  return contentEnd(pair.value ?? pair.key, text);
}

/** Turns a `[…]` into `wanted`, with the old text of the entries that stay; `kept` maps new indexes to old ones. */
export function rewriteFlowSeq(
  seq: YAMLSeq.Parsed,
  wanted: readonly unknown[],
  kept: ReadonlyMap<number, number>,
  { text, eol, edits, isJson }: Writing,
): void {
  const { unit, ...style } = flowStyleOf(seq, text, isJson);
  const [start, end] = seq.range;
  const first = seq.items[0]?.range[0] ?? start;
  const sourceOf = (value: unknown, index: number) => {
    const item = seq.items[kept.get(index) ?? -1];
    return item ? text.slice(item.range[0], item.range[1]) : flowText(value, style);
  };
  const sources = wanted.map(sourceOf);
  if (unit === undefined && !isFirstOnLine(text, first)) {
    edits.push({ start, end, text: `[${style.pad}${sources.join(`,${style.gap}`)}${style.pad}]` });
    return;
  }
  const lines = sources.map((source, index) => {
    const item = seq.items[kept.get(index) ?? -1];
    const comma = index < sources.length - 1 ? ',' : '';
    return `${eol}${indentOf(text, first)}${source}${comma}${item ? commentBehind(item.range[1], text) : ''}`;
  });
  edits.push({ start, end, text: `[${lines.join('')}${eol}${indentOf(text, end)}]` });
}

function commentBehind(offset: number, text: string): string {
  return /^(?:[ \t]*,)?([ \t]+#.*)/.exec(text.slice(offset, lineEnd(text, offset)))?.[1] ?? '';
}
