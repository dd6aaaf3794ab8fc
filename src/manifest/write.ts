import { isDeepStrictEqual } from 'node:util';
import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type YAMLMap, type YAMLSeq } from 'yaml';
import { addToBlockMap, removeFromBlockMap, rewriteBlockSeq } from './block.ts';
import { addToFlowMap, removeFromFlowMap, rewriteFlowSeq } from './flow.ts';
import { isObject } from './json.ts';
import { commonEntries, isSameShape, planOf, type Json } from './plan.ts';
import type { ManifestDocument } from './read.ts';
import { keyOf } from './schema.ts';
import { isNested } from './render.ts';
import { replaceValue } from './replace.ts';
import { slotOfItem, slotOfPair, type Slot, type Writing } from './slot.ts';
import { blockStyleOf, hasAliases, isJsonText } from './style.ts';
import { applyEdits } from './text.ts';

/**
 * The document's text, changed only where its value differs from `wanted`. May throw on odd sources, and is not to be
 * trusted blindly: whoever calls it reads the result again.
 */
export function writeDocument({ source, json, text }: ManifestDocument, wanted: unknown): string {
  const writing: Writing = {
    text,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    isJson: isJsonText(text),
    hasAliases: hasAliases(source),
    blockStyle: blockStyleOf(source.contents, text),
    anchors: { anchors: new Map(), size: 0 },
    edits: [],
  };
  const node = source.contents;
  if (node) rewrite({ kind: 'root', node, after: node.range[0], column: 0 }, json, wanted, writing);
  return applyEdits(text, writing.edits);
}

function rewrite(slot: Slot, before: unknown, wanted: unknown, writing: Writing): void {
  const { node } = slot;
  // A value that does not change may yet have an alias in it that would.
  if (!writing.hasAliases && isDeepStrictEqual(before, wanted)) return;
  if (isAlias(node)) {
    const target = writing.anchors.anchors.get(node.source);
    if (!target || !isDeepStrictEqual(target.json, wanted)) replaceValue(slot, wanted, writing);
    return;
  }
  rewriteLiteral(slot, before, wanted, writing);
  note(node, wanted, writing);
}

function rewriteLiteral(slot: Slot, before: unknown, wanted: unknown, writing: Writing): void {
  const { node } = slot;
  if (isMap(node) && isObject(before) && isObject(wanted)) rewriteMap(slot, node, before, wanted, writing);
  else if (isSeq(node) && Array.isArray(before) && Array.isArray(wanted))
    rewriteSeq(slot, node, before, wanted, writing);
  else if (!isDeepStrictEqual(before, wanted)) replaceValue(slot, wanted, writing);
}

function note(node: ParsedNode, json: unknown, { anchors }: Writing): void {
  if (!isAlias(node) && node.anchor !== undefined) anchors.anchors.set(node.anchor, { json, size: 0 });
}

function rewriteMap(slot: Slot, map: YAMLMap.Parsed, before: Json, wanted: Json, writing: Writing): void {
  const plan = planOf(map, wanted, writing.anchors);
  if (!plan) {
    if (map.items.length > 0 || isNested(wanted)) replaceValue(slot, wanted, writing);
    return;
  }
  const { kept, removed, added } = plan;
  for (const pair of kept) {
    note(pair.key, keyOf(pair.key), writing);
    rewrite(slotOfPair(pair, map, writing), before[keyOf(pair.key)], wanted[keyOf(pair.key)], writing);
  }
  if (removed.size > 0) (map.flow ? removeFromFlowMap : removeFromBlockMap)(map, removed, writing);
  if (Object.keys(added).length === 0) return;
  if (map.flow) addToFlowMap(map, added, removed, writing);
  else addToBlockMap(map, added, writing);
}

function rewriteSeq(slot: Slot, seq: YAMLSeq.Parsed, before: unknown[], wanted: unknown[], writing: Writing): void {
  if (isSameShape(before, wanted)) {
    for (const index of before.keys()) rewrite(slotOfItem(seq, index, writing), before[index], wanted[index], writing);
    return;
  }
  // An entry in brackets that is an alias, has an anchor or entries of its own is not worth keeping apart.
  const isPlain = seq.items.every((item) => isScalar(item) && item.anchor === undefined && item.tag === undefined);
  if (before.length === 0 || wanted.length === 0 || (seq.flow && !isPlain)) {
    replaceValue(slot, wanted, writing);
    return;
  }
  const kept = commonEntries(before, wanted);
  if (seq.flow) {
    rewriteFlowSeq(seq, wanted, kept, writing);
    return;
  }
  for (const [to, from] of kept) rewrite(slotOfItem(seq, from, writing), before[from], wanted[to], writing);
  rewriteBlockSeq(seq, wanted, kept, writing);
}
