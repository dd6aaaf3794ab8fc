/** Entries of the audit trail for people: a table on a terminal, a line for each in a pipe. */
import { printable } from '../audit/printable.ts';
import { saidOfResult } from '../audit/result-words.ts';
import { saidOf, sentenceOf, shortUser, workloadOf, type Said } from '../audit/words.ts';
import type { AuditEntry } from '../store/terms.ts';
import { shownTime } from './audit-time.ts';
import { fitColumns, layRow, wrap } from './layout.ts';
import type { Terminal } from './terminal.ts';

/** Below this a table would only be broken words, and lines are printed. */
const NARROWEST = 60;
/** How many entries have a say in how wide the columns are. */
const RECENT = 50;
const SHORT_UID = 8;
/** In a pipe, longer cells push the rest of their own line, not of every line. */
const WIDEST = 60;
const INDENT = 4;
const GAP = 2;

const HEADINGS = ['TIME (UTC)', 'UID', 'NAMESPACE', 'WORKLOAD', 'WHO'];
const [WORKLOAD, WHO] = [3, 4];
const LINE_HEADINGS = ['TIME', 'UID', 'NAMESPACE', 'WORKLOAD', 'WHO', 'WHAT'];

type Cells = readonly string[];

const allSaidOf = (entry: AuditEntry): Said[] => [...saidOf(entry), ...saidOfResult(entry.result)];

function cellsOf({ time, uid, passes }: AuditEntry): Cells {
  const first = passes[0]!;
  const cells = [shownTime(time), uid.slice(0, SHORT_UID), first.namespace, workloadOf(first), shortUser(first.user)];
  return cells.map(printable);
}

function lineCellsOf(entry: AuditEntry): Cells {
  const { time, uid, passes } = entry;
  const first = passes[0]!;
  const cells = [new Date(time).toISOString(), uid, first.namespace, workloadOf(first), first.user];
  // Not left empty, so that programs count the same columns in every line.
  return [...cells.map((cell) => printable(cell) || '-'), sentenceOf(allSaidOf(entry))];
}

function saidLines(said: readonly Said[], width: number, { paint }: Terminal): string[] {
  return said.flatMap(({ what, saying, isBad }) => {
    const [first = '', ...rest] = wrap(saying === '' ? what : `${what}: ${saying}`, width - INDENT - GAP);
    const marked = first.startsWith(what) ? paint(isBad ? 'red' : 'yellow', what) + first.slice(what.length) : first;
    return [' '.repeat(INDENT) + marked, ...rest.map((line) => ' '.repeat(INDENT + GAP) + line)];
  });
}

/** Who asked, below the row, where the table has no room for it. */
const whoLines = (who: string, width: number, { paint }: Terminal): string[] =>
  wrap(`by ${who}`, width - INDENT).map((line) => ' '.repeat(INDENT) + paint('dim', line));

/** Prints entries some at a time, as they come. */
export interface EntryTable {
  readonly lines: (entries: readonly AuditEntry[]) => string[];
}

const fits = (rows: readonly Cells[], columns: number): boolean =>
  fitColumns(rows, Infinity).reduce((sum, width) => sum + width + GAP, -GAP) <= columns;

/** On a terminal: two lines or more for each entry, the second and those below it saying what changed. */
function wideTable(columns: number, terminal: Terminal): EntryTable {
  let recent: Cells[] = [];
  let hasWho: boolean | undefined;
  const bold = (text: string, column: number): string =>
    column === WORKLOAD && text !== '' ? terminal.paint('bold', text) : text;
  return {
    lines: (entries) => {
      const rows = entries.map(cellsOf);
      recent = [...recent, ...rows].slice(-Math.max(RECENT, rows.length));
      const isFirst = hasWho === undefined;
      hasWho ??= fits([HEADINGS, ...recent], columns);
      const shown = (cells: Cells): Cells => (hasWho ? cells : cells.slice(0, WHO));
      const widths = fitColumns([HEADINGS, ...recent].map(shown), columns);
      const heading = layRow(shown(HEADINGS), widths).map((line) => terminal.paint('dim', line));
      const body = entries.flatMap((entry, i) => [
        ...layRow(shown(rows[i]!), widths, bold),
        ...(hasWho ? [] : whoLines(rows[i]![WHO]!, columns, terminal)),
        ...saidLines(allSaidOf(entry), columns, terminal),
      ]);
      return isFirst ? [...heading, ...body] : body;
    },
  };
}

/** In a pipe: one line for each entry, however long. */
function lineTable(): EntryTable {
  let widths: readonly number[] = LINE_HEADINGS.map(({ length }) => length);
  let isHeaded = false;
  return {
    lines: (entries) => {
      const rows = [...(isHeaded ? [] : [LINE_HEADINGS]), ...entries.map(lineCellsOf)];
      isHeaded = true;
      widths = widths.map((width, i) =>
        rows.reduce((most, row) => Math.max(most, Math.min(row[i]!.length, WIDEST)), width),
      );
      return rows.map((row) => row.map((cell, i) => (i < row.length - 1 ? cell.padEnd(widths[i]!) : cell)).join('  '));
    },
  };
}

/** A table for what is written on. */
export function entryTable(terminal: Terminal): EntryTable {
  const { columns } = terminal;
  return columns === undefined || columns < NARROWEST ? lineTable() : wideTable(columns, terminal);
}
