/** The findings of `dropcap check` for people: a table on a terminal, a line for each in a pipe. */
import { printable } from '../audit/printable.ts';
import { shownValue } from '../audit/shown-value.ts';
import { fitColumns, layRow, wrap } from './layout.ts';
import type { Report } from './check-run.ts';
import { rowsIn, type Row } from './check-rows.ts';
import { containerName, explainsItself, sentenceFor, shownOutcome } from './check-words.ts';
import type { Context } from './context.ts';
import { terminalOf, type Terminal } from './terminal.ts';

type Paint = Terminal['paint'];

const HEADINGS = ['WHERE', 'FIELD', 'NOW', 'WOULD BE'];
const WOULD_BE = 3;
const INDENT = 4;

/** Below this a table would only be broken words, and lines are printed. */
const NARROWEST = 60;

const COLOURS: Readonly<Partial<Record<Row['outcome'], 'yellow' | 'red'>>> = { hardened: 'yellow', unresolved: 'red' };

const policiesOf = (row: Row): string => row.policies.map(printable).join(', ');

const cellsOf = (row: Row): string[] => [
  `${row.line}:${row.column}`,
  row.rule === 'pod' ? 'the whole pod' : row.rule,
  row.rule === 'pod' ? '' : shownValue(row.before),
  shownOutcome(row),
];

/** How the table of a report is drawn. */
interface Drawing {
  readonly widths: readonly number[];
  readonly width: number;
  /** Does it have a column for policies? Where all findings have the same ones, they are said once. */
  readonly hasPolicies: boolean;
  readonly paint: Paint;
}

/** A row, and below it why, where that is not plain. */
function linesFor(row: Row, { widths, width, hasPolicies, paint }: Drawing): string[] {
  const colour = COLOURS[row.outcome];
  const cells = [...cellsOf(row), ...(hasPolicies ? [policiesOf(row)] : [])];
  const lines = layRow(cells, widths, (text, column) => (column === WOULD_BE && colour ? paint(colour, text) : text));
  if (explainsItself(row)) return lines;
  const margin = ' '.repeat(widths[0]! + 2);
  return [...lines, ...wrap(printable(row.reason), width - margin.length).map((line) => margin + paint('dim', line))];
}

interface Group {
  readonly title: string;
  readonly rows: readonly Row[];
}

const titleOf = (row: Row): string =>
  [`${printable(row.workload)} in ${printable(row.namespace)}`, containerName(row)].filter(Boolean).join(', ');

/** The findings of each container of each workload of each file that has any. */
function groupsOf({ files }: Report): { file: string; groups: Group[] }[] {
  return files.flatMap(({ file, workloads }) => {
    const groups = workloads.flatMap(({ rows }) =>
      [...Map.groupBy(rows, titleOf)].map(([title, ofContainer]) => ({ title, rows: ofContainer })),
    );
    return groups.length > 0 ? [{ file, groups }] : [];
  });
}

function table(report: Report, columns: number, paint: Paint): string {
  const rows = rowsIn(report.files);
  const asked = [...new Set(rows.map(policiesOf).filter(Boolean))];
  const hasPolicies = asked.length > 1;
  const headings = [...HEADINGS, ...(hasPolicies ? ['POLICY'] : [])];
  const cells = rows.map((row) => [...cellsOf(row), ...(hasPolicies ? [policiesOf(row)] : [])]);
  const width = columns - INDENT;
  const drawing = { widths: fitColumns([headings, ...cells], width), width, hasPolicies, paint };
  const indented = (lines: readonly string[]): string[] => lines.map((line) => ' '.repeat(INDENT) + line);
  const body = groupsOf(report).flatMap(({ file, groups }) => [
    ...wrap(printable(file), columns).map((line) => paint('bold', line)),
    ...groups.flatMap(({ title, rows: found }) => [
      ...wrap(title, columns - 2).map((line) => `  ${line}`),
      ...found.flatMap((row) => indented(linesFor(row, drawing))),
    ]),
    '',
  ]);
  const title = asked.length === 1 ? wrap(`asked by policy ${asked[0]!}`, columns) : [];
  const heading = indented(layRow(headings, drawing.widths)).map((line) => paint('dim', line));
  return [...title, ...heading, ...body].map((line) => `${line}\n`).join('');
}

/** `deploy.yaml:10:7: Deployment/web: container web: …`, as compilers and linters write it. */
function lineFor(row: Row): string {
  const place = `${printable(row.file)}:${row.line}:${row.column}`;
  return [place, printable(row.workload), containerName(row), sentenceFor(row)].filter(Boolean).join(': ');
}

/** Columns of the terminal, or lines where there is none. */
export function asTable(report: Report, context: Context): string {
  const { columns, paint } = terminalOf(context);
  const rows = rowsIn(report.files);
  if (rows.length === 0) return '';
  if (columns === undefined || columns < NARROWEST) return rows.map((row) => `${lineFor(row)}\n`).join('');
  return table(report, columns, paint);
}
