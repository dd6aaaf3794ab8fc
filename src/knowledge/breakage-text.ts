/**
 * Patterns of error texts: literal words with `*` between them for up to 200 characters, and `$` at the end for the end of the
 * line. They are no regular expressions, so that a line of any length costs one pass for each literal.
 */

const LONGEST_LINE = 65_536;
const WIDEST_GAP = 200;

const CONTROL = '\u001b[';
const COLOUR = /^[0-9;]*[A-Za-z]/;
const WORD = /[\p{L}\p{N}_]/u;

/** One pattern, ready to be looked for. */
export interface TextPattern {
  readonly literals: readonly string[];
  readonly atEnd: boolean;
  /** How many characters it names: of two patterns in a line, the one that names more says more. */
  readonly weight: number;
}

const withoutColours = (text: string): string => {
  const [first = '', ...rest] = text.split(CONTROL);
  return first + rest.map((part) => part.replace(COLOUR, '')).join('');
};

/**
 * A line as patterns see it, from its first 64 KiB: lower case, without colours, straight quotes that no log format escapes,
 * single spaces.
 */
export const comparable = (line: string): string =>
  withoutColours(line.slice(0, LONGEST_LINE))
    .replaceAll(/[‘’]/g, "'")
    .replaceAll(/\\?["“”]/g, '"')
    .replaceAll(/\s+/g, ' ')
    .toLowerCase();

/** Makes a pattern of its text. */
export function textPattern(text: string): TextPattern {
  const atEnd = text.endsWith('$');
  const literals = comparable(atEnd ? text.slice(0, -1) : text)
    .split('*')
    .filter((part) => part !== '');
  return { literals, atEnd, weight: literals.join('').length };
}

const isWord = (char: string | undefined): boolean => char !== undefined && WORD.test(char);

/** Where a literal stands in a text as whole words. */
function* places(text: string, literal: string): Generator<number> {
  const [first, last] = [isWord(literal[0]), isWord(literal.at(-1))];
  for (let at = text.indexOf(literal); at >= 0; at = text.indexOf(literal, at + 1)) {
    const end = at + literal.length;
    if (!(first && isWord(text[at - 1])) && !(last && isWord(text[end]))) yield at;
  }
}

/** A stretch of a text: where it begins, and where it ends. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The stretches so far, each made longer by a literal that follows it in reach. Of several, the last is the nearest. */
function extended(text: string, literal: string, before: readonly Stretch[]): Stretch[] {
  const found: Stretch[] = [];
  let next = 0;
  for (const at of places(text, literal)) {
    while (next < before.length && before[next]!.to <= at) next++;
    const nearest = before[next - 1];
    if (nearest && at - nearest.to <= WIDEST_GAP) found.push({ from: nearest.from, to: at + literal.length });
  }
  return found;
}

/** Where the pattern stands in a comparable line, or undefined. */
export function find(text: string, { literals, atEnd }: TextPattern): Stretch | undefined {
  const [first, ...rest] = literals;
  if (first === undefined || !literals.every((literal) => text.includes(literal))) return undefined;
  let found = Array.from(places(text, first), (from) => ({ from, to: from + first.length }));
  for (const literal of rest) found = extended(text, literal, found);
  if (!atEnd) return found[0];
  const last = found.at(-1);
  return last && !WORD.test(text.slice(last.to)) ? last : undefined;
}
