import { isCollection, isPair, isScalar, Scalar, type CST, type Pair, type ParsedNode } from 'yaml';
import type { YAMLMap, YAMLSeq } from 'yaml';
import type { Reading } from './json.ts';
import type { BlockStyle, FlowStyle } from './render.ts';
import { flowStyleOf } from './style.ts';
import { columnOf, type Edit } from './text.ts';

/** What the writing of one document shares. */
export interface Writing {
  readonly text: string;
  readonly eol: string;
  readonly isJson: boolean;
  readonly hasAliases: boolean;
  readonly blockStyle: (offset: number) => BlockStyle;
  /** What each anchor stands for once the edits are made. */
  readonly anchors: Reading;
  readonly edits: Edit[];
}

/** An entry of a parsed map. */
export type ParsedPair = Pair<ParsedNode, ParsedNode | null>;

/** A place for a value: after a map's key, after a list's dash, or the document itself. */
export interface Slot {
  readonly kind: 'value' | 'item' | 'root';
  readonly node: ParsedNode;
  /** The end of the `:` or `-`, or of the anchor or tag that follows it. */
  readonly after: number;
  /** Of the key or the dash. */
  readonly column: number;
  /** Set when it stands within `{…}` or `[…]`. */
  readonly flow?: FlowStyle;
}

/** The source uses a construct that is not edited in place, such as `? key` or `- - item`. */
export class Unwritable extends Error {}

/** The slot of a map's entry. */
export function slotOfPair(pair: ParsedPair, map: YAMLMap.Parsed, { text, isJson }: Writing): Slot {
  const after = endOfProperties(pair.srcToken?.sep);
  if (!pair.value || after === undefined) throw new Unwritable();
  const slot = { kind: 'value', node: pair.value, after, column: columnOf(text, pairStart(pair)) } as const;
  return map.flow ? { ...slot, flow: flowStyleOf(map, text, isJson) } : slot;
}

/** The slot of a list's entry. */
export function slotOfItem(seq: YAMLSeq.Parsed, index: number, { text, isJson }: Writing): Slot {
  const node = seq.items[index];
  if (!node) throw new Unwritable();
  if (seq.flow) {
    const flow = flowStyleOf(seq, text, isJson);
    return { kind: 'item', node, after: node.range[0], column: columnOf(text, node.range[0]), flow };
  }
  const dash = dashOf(seq, index);
  const after = endOfProperties(tokensOfItem(seq, index)) ?? dash + 1;
  return { kind: 'item', node, after, column: columnOf(text, dash) };
}

/** Where a map's entry begins. */
export function pairStart(pair: ParsedPair): number {
  const property = pair.srcToken?.start.find(
    ({ type }) => type === 'anchor' || type === 'tag' || type === 'explicit-key-ind',
  );
  return property?.offset ?? pair.key.range[0];
}

/** Where the dash of a block list's entry stands. */
export function dashOf(seq: YAMLSeq.Parsed, index: number): number {
  const dash = tokensOfItem(seq, index).find(({ type }) => type === 'seq-item-ind');
  if (!dash) throw new Unwritable();
  return dash.offset;
}

function tokensOfItem(seq: YAMLSeq.Parsed, index: number): CST.SourceToken[] {
  const items = (seq.srcToken as CST.BlockSequence | undefined)?.items;
  // Comments after the last entry are an item of the syntax tree without a dash, and not in seq.items.
  return items?.[index]?.start ?? [];
}

function endOfProperties(tokens: CST.SourceToken[] = []): number | undefined {
  const last = tokens.findLast(({ type }) => ['map-value-ind', 'seq-item-ind', 'anchor', 'tag'].includes(type));
  return last && last.offset + last.source.length;
}

/** Where the last character of a value ends, before any comment or line break. */
export function contentEnd(node: ParsedNode, text: string): number {
  if (isCollection(node) && !node.flow) {
    const last = node.items.at(-1);
    const inner = isPair(last) ? (last.value ?? last.key) : last;
    return inner ? contentEnd(inner, text) : node.range[1];
  }
  const [start, end] = node.range;
  if (!isScalar(node) || (node.type !== Scalar.BLOCK_LITERAL && node.type !== Scalar.BLOCK_FOLDED)) return end;
  const source = text.slice(start, end);
  const keeps = /^[|>][-\d]*\+/.test(source);
  return start + source.replace(keeps ? /\r?\n$/ : /[\r\n]+$/, '').length;
}
