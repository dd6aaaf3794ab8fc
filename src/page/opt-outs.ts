/** Opt-outs that pods asked for by annotation, and whether any policy honours them. */
import type { OptOutReport } from '../engine/exemption.ts';
import { RULES } from '../engine/policy.ts';
import type { AuditEntry, AuditPage } from '../store/terms.ts';
import { commonParams, type Asked } from './asked.ts';
import { nameOf } from './entries.ts';
import { href } from './href.ts';
import { html, joined, type Html, type Part } from './html.ts';
import { badge } from './outcomes.ts';
import { table, type Column } from './table.ts';
import { count, listed, num, timeTag } from './words.ts';

/** The newest requests with an opt-out that are looked into. */
export const OPT_OUTS = 50;

/** The opt-out that a workload asked for last. */
interface Asking {
  readonly newest: AuditEntry;
  readonly report: OptOutReport;
  readonly requests: number;
}

const reportOf = ({ passes }: AuditEntry): OptOutReport | undefined =>
  passes.findLast(({ optOut }) => optOut !== undefined)?.optOut;

function askingsIn(entries: readonly AuditEntry[]): Asking[] {
  return [...Map.groupBy(entries, (entry) => `${entry.passes[0]!.namespace}/${nameOf(entry)}`).values()].flatMap(
    (some) => {
      const report = reportOf(some[0]!);
      return report ? [{ newest: some[0]!, report, requests: some.length }] : [];
    },
  );
}

const wanted = ({ rules, containers }: OptOutReport): string =>
  `${rules.length === RULES.length ? 'all rules' : listed(rules) || 'nothing'}${containers ? `, of ${listed(containers)}` : ''}`;

function verdictOf({ honouredBy, ignored }: OptOutReport): Part {
  const honoured = honouredBy.length > 0 && html`${badge('honoured', 'warn')} by ${listed(honouredBy)}`;
  const others = ignored.map(
    ({ policy, why }) => html`${badge('ignored', 'muted')}${policy !== '' && ` by ${policy}`}: ${why}`,
  );
  return joined(honoured ? [honoured, ...others] : others, html`<br />`);
}

const COLUMNS: readonly Column<Asking>[] = [
  {
    heading: 'Workload',
    cell: ({ newest }) => html`${nameOf(newest)} <span class="under">in ${newest.passes[0]!.namespace}</span>`,
  },
  {
    heading: 'Asked for',
    cell: ({ report }) =>
      html`${wanted(report)} <span class="under">${report.until === '' ? 'no end' : `until ${report.until}`}</span>`,
  },
  { heading: 'Reason', cell: ({ report: { reason } }) => reason || badge('none given', 'muted') },
  { heading: 'Verdict', kind: 'wide', cell: ({ report }) => verdictOf(report) },
  { heading: 'Requests', kind: 'number', cell: ({ requests }) => num(requests) },
  {
    heading: 'Last seen (UTC)',
    cell: ({ newest: { uid, time } }) => html`<a href="${href('record', { uid })}">${timeTag(time)}</a>`,
  },
];

/** Workloads that asked for an opt-out, the newest first. */
export function optOutTable({ entries, next }: AuditPage, asked: Asked): Html {
  const rows = askingsIn(entries);
  if (rows.length === 0) return html`<p class="muted">No pod asked for an opt-out ${asked.period.words}.</p>`;
  const of = next === undefined ? '' : `, of the newest ${OPT_OUTS} requests that asked`;
  const caption = html`${count(rows.length, 'workload')} that asked for an opt-out ${asked.period.words}${of}`;
  return html`${table({ caption, columns: COLUMNS, rows })}
    <p class="more"><a href="${href('records', { ...commonParams(asked), 'opt-out': 'true' })}">Each request</a></p>`;
}
