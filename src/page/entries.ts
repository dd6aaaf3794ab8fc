/** Requests in a table, a row for each. */
import { saidOfResult } from '../audit/result-words.ts';
import { saidOf, shortUser, workloadOf, type Said } from '../audit/words.ts';
import type { AuditEntry } from '../store/terms.ts';
import { href } from './href.ts';
import { html, type Html, type Part } from './html.ts';
import { badge, resultWord, RESULTS } from './outcomes.ts';
import { table, type Column } from './table.ts';
import { timeTag } from './words.ts';

/** The record has all of it. */
const LONGEST = 300;

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

const saidItem = ({ what, saying, isBad }: Said): Html =>
  html`<li>${badge(what, isBad ? 'bad' : 'muted')} ${cut(saying)}</li>`;

/** What was put back comes before all else. */
const alterationsOf = ({ result }: AuditEntry): Said[] =>
  result?.status === 'altered' ? saidOfResult(result).map((said) => ({ ...said, what: 'altered' })) : [];

/** Of what the request was: its workload, or the pod. */
export const nameOf = ({ passes }: AuditEntry): string => workloadOf(passes[0]!) || '(no name)';

const resultCell = ({ result }: AuditEntry): Part =>
  result && badge(resultWord(result.status), RESULTS[result.status].tone);

const COLUMNS: readonly Column<AuditEntry>[] = [
  { heading: 'Time (UTC)', cell: ({ uid, time }) => html`<a href="${href('record', { uid })}">${timeTag(time)}</a>` },
  { heading: 'Namespace', cell: ({ passes }) => passes[0]!.namespace },
  { heading: 'Workload', cell: nameOf },
  {
    heading: 'What',
    kind: 'wide',
    cell: (entry) =>
      html`<ul>
        ${[...alterationsOf(entry), ...saidOf(entry)].map(saidItem)}
      </ul>`,
  },
  { heading: 'Who', cell: ({ passes }) => shortUser(passes[0]!.user) },
];

const RESULT: Column<AuditEntry> = { heading: 'Result', cell: resultCell };

/** A row for each request, the first column of which leads to its record. */
export const entryTable = (entries: readonly AuditEntry[], caption: Part): Html =>
  table({
    caption,
    columns: entries.some(({ result }) => result !== undefined) ? [...COLUMNS, RESULT] : COLUMNS,
    rows: entries,
  });
