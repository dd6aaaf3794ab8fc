/** What `dropcap audit stats` does. */
import { printable } from '../audit/printable.ts';
import type { AuditCount, AuditStats } from '../store/terms.ts';
import { timeline } from '../store/timeline.ts';
import { csvLine } from './audit-csv.ts';
import { visibleJson } from './audit-json.ts';
import { nothingFound } from './audit-list.ts';
import { withAuditStore } from './audit-open.ts';
import { filterOf } from './audit-options.ts';
import { shownTime } from './audit-time.ts';
import type { StatsOptions } from './audit.ts';
import type { Context } from './context.ts';
import { wrap } from './layout.ts';
import { say } from './say.ts';
import { terminalOf, type Terminal } from './terminal.ts';

/** Rows of a table; the rest is counted. */
const MOST = 15;
const WIDEST_BAR = 40;
const WIDEST_NAME = 40;
const NARROWEST_NAME = 8;
const GAP = 2;

interface Section {
  readonly heading: string;
  readonly counted: string;
  readonly rows: readonly AuditCount[];
}

type Counted = Exclude<keyof AuditStats, 'records' | 'first' | 'last' | 'hours'>;

/** What is counted, in the order of the tables. A record, so that what is added to the numbers has to be added here. */
const HEADINGS: Readonly<Record<Counted, readonly [heading: string, counted: string]>> = {
  outcomes: ['OUTCOME', 'FINDINGS'],
  results: ['RESULT', 'RECORDS'],
  policies: ['POLICY', 'FINDINGS'],
  wouldChange: ['WOULD CHANGE', 'FINDINGS'],
  rules: ['RULE', 'FINDINGS'],
  capabilities: ['CAPABILITY', 'FINDINGS'],
  taken: ['TAKEN AWAY', 'FINDINGS'],
  exceptions: ['EXCEPTION', 'FINDINGS'],
  namespaces: ['NAMESPACE', 'FINDINGS'],
};

const SECTIONS = Object.keys(HEADINGS) as Counted[];

const cut = (rows: readonly AuditCount[]): AuditCount[] => {
  const rest = rows.slice(MOST);
  const others = { name: `(${rest.length} more)`, count: rest.reduce((sum, row) => sum + row.count, 0) };
  return rest.length > 1 ? [...rows.slice(0, MOST), others] : [...rows];
};

function sectionsOf(stats: AuditStats): Section[] {
  const { title, rows } = timeline(stats.hours);
  const found = SECTIONS.map((name) => {
    const [heading, counted] = HEADINGS[name];
    return { heading, counted, rows: cut(stats[name]) };
  });
  return [...found, { heading: title, counted: 'RECORDS', rows }].filter((section) => section.rows.length > 0);
}

const shown = (number: number): string => number.toLocaleString('en-US');

/** How all tables are drawn, so that their columns stand below each other. */
interface Drawing extends Terminal {
  readonly nameWidth: number;
  readonly numberWidth: number;
  /** None in a pipe. */
  readonly barWidth: number;
}

function drawingFor(sections: readonly Section[], terminal: Terminal): Drawing {
  const { columns } = terminal;
  const longest = (of: (section: Section) => string[]): number =>
    sections.flatMap(of).reduce((most, { length }) => Math.max(most, length), 0);
  const names = longest(({ heading, rows }) => [heading, ...rows.map(({ name }) => printable(name))]);
  const numberWidth = longest(({ counted, rows }) => [counted, ...rows.map((row) => shown(row.count))]);
  if (columns === undefined) return { ...terminal, nameWidth: names, numberWidth, barWidth: 0 };
  const nameWidth = Math.max(Math.min(names, WIDEST_NAME, columns - numberWidth - GAP), NARROWEST_NAME);
  const barWidth = Math.max(Math.min(WIDEST_BAR, columns - nameWidth - numberWidth - 2 * GAP), 0);
  return { ...terminal, nameWidth, numberWidth, barWidth };
}

/** A table of names and numbers, with bars where there is room for them. */
function tableOf({ heading, counted, rows }: Section, { paint, nameWidth, numberWidth, barWidth }: Drawing): string[] {
  const gap = ' '.repeat(GAP);
  const most = Math.max(...rows.map((row) => row.count));
  const line = (name: string, number: string): string => name.padEnd(nameWidth) + gap + number.padStart(numberWidth);
  const bar = (number: number): string => '#'.repeat(number > 0 ? Math.ceil((number / most) * barWidth) : 0);
  const body = rows.flatMap(({ name, count: number }) => {
    const [first = '', ...rest] = wrap(printable(name), nameWidth);
    const drawn = bar(number);
    return [line(first, shown(number)) + (drawn === '' ? '' : gap + paint('yellow', drawn)), ...rest];
  });
  return [paint('dim', line(heading, counted)), ...body];
}

function asTables(stats: AuditStats, context: Context): string {
  const terminal = terminalOf(context);
  const { records, first = 0, last = 0 } = stats;
  const span = `${shown(records)} ${records === 1 ? 'record' : 'records'}, ${shownTime(first)} to ${shownTime(last)} UTC`;
  const sections = sectionsOf(stats);
  const drawing = drawingFor(sections, terminal);
  const tables = sections.flatMap((section) => ['', ...tableOf(section, drawing)]);
  return [...wrap(span, terminal.columns ?? Infinity), ...tables].map((line) => `${line}\n`).join('');
}

function asCsv(stats: AuditStats): string {
  const rows = [...SECTIONS, 'hours' as const].flatMap((by) =>
    stats[by].map(({ name, count: number }) => csvLine([by, name, `${number}`])),
  );
  return ['by,name,count\n', ...rows].join('');
}

const PRINTERS: Readonly<Record<StatsOptions['output'], (stats: AuditStats, context: Context) => string>> = {
  table: (stats, context) => (stats.records === 0 ? '' : asTables(stats, context)),
  json: (stats) => `${visibleJson(stats, 2)}\n`,
  csv: asCsv,
};

/** Prints how often what was found. */
export async function runStats(options: StatsOptions, context: Context): Promise<void> {
  const filter = filterOf(options);
  await withAuditStore(options, context, async ({ store }) => {
    const stats = await store.stats(filter);
    context.stdout.write(PRINTERS[options.output](stats, context));
    if (stats.records === 0) say(context, [nothingFound(filter)]);
  });
}
