/** Splits shell scripts into their simple commands, roughly: enough to see what is called, and with which words. */

/** A command of a script. */
export interface Simple {
  readonly words: readonly string[];
  /** Is its failure caught, by `||` or as a condition? */
  readonly guarded: boolean;
}

const LONGEST_SCRIPT = 65_536;
const DEEPEST = 5;

/** Words after which a command begins. */
const BEFORE_COMMAND = new Set(['then', 'else', 'do', '{', '!', 'time']);
const CONDITIONS = new Set(['if', 'elif', 'while', 'until']);
const NO_COMMANDS = new Set(['fi', 'done', 'esac', '}', 'case', 'for', 'select', 'function', 'in']);

// One piece of a word; then what ends words and commands; then what is passed over: comments and redirections.
const TOKEN =
  /(?<redirect>\d?(?:<<-?|[<>]&?|&>)+[^\S\n]*)|(?<piece>\\[^]|'[^']*'|"(?:\\[^]|[^"\\])*"|\$\((?:[^()]|\([^()]*\))*\)|`[^`]*`|\$\{[^}]{0,200}\}|[^\s;&|()<>'"`\\$#]+|[$#'"`\\])|(?<space>[^\S\n]+)|(?<end>\|\||&&|;;|[;&|\n()])/y;

const COMMENT = /#[^\n]*/y;
const SUBSTITUTION = /\$\(((?:[^()]|\([^()]*\))*)\)|`([^`]*)`/g;

/** What a piece of a word stands for, without its quotes. */
function unquoted(piece: string): string {
  if (piece.startsWith("'")) return piece.slice(1, piece.length > 1 ? -1 : undefined);
  if (piece.startsWith('"')) return piece.slice(1, piece.length > 1 ? -1 : undefined).replaceAll(/\\([$`"\\])/g, '$1');
  return piece.startsWith('\\') ? piece.slice(1) : piece;
}

interface Reading {
  words: string[];
  word: string | undefined;
  /** Does the next word name a file? */
  toFile: boolean;
  inside: string[];
  found: { words: string[]; end: string }[];
}

function endWord(reading: Reading): void {
  if (reading.word === undefined) return;
  if (!reading.toFile) reading.words.push(reading.word);
  reading.toFile = false;
  reading.word = undefined;
}

function endCommand(reading: Reading, end: string): void {
  endWord(reading);
  reading.found.push({ words: reading.words, end });
  reading.words = [];
}

function take(reading: Reading, groups: Readonly<Record<string, string | undefined>>): void {
  const { piece, redirect, end } = groups;
  if (piece !== undefined) {
    if (!piece.startsWith("'")) for (const [, a, b] of piece.matchAll(SUBSTITUTION)) reading.inside.push(a ?? b ?? '');
    reading.word = (reading.word ?? '') + unquoted(piece);
    return;
  }
  endWord(reading);
  if (redirect !== undefined) reading.toFile = true;
  if (end !== undefined) endCommand(reading, end);
}

/** The pieces of a script up to each end of a command, and the scripts inside of `$(…)`. */
function read(script: string): Reading {
  const reading: Reading = { words: [], word: undefined, toFile: false, inside: [], found: [] };
  const text = script.slice(0, LONGEST_SCRIPT);
  let at = 0;
  while (at < text.length) {
    COMMENT.lastIndex = TOKEN.lastIndex = at;
    const token = reading.word === undefined && COMMENT.test(text) ? undefined : TOKEN.exec(text);
    at = token ? TOKEN.lastIndex : Math.max(COMMENT.lastIndex, at + 1);
    if (token?.groups) take(reading, token.groups);
  }
  endCommand(reading, '');
  return reading;
}

/** A command without the words of the shell's grammar before it. */
function simple(words: readonly string[], end: string): Simple {
  let at = 0;
  let guarded = end === '||';
  for (; at < words.length; at++) {
    const word = words[at]!;
    if (CONDITIONS.has(word)) guarded = true;
    else if (!BEFORE_COMMAND.has(word)) break;
  }
  return { words: NO_COMMANDS.has(words[at] ?? '') ? [] : words.slice(at), guarded };
}

/**
 * The commands of a script in their order, those inside of `$(…)` last. Only its first 64 KiB are read; what is no script gives
 * commands that nothing knows.
 */
export function simpleCommands(script: string, depth = 0): readonly Simple[] {
  const { found, inside } = read(withoutHereDocuments(script));
  const own = found.map(({ words, end }) => simple(words, end)).filter(({ words }) => words.length > 0);
  return depth >= DEEPEST ? own : [...own, ...inside.flatMap((text) => simpleCommands(text, depth + 1))];
}

/** Text that commands read from the script itself is none of its commands. */
function withoutHereDocuments(script: string): string {
  let until: string | undefined;
  const lines = script.split('\n').filter((line) => {
    if (until !== undefined) {
      if (line.trim() === until) until = undefined;
      return false;
    }
    until = /(?<!<)<<-?[^\S\n]*["']?(\w+)/.exec(line)?.[1];
    return true;
  });
  return lines.join('\n');
}
