import { stringify } from 'yaml';
import { isObject } from './json.ts';
import { kubernetesYaml } from './schema.ts';

/** How a file indents: its maps under their keys, and its lists' dashes under theirs (0 when in the same column). */
export interface BlockStyle {
  readonly step: number;
  readonly dash: number;
}

/** How a file writes `{…}` and `[…]`: JSON's quotes, a space after `:` and `,`, one inside the brackets, one entry a line. */
export interface FlowStyle {
  readonly quoted: boolean;
  readonly gap: string;
  readonly pad: string;
  /** One level of indentation, when each entry has its own line. */
  readonly unit?: string;
}

/** The flow style of a value that stands in a block. */
export const PLAIN_FLOW: FlowStyle = { quoted: false, gap: ' ', pad: '' };

/** Whether the value needs lines of its own in block style. */
export function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** A map's entry as block lines that begin in `column`. */
export function entryLines(key: string, value: unknown, column: number, style: BlockStyle): string[] {
  const head = `${' '.repeat(column)}${scalarText(key)}:`;
  if (!isNested(value)) return [`${head} ${flowText(value, PLAIN_FLOW)}`];
  return [head, ...blockLines(value, column + (Array.isArray(value) ? style.dash : style.step), style)];
}

/** A list's entry as block lines whose dash stands in `column`. */
export function itemLines(value: unknown, column: number, style: BlockStyle): string[] {
  const [first = '', ...rest] = isNested(value) ? blockLines(value, column + 2, style) : [flowText(value, PLAIN_FLOW)];
  return [`${' '.repeat(column)}- ${first.trimStart()}`, ...rest];
}

/** A map or list that is not empty, as block lines that begin in `column`. */
export function blockLines(value: object, column: number, style: BlockStyle): string[] {
  return Array.isArray(value)
    ? value.flatMap((item) => itemLines(item, column, style))
    : Object.entries(value).flatMap(([key, item]) => entryLines(key, item, column, style));
}

/** Any value in flow style; after a line break the text is indented with `indent`. */
export function flowText(value: unknown, style: FlowStyle, indent = '', eol = '\n'): string {
  if (style.unit !== undefined) return JSON.stringify(value, null, style.unit).replaceAll('\n', eol + indent);
  const join = (open: string, items: string[], close: string) =>
    items.length === 0 ? open + close : [open, items.join(`,${style.gap}`), close].join(style.pad);
  if (Array.isArray(value)) return join('[', value.map((item) => flowText(item, style)), ']'); // prettier-ignore
  if (isObject(value)) return join('{', Object.entries(value).map(([key, item]) => flowEntry(key, item, style)), '}'); // prettier-ignore
  return style.quoted ? JSON.stringify(value) : scalarText(value, true);
}

/** An entry of a map in flow style. */
export function flowEntry(key: string, value: unknown, style: FlowStyle, indent = '', eol = '\n'): string {
  const name = style.quoted ? JSON.stringify(key) : scalarText(key, true);
  return `${name}:${style.gap}${flowText(value, style, indent, eol)}`;
}

/** A scalar as plain as it can be without any YAML reader taking it for something else. */
export function scalarText(value: unknown, inFlow = false): string {
  if (typeof value !== 'string' || /[\n\r]/.test(value)) return JSON.stringify(value);
  const text = yamlText(value).trimEnd();
  return inFlow && /[,[\]{}]/.test(text) && !/^["']/.test(text) ? JSON.stringify(value) : text;
}

/** A whole document as YAML, its strings quoted wherever YAML 1.1 or 1.2 would read something else. */
export function yamlText(value: unknown, style: BlockStyle = { step: 2, dash: 0 }): string {
  return stringify(value, {
    ...kubernetesYaml,
    compat: 'yaml-1.1',
    aliasDuplicateObjects: false,
    lineWidth: 0,
    indent: style.step,
    indentSeq: style.dash > 0,
  });
}
