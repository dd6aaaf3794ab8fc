/** Help that fits the terminal, and that is of the command that was asked about. */
import type { Command } from 'commander';
import { wrap } from './layout.ts';

// What the added texts are written for, and what they are wrapped to where nothing is known of the terminal.
const WRITTEN = 120;
const UNKNOWN = 80;
const NARROWEST = 40;
/** A second column narrower than this is moved below the first. */
const NARROW_COLUMN = 24;

// Of text in one column, that is no command line.
const PROSE = /^( *)(?!\$ )(\S+)(?: \S+)*$/;

/** Was a line ended only because its next word had no room? Then the two are one paragraph. */
function continues(before: string, line: string): boolean {
  const [, indent, first = ''] = PROSE.exec(line) ?? [];
  return indent !== undefined && PROSE.exec(before)?.[1] === indent && before.length + 1 + first.length > WRITTEN;
}

const indented = (lines: readonly string[], first: string, rest: string): string[] =>
  lines.map((line, i) => (i === 0 ? first : rest) + line);

/** The second column of a line, beside the first or below it. */
function inColumns(start: string, left: string, right: string, width: number): string[] {
  const room = width - start.length - left.length;
  if (room >= NARROW_COLUMN) return indented(wrap(right, room), start + left, ' '.repeat(width - room));
  const below = `${start}    `;
  return [start + left.trimEnd(), ...indented(wrap(right, width - below.length), below, below)];
}

/** A line of one or two columns. A command line stays whole: it may be copied. */
function fitted(line: string, width: number): string[] {
  const [, start = '', left = '', right = ''] = /^( *)(\S.*?(?: {2,}(?=\S)|$))(.*)$/.exec(line) ?? [];
  if (line.length <= width || (right === '' && left.startsWith('$ '))) return [line];
  if (right !== '') return inColumns(start, left, right, width);
  return indented(wrap(left, width - start.length), start, start);
}

/**
 * A help text whose lines fit `columns`, or 80 where the terminal is not known; never wider than 120.
 * commander fits what it writes itself, and not what commands add to it.
 */
export function fitHelp(text: string, columns: number | undefined): string {
  const width = Math.max(NARROWEST, Math.min(columns ?? UNKNOWN, WRITTEN));
  const lines: string[] = [];
  let before = '';
  for (const line of text.split('\n')) {
    if (continues(before, line)) lines.push(`${lines.pop()!} ${line.trimStart()}`);
    else lines.push(line);
    before = line;
  }
  return lines.flatMap((line) => fitted(line, width)).join('\n');
}

/**
 * Arguments that ask for help in the one way that commander takes at its word: `help policy validate` becomes
 * `policy validate --help`, and help about a command that does not exist becomes that command alone, to be refused.
 */
export function askedHelp(program: Command, args: readonly string[]): readonly string[] {
  let command = program;
  for (const [i, word] of args.entries()) {
    if (word.startsWith('-') || command.commands.length === 0) return args;
    if (word === 'help' && i + 1 < args.length) return askedHelp(program, [...args.toSpliced(i, 1), '--help']);
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) return args.filter((one) => one !== '--help' && one !== '-h');
    command = next;
  }
  return args;
}
