import {
  isCollection,
  isMap,
  isScalar,
  Scalar,
  visit,
  type Document,
  type ParsedNode,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { columnOf, indentOf, isFirstOnLine } from './text.ts';
import type { BlockStyle, FlowStyle } from './render.ts';

interface Sample {
  readonly offset: number;
  readonly width: number;
}

/** Gives the indentation that the document uses nearest to an offset; 2 for maps and 0 for dashes, as kubectl, if none. */
export function blockStyleOf(contents: ParsedNode | null, text: string): (offset: number) => BlockStyle {
  const steps: Sample[] = [];
  const dashes: Sample[] = [];
  visit(contents, {
    Pair(_, { key, value }) {
      if (!isScalar(key) || !key.range || !isCollection(value) || !value.range || value.flow) return;
      const width = columnOf(text, value.range[0]) - columnOf(text, key.range[0]);
      (isMap(value) ? steps : dashes).push({ offset: value.range[0], width });
    },
  });
  const near = (samples: Sample[], offset: number) =>
    samples.reduce<Sample | undefined>(
      (best, sample) => (best && Math.abs(best.offset - offset) <= Math.abs(sample.offset - offset) ? best : sample),
      undefined,
    )?.width;
  return (offset) => {
    const dash = near(dashes, offset) ?? 0;
    return { step: near(steps, offset) ?? (dash || 2), dash };
  };
}

/** How this `{…}` or `[…]` is written. In a JSON document everything is quoted, and entries on lines of their own stay so. */
export function flowStyleOf(node: YAMLMap.Parsed | YAMLSeq.Parsed, text: string, isJson: boolean): FlowStyle {
  const [start, end] = node.range;
  const first = isMap(node) ? node.items[0]?.key : node.items[0];
  const pad = text[start + 1] === ' ' ? ' ' : '';
  if (!isJson) return { quoted: isMap(node) && isDoubleQuoted(first), pad, gap: ' ' };
  const gap = /[:,]\s/.test(text.slice(start, end)) ? ' ' : '';
  if (!first || !isFirstOnLine(text, first.range[0])) return { quoted: true, pad, gap };
  return { quoted: true, pad: '', gap, unit: unitBetween(indentOf(text, start), indentOf(text, first.range[0])) };
}

function isDoubleQuoted(node: ParsedNode | undefined): boolean {
  return isScalar(node) && node.type === Scalar.QUOTE_DOUBLE;
}

function unitBetween(outer: string, inner: string): string {
  return (inner.startsWith(outer) && inner.slice(outer.length)) || '  ';
}

/** Whether this is JSON and not only YAML. */
export function isJsonText(text: string): boolean {
  if (!/^\uFEFF?\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text.replace('\uFEFF', ''));
    return true;
  } catch {
    return false;
  }
}

/** Whether something in the document stands for a value that is written elsewhere. */
export function hasAliases(source: Document.Parsed): boolean {
  let found = false;
  visit(source, {
    Alias: () => {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}
