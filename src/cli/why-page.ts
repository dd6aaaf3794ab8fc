/** Titled paragraphs and lists, as wide as the terminal; in a pipe each is one line. */
import { wrap } from './layout.ts';
import type { Context } from './context.ts';
import { terminalOf } from './terminal.ts';

/** A line of text, how far it is indented, and with what it begins. */
export interface Line {
  readonly text: string;
  readonly indent?: number;
  readonly bullet?: boolean;
  readonly bold?: boolean;
}

const NARROWEST = 30;

/** A heading below which lines stand as a list; none where there are no lines. */
export const section = (title: string, lines: readonly string[]): readonly Line[] =>
  lines.length === 0
    ? []
    : [{ text: title, indent: 3 }, ...lines.map((text) => ({ text, indent: 5, bullet: lines.length > 1 }))];

/** Lines as they are written to stdout. */
export function page(lines: readonly Line[], context: Context): string {
  const { columns, paint } = terminalOf(context);
  const width = Math.max(columns ?? Infinity, NARROWEST);
  return lines
    .flatMap(({ text, indent = 0, bullet = false, bold = false }) => {
      const [first, hanging] = [' '.repeat(indent) + (bullet ? '- ' : ''), ' '.repeat(indent + (bullet ? 2 : 0))];
      return wrap(text, width - hanging.length).map((part, i) => {
        const whole = part === '' ? '' : (i === 0 ? first : hanging) + part;
        return bold ? paint('bold', whole) : whole;
      });
    })
    .map((line) => `${line}\n`)
    .join('');
}
