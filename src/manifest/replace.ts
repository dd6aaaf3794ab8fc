import { isCollection } from 'yaml';
import { blockLines, flowText, isNested, PLAIN_FLOW } from './render.ts';
import { contentEnd, type Slot, type Writing } from './slot.ts';
import { flowStyleOf } from './style.ts';
import { indentOf, lineEnd, lineStart } from './text.ts';

/** Writes a whole value where another one stands, in the style of its surroundings. Comments on the key's line stay. */
export function replaceValue(slot: Slot, value: unknown, writing: Writing): void {
  if (slot.flow || writing.isJson) {
    replaceInFlow(slot, value, writing);
    return;
  }
  const space = slot.kind === 'root' ? '' : ' ';
  if (!isNested(value)) {
    replaceInBlock(slot, space + flowText(value, PLAIN_FLOW), [], writing);
    return;
  }
  const lines = blockLines(value, columnOfValue(slot, value, writing), writing.blockStyle(slot.node.range[0]));
  const head = slot.kind === 'value' ? '' : space + (lines.shift()?.trimStart() ?? '');
  replaceInBlock(slot, head, lines, writing);
}

function replaceInFlow(slot: Slot, value: unknown, { text, eol, edits, isJson }: Writing): void {
  const { node, after, flow } = slot;
  const style = flow ?? (isCollection(node) ? flowStyleOf(node, text, isJson) : PLAIN_FLOW);
  const rendered = flowText(value, style, indentOf(text, node.range[0]), eol);
  if (isEmpty(slot)) edits.push({ start: after, end: after, text: ` ${rendered}` });
  else edits.push({ start: node.range[0], end: contentEnd(node, text), text: rendered });
}

function replaceInBlock(slot: Slot, head: string, lines: readonly string[], { text, eol, edits }: Writing): void {
  const { node, after } = slot;
  // An empty value has no place of its own: its offset is behind the spaces that separate a comment.
  const end = isEmpty(slot) ? after : contentEnd(node, text);
  const below = lines.map((line) => eol + line).join('');
  const atEnd = lineEnd(text, end);
  if (isEmpty(slot) || lineStart(text, node.range[0]) === lineStart(text, after)) {
    edits.push({ start: after, end, text: head }, { start: atEnd, end: atEnd, text: below });
  } else {
    edits.push({ start: after, end: after, text: head }, { start: lineEnd(text, after), end: atEnd, text: below });
  }
}

function isEmpty({ node }: Slot): boolean {
  return node.range[0] === node.range[1];
}

function columnOfValue({ kind, column, node }: Slot, value: object, { blockStyle }: Writing): number {
  if (kind === 'root') return 0;
  if (kind === 'item') return column + 2;
  const { dash, step } = blockStyle(node.range[0]);
  return column + (Array.isArray(value) ? dash : step);
}
