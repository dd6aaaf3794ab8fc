/** Capabilities for people: a table of many, and one in full. */
import { defaultWords, podSecurityWords, sourcesOf, type CapabilityFacts } from '../knowledge/capabilities.ts';
import { likeness, rangesOf, setOfNames, type CapabilitySet } from '../knowledge/capabilities-mask.ts';
import { fitColumns, layRow, wrap } from './layout.ts';
import type { Context } from './context.ts';
import { terminalOf } from './terminal.ts';

/** How wide text may be, and what headings look like. */
export interface Page {
  /** Columns of the terminal; undefined where the output is none. */
  readonly columns: number | undefined;
  readonly heading: (text: string) => string;
}

// Longer lines are hard to read, however wide the terminal; in a pipe, columns of text are as wide as manual pages.
const READABLE = 96;
const PIPED = 80;
const LABEL_WIDTH = 12;
const INDENT = '  ';

/** The page that a command writes on. */
export function pageOf(context: Context): Page {
  const { columns, paint } = terminalOf(context);
  return { columns, heading: (text) => paint('bold', text) };
}

const textWidth = ({ columns = PIPED }: Page): number => Math.min(columns, READABLE);

/** A sentence that fits the page; in a pipe it is one line. */
export const sentence = (text: string, page: Page): string[] =>
  page.columns === undefined ? [text] : wrap(text, textWidth(page));

/** Rows under headings; on a terminal they fit it, in a pipe each row is one line. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[], page: Page): string[] {
  const widths = fitColumns([headings, ...rows], page.columns ?? Infinity);
  const [first, ...rest] = [headings, ...rows].map((row) => layRow(row, widths));
  return [...first!.map(page.heading), ...rest.flat()];
}

const HEADINGS = ['NO', 'NAME', 'DEFAULT', 'POD SECURITY', 'WHAT IT ALLOWS'];

const defaultCell = ({ defaultIn }: CapabilityFacts): string => {
  if (defaultIn.length === 0) return '-';
  return defaultIn.includes('cri-o') ? 'yes' : 'not CRI-O';
};

/** What the columns of `capabilityTable` mean. */
export const LEGEND = [
  'DEFAULT: is it given by containerd, Docker and CRI-O when nothing is asked for?',
  'POD SECURITY: the strictest level under which a pod may add it.',
  'One in full: dropcap capabilities NAME',
];

/** A line for each capability. */
export const capabilityTable = (capabilities: readonly CapabilityFacts[], page: Page): string[] =>
  table(
    HEADINGS,
    capabilities.map((facts) => [
      `${facts.number}`,
      facts.name,
      defaultCell(facts),
      facts.podSecurity.at(-1) ?? '-',
      facts.summary,
    ]),
    page,
  );

function field(label: string, text: string, page: Page): string[] {
  const width = Math.max(textWidth(page) - LABEL_WIDTH - 2 * INDENT.length, 8);
  return layRow([label, text], [LABEL_WIDTH, width]).map((line) => INDENT + line);
}

/** Everything about one capability. */
export function inFull(facts: CapabilityFacts, page: Page): string[] {
  const { name, number, since, allows, abuse, neededBy, instead } = facts;
  const { mask } = setOfNames([name]);
  return [
    ...sentence(`${name} (number ${number}, mask ${mask}, since Linux ${since})`, page).map(page.heading),
    ...field('Allows', allows, page),
    ...field('By default', defaultWords(facts), page),
    ...field('Pod Security', podSecurityWords(facts), page),
    ...field('Abuse', abuse, page),
    ...field('Needed by', neededBy.join('; '), page),
    ...field('Instead', instead, page),
    `${INDENT}Sources`,
    // A link is not broken: terminals wrap it, and it still can be followed.
    ...sourcesOf(facts).map((link) => INDENT + link),
  ];
}

/** The mask of a set, what it is like, and bits that name no capability. */
export function summaryOf(set: CapabilitySet, page: Page): string[] {
  const { mask, unknownBits } = set;
  const bits = unknownBits.length === 1 ? 'bit' : 'bits';
  const unknown = `unknown ${bits} ${rangesOf(unknownBits)}: the known capabilities are bits 0 to 40`;
  return [...sentence(`${mask}: ${likeness(set)}`, page), ...(unknownBits.length > 0 ? sentence(unknown, page) : [])];
}
