import { verdictOf, type Result, type Unit } from './result.ts';

function number(value: number | undefined, unit: Unit): string {
  if (value === undefined) return '';
  return `${value.toFixed(unit === '' ? 2 : 1)}${unit}`;
}

function cells(result: Result): string[] {
  const { title, must, aim, unit, measured } = result;
  const interval = `${number(measured.low, '')} to ${number(measured.high, '')}`;
  const value = `${number(measured.median, unit)} (${interval})`;
  return [title, number(must, unit), number(aim, unit), value, verdictOf(result)];
}

/** The results as a table in Markdown, aligned so that it can be read as it is, and what lies behind each below it. */
export function table(results: readonly Result[]): string {
  const rows = [['', 'must', 'aim', 'measured (95 %)', 'verdict'], ...results.map(cells)];
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[], fill: string): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!, fill)).join(' | ')} |`;
  const [head, ...body] = rows.map((row) => line(row, ' '));
  const rule = line(
    widths.map(() => ''),
    '-',
  );
  const notes = results.flatMap(({ title, note }) => (note === undefined ? [] : [`- ${title}: ${note}`]));
  return [head, rule, ...body, '', ...notes].join('\n');
}
