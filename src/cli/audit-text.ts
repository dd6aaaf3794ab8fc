/** All that is recorded of one request, for people. */
import type { AdmissionResult } from '../audit/admission-result.ts';
import { printable } from '../audit/printable.ts';
import type { AuditRecord } from '../audit/record.ts';
import { alterationText, saidOfResult } from '../audit/result-words.ts';
import { shownValue } from '../audit/shown-value.ts';
import type { OptOutReport } from '../engine/exemption.ts';
import type { Finding } from '../engine/finding.ts';
import { CONTAINER_WORDS } from '../engine/policy.ts';
import type { AuditEntry } from '../store/terms.ts';
import { shownTime } from './audit-time.ts';
import { shownOutcome } from './check-words.ts';
import type { Context } from './context.ts';
import { layRow, wrap } from './layout.ts';
import { terminalOf, type Terminal } from './terminal.ts';

const LABEL = 11;
const BESIDE = LABEL + 4;
const NARROWEST = 40;
/** Longer lines are hard to read, however wide the terminal. */
const READABLE = 100;

interface Drawing extends Terminal {
  /** Without an end in a pipe. */
  readonly width: number;
}

type Labelled = readonly [label: string, text: string | undefined];

const names = (list: readonly string[]): string => list.map(printable).join(', ');

/** Labels, and beside each its text; nothing for one without. */
const labelled = (rows: readonly Labelled[], { width }: Drawing): string[] =>
  rows.flatMap(([label, text]) =>
    text === undefined || text === ''
      ? []
      : layRow([label, printable(text)], [LABEL, width - BESIDE]).map((line) => `  ${line}`),
  );

function optOutText({ rules, containers, reason, until, honouredBy, ignored }: OptOutReport): string {
  const asked = `asked for ${names(rules) || 'nothing'}${containers ? ` in ${names(containers)}` : ''}`;
  const why = reason === '' ? 'no reason given' : `reason: ${reason}`;
  return [
    `${asked}; ${why}${until === '' ? '' : `; until ${until}`}`,
    ...(honouredBy.length > 0 ? [`honoured by ${names(honouredBy)}`] : []),
    ...ignored.map((one) => `ignored${one.policy === '' ? '' : ` by ${one.policy}`}: ${one.why}`),
  ].join('; ');
}

function whatText({ operation, subResource, kind, name, generateName, namespace }: AuditRecord): string {
  const named = name ?? (generateName === undefined ? 'without a name' : `${generateName}… (named later)`);
  return `${operation} of ${kind ?? 'Pod'}${subResource === undefined ? '' : `/${subResource}`} ${named} in namespace ${namespace}`;
}

const headOf = (record: AuditRecord, drawing: Drawing): string[] =>
  labelled(
    [
      ['When', `${record.time.replace('T', ' ').replace('Z', ' UTC')}, in ${record.durationMs} ms`],
      ['What', whatText(record)],
      ['Owner', record.owner],
      ['Who', record.user],
      ['Refused', record.refused],
      ['Gate', record.gate],
      ['Policies', names(record.policies)],
      ['Opt-out', record.optOut && optOutText(record.optOut)],
      ['Expired', record.exceptionsExpired && `exceptions ${names(record.exceptionsExpired)}`],
      ['Decided by', `${record.instance}, dropcap ${record.version}, policy set ${record.policySet}`],
    ],
    drawing,
  );

/** `hardened, by restricted`. */
function verdictOf({ outcome, policies, exemptBy, action, warn }: Finding): string {
  const spared = exemptBy ? ` (spared by ${names(exemptBy)})` : '';
  const gate = action === undefined ? '' : `, gate: ${action}`;
  const asked = policies.length > 0 ? `, asked by ${names(policies)}` : '';
  return `${outcome}${spared}${gate}${warn ? ', client warned' : ''}${asked}`;
}

const COLOURS: Readonly<Partial<Record<Finding['outcome'], 'yellow' | 'red'>>> = {
  hardened: 'yellow',
  unresolved: 'red',
  missed: 'red',
};

function findingLines(finding: Finding, { width, paint }: Drawing): string[] {
  const { outcome, reason } = finding;
  const colour = COLOURS[outcome];
  const verdict = wrap(verdictOf(finding), width - 6).map((line) => `      ${colour ? paint(colour, line) : line}`);
  const why = wrap(printable(reason), width - 6).map((line) => `      ${paint('dim', line)}`);
  return [...wrap(changeText(finding), width - 4).map((line) => `    ${line}`), ...verdict, ...why];
}

/** The field before and after; where nothing is changed, what would be is still of interest. */
function changeText(finding: Finding): string {
  const { rule, before, after, outcome } = finding;
  if (rule === 'pod') return 'the whole pod';
  const [was, is] = [shownValue(before), shownValue(after)];
  if (outcome !== 'exempt') return `${rule}: ${was} → ${shownOutcome(finding)}`;
  return `${rule}: ${was === is ? was : `${was} → ${is}, were it not spared`}`;
}

const containerTitle = ({ kind, container }: Finding): string =>
  kind === 'pod' ? 'Pod' : `${CONTAINER_WORDS[kind]} ${printable(container) || '(no name)'}`;

function findingsOf({ findings, patch }: AuditRecord, drawing: Drawing): string[] {
  const { width, paint } = drawing;
  const blocks = [...Map.groupBy(findings, containerTitle)].flatMap(([title, some]) => [
    ...wrap(title, width - 2).map((line) => `  ${paint('bold', line)}`),
    ...some.flatMap((finding) => findingLines(finding, drawing)),
  ]);
  const operations = patch.map(({ op, path }, i): Labelled => [i === 0 ? 'Patch' : '', `${op} ${path}`]);
  return [...blocks, ...labelled(operations.length > 0 ? operations : [['Patch', 'none']], drawing)];
}

/** What became of the pod, and what something put in place of ours. */
function resultLines(result: AdmissionResult | undefined, drawing: Drawing): string[] {
  if (result === undefined) return [];
  const { status, time, pod, alterations = [] } = result;
  const [{ what, saying } = { what: status, saying: '' }] = saidOfResult({ ...result, alterations: [] });
  const known = `${pod ? ` (${pod.uid})` : ''}, known since ${shownTime(Date.parse(time))} UTC`;
  const altered = alterations.map((one): Labelled => ['', `container ${one.container}: ${alterationText(one)}`]);
  return labelled([['Result', `${what}${saying === '' ? '' : `: ${saying}`}${known}`], ...altered], drawing);
}

/** One request, pass by pass. */
export function asText({ uid, passes, result }: AuditEntry, context: Context): string {
  const terminal = terminalOf(context);
  const width = terminal.columns === undefined ? Infinity : Math.max(Math.min(terminal.columns, READABLE), NARROWEST);
  const drawing = { ...terminal, width };
  const title = passes.length > 1 ? `${printable(uid)}, ${passes.length} passes` : printable(uid);
  const body = passes.flatMap((record, i) => [
    ...(passes.length > 1
      ? ['', terminal.paint('bold', `Pass ${i + 1}, ${shownTime(Date.parse(record.time))} UTC`)]
      : []),
    ...headOf(record, drawing),
    ...findingsOf(record, drawing),
  ]);
  const heading = wrap(title, width).map((line) => terminal.paint('bold', line));
  return [...heading, ...resultLines(result, drawing), ...body].map((line) => `${line}\n`).join('');
}
