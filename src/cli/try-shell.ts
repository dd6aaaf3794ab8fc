/** Words of a command line as a shell reads them back, whatever is in them. */
import { UNPRINTABLE } from '../audit/printable.ts';

const SAFE = /^[\w@%+=:,./-]+$/;

function escaped(char: string): string {
  if (char === '\n') return String.raw`\n`;
  const hex = char.codePointAt(0)!.toString(16);
  return hex.length <= 4 ? String.raw`\u${hex.padStart(4, '0')}` : String.raw`\U${hex.padStart(8, '0')}`;
}

/** One word, in quotes where it needs them. Unprintable characters are escaped as bash and zsh read them. */
export function quoted(word: string): string {
  if (SAFE.test(word)) return word;
  if (word.search(UNPRINTABLE) === -1) return `'${word.replaceAll("'", String.raw`'\''`)}'`;
  return `$'${word.replaceAll(/[\\']/g, String.raw`\$&`).replaceAll(UNPRINTABLE, escaped)}'`;
}

/** A command line over several lines, each of `parts` on one of them. */
export const commandLine = (parts: readonly (readonly string[])[]): string =>
  parts
    .filter((words) => words.length > 0)
    .map((words) => words.map(quoted).join(' '))
    .join(' \\\n  ');
