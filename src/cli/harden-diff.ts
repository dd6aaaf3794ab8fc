/** Hardened manifests as a unified diff of their files. */
import { FILE_HEADERS_ONLY, formatPatch, structuredPatch, type StructuredPatchHunk } from 'diff';
import { piecesOf } from './harden-diff-pieces.ts';
import type { Hardened } from './hardened.ts';
import { legible } from './say.ts';
import type { Terminal } from './terminal.ts';

const CONTEXT = 4;

/** Lines of a unified diff before its first hunk. */
const HEADERS = 2;

const STYLES = new Map([
  ['-', 'red'],
  ['+', 'green'],
  ['@', 'cyan'],
] as const);

const linesOf = (text: string): string[] => text.split(/(?<=\n)/);

function hunksOf(before: readonly string[], after: readonly string[]): StructuredPatchHunk[] {
  return piecesOf(before, after, CONTEXT).flatMap((piece) => {
    const [old, fresh] = [before.slice(...piece.before).join(''), after.slice(...piece.after).join('')];
    return structuredPatch('', '', old, fresh, '', '', { context: CONTEXT }).hunks.map((hunk) => ({
      ...hunk,
      oldStart: hunk.oldStart + piece.before[0],
      newStart: hunk.newStart + piece.after[0],
    }));
  });
}

/** A unified diff of two texts, as `patch` wants it. */
export function unifiedDiff(file: string, before: string, after: string): string {
  const hunks = hunksOf(linesOf(before), linesOf(after));
  return formatPatch({ oldFileName: file, newFileName: file, oldHeader: '', newHeader: '', hunks }, FILE_HEADERS_ONLY);
}

/** A line as a terminal shows it. Files may move its cursor; the carriage return of a line's end need not be seen. */
function shown(line: string, index: number, { paint }: Terminal): string {
  const style = index < HEADERS ? 'bold' : STYLES.get(line[0] as '-' | '+' | '@');
  const text = legible(line.replace(/\r$/, ''));
  return style === undefined ? text : paint(style, text);
}

const onTerminal = (diff: string, terminal: Terminal): string =>
  diff
    .split('\n')
    .map((line, i) => shown(line, i, terminal))
    .join('\n');

/** What changes in the files; nothing where nothing changes. In a pipe byte for byte, on a terminal in colours. */
export function asDiff(hardened: readonly Hardened[], terminal: Terminal): string {
  const diffs = hardened
    .filter(({ manifest, text }) => manifest.text !== text)
    .map(({ manifest, text }) => unifiedDiff(manifest.file, manifest.text, text));
  return diffs.map((diff) => (terminal.columns === undefined ? diff : onTerminal(diff, terminal))).join('');
}
