/** What `dropcap explain` says, for people: what goes and what breaks in the first lines of each container, why below. */
import { printable } from '../audit/printable.ts';
import { factsOn } from '../knowledge/capabilities.ts';
import type { Context } from './context.ts';
import type { Explained } from './explain-container.ts';
import type { Facts } from './explain-facts.ts';
import { calmLine, paintRisk, riskLines } from './explain-risks.ts';
import { coverLines, fateSentence, lossSentence, runtimeLines, stayLines, userWords } from './explain-words.ts';
import { fitColumns, layRow, wrap } from './layout.ts';
import { terminalOf, type Terminal } from './terminal.ts';

const LABEL = 12;
const INDENT = 4;
/** Where text stands beside a label. */
const BESIDE = INDENT + LABEL + 2;
const NARROWEST = 40;
/** Longer lines are hard to read, however wide the terminal. */
const READABLE = 100;

/** How a page is drawn; in a pipe its width has no end. */
interface Drawing {
  readonly width: number;
  readonly terminal: Terminal;
}

const indented = (lines: readonly string[], by = INDENT): string[] => lines.map((line) => ' '.repeat(by) + line);

type Paint = (text: string) => string;

/** A label, and beside it a text. */
const block = (label: string, text: string, { width }: Drawing, paint: Paint = (plain) => plain): string[] =>
  indented(layRow([label, text], [LABEL, width - BESIDE], (cell, at) => (at === 1 ? paint(cell) : cell)));

/** Texts below each other, each behind a dash. */
const bulleted = (texts: readonly string[], { width }: Drawing): string[] =>
  texts.flatMap((text) => wrap(text, width - BESIDE - 2).map((line, i) => (i === 0 ? '- ' : '  ') + line));

/** A label, and beside it some texts; a single one without a dash. */
function list(label: string, texts: readonly string[], drawing: Drawing): string[] {
  if (texts.length < 2) return texts.flatMap((text) => block(label, text, drawing));
  return indented(bulleted(texts, drawing).map((line, i) => (i === 0 ? label : '').padEnd(LABEL + 2) + line));
}

const HEADINGS = ['', 'NOW', 'HARDENED'];

/** The sets as /proc/PID/status shows them. */
function masks({ runAs, before, after }: Facts, drawing: Drawing): string[] {
  const [now, then] = [before.runtimes.containerd, after.runtimes.containerd];
  const effective = (label: string, of: 'bounding' | 'effective'): string[] => [label, now[of] ?? '', then[of] ?? ''];
  const none = '0'.repeat(now.bounding.length);
  const byImage = [effective('CapEff, root', 'bounding'), ['CapEff, others', none, none]];
  const rows = [
    HEADINGS,
    ['CapBnd', now.bounding, then.bounding],
    ...(now.effective === null ? byImage : [effective('CapEff', 'effective')]),
    ['NoNewPrivs', String(Number(before.noNewPrivs)), String(Number(after.noNewPrivs))],
  ];
  // Masks that do not fit beside their label stand below it.
  const fits = fitColumns(rows, Infinity).reduce((sum, one) => sum + one + 2, BESIDE - 2) <= drawing.width;
  const margin = fits ? BESIDE : INDENT;
  const widths = fitColumns(rows, drawing.width - margin);
  const lines = rows.flatMap((row) => layRow(row, widths));
  return [...block('At run time', `as ${userWords(runAs)}, on containerd`, drawing), ...indented(lines, margin)];
}

/** The lines on rights: the masks, what goes and stays, and where runtimes differ. */
function rightsLines(one: Explained, rights: Facts, drawing: Drawing): string[] {
  return [
    ...masks(rights, drawing),
    ...(rights.lost.length > 0 ? block('Goes', rights.lost.join(', '), drawing) : []),
    ...list('Stays', stayLines(one), drawing),
    ...list('Elsewhere', runtimeLines(rights), drawing),
  ];
}

function riskBlocks({ forecast }: Explained, rights: Facts, drawing: Drawing): string[] {
  const { risks } = forecast;
  if (risks.length === 0) return block('Breaks', calmLine(forecast, rights), drawing);
  return risks.flatMap((risk, i) => {
    const { title, details } = riskLines(risk);
    return [
      ...block(i === 0 ? 'Breaks' : '', title, drawing, (text) => paintRisk(risk, text, drawing.terminal)),
      ...indented(bulleted(details, drawing), BESIDE),
    ];
  });
}

function titleOf({ kind, container, image, line }: Explained): string {
  const named = image === '' ? 'no image' : `image ${printable(image)}`;
  return `${kind} ${printable(container) || '(no name)'}, ${named}, line ${line}`;
}

function containerLines(one: Explained, drawing: Drawing): string[] {
  const { terminal, width } = drawing;
  const title = indented(wrap(titleOf(one), width - 2), 2).map((line) => terminal.paint('bold', line));
  const { rights, skipped, forecast } = one;
  if (!rights) return [...title, ...block('Skipped', skipped ?? '', drawing), ''];
  return [
    ...title,
    ...block('Loses', lossSentence(rights), drawing),
    ...riskBlocks(one, rights, drawing),
    ...list('Cannot know', forecast.unknown.map(printable), drawing),
    ...rightsLines(one, rights, drawing),
    ...list('Fields', one.fields.map(fateSentence), drawing),
    ...list('Decided by', coverLines(one.cover), drawing),
    '',
  ];
}

/** Each capability that goes from some container, with what it allows. */
function glossary(containers: readonly Explained[], drawing: Drawing): string[] {
  const facts = [...new Set(containers.flatMap(({ rights }) => rights?.lost ?? []))].map((name) => factsOn(name)!);
  const rows = facts.toSorted((a, b) => a.number - b.number).map(({ name, summary }) => [name, summary]);
  if (rows.length === 0) return [];
  const widths = fitColumns(rows, drawing.width - 2);
  const lines = rows.flatMap((row) => layRow(row, widths));
  return [drawing.terminal.paint('bold', 'What goes'), ...indented(lines, 2)];
}

/** Every container, by file and workload, and in the end what the capabilities are that go. */
export function asText(containers: readonly Explained[], context: Context): string {
  const terminal = terminalOf(context);
  const width = terminal.columns === undefined ? Infinity : Math.max(Math.min(terminal.columns, READABLE), NARROWEST);
  const drawing = { width, terminal };
  const heading = ({ file, workload, namespace }: Explained): string =>
    `${printable(file)}: ${printable(workload)} in ${printable(namespace)}`;
  const body = [...Map.groupBy(containers, heading)].flatMap(([title, ofTemplate]) => [
    ...wrap(title, width).map((line) => terminal.paint('bold', line)),
    ...ofTemplate.flatMap((one) => containerLines(one, drawing)),
  ]);
  return [...body, ...glossary(containers, drawing)].map((line) => `${line}\n`).join('');
}
