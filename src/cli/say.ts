/** What is said to people: on stderr, a line each, whatever names and texts from elsewhere are in it. */
import { printable, visible } from '../audit/printable.ts';
import type { Context } from './context.ts';

/** Text that a terminal shows as it is, tabs kept. */
export const legible = (text: string): string => text.split('\t').map(visible).join('\t');

/** Writes lines to stderr. */
export function say(context: Context, lines: readonly string[]): void {
  if (lines.length > 0) context.stderr.write(`${lines.map(printable).join('\n')}\n`);
}

/** `1 thing`, `2 things`. */
export const count = (number: number, thing: string): string => `${number} ${thing}${number === 1 ? '' : 's'}`;

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  ENOTDIR: 'no such file or folder',
  EACCES: 'no permission',
  EISDIR: 'a folder, where a file was expected',
  ELOOP: 'a symbolic link that leads to itself',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'a name that is too long',
  ENXIO: 'a socket or device, where a file was expected',
  EIO: 'the device that it lies on fails',
};

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException | undefined)?.code ?? '';

/** Why a file could not be opened, with its name: in words where the system only has a code. */
export function whyNot(error: unknown, file: string): string {
  const words = WORDS[codeOf(error)];
  if (words !== undefined) return `${file}: ${words}`;
  const { message, cause } = error as Error;
  const code = codeOf(cause);
  return code === '' ? message : message.replace(code, WORDS[code] ?? code);
}
