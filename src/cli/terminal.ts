/** What a command writes on: how wide it is, and whether it shows colours. */
import { styleText } from 'node:util';
import type { Context } from './context.ts';

const UNSIZED = 80;

type Style = Parameters<typeof styleText>[0];

/** A terminal, or a pipe or file in its place. */
export interface Terminal {
  /** Undefined where it is none. */
  readonly columns: number | undefined;
  /** Styles a text; leaves it as it is where there is no terminal, or one without colours (`NO_COLOR`, `TERM=dumb`). */
  readonly paint: (style: Style, text: string) => string;
}

/** What stdout is. */
export function terminalOf({ stdout, env }: Context): Terminal {
  const { columns: told } = stdout as { columns?: number };
  // A terminal that was never told its size, as with `docker exec -t` or `script`, says 0.
  const columns = told === 0 ? UNSIZED : told;
  const colours = columns !== undefined && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  return { columns, paint: (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text) };
}
