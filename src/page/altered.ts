/** The warning on the overview: pods into which something has put back what was taken away. */
import { alterationText } from '../audit/result-words.ts';
import type { AuditEntry, AuditPage } from '../store/terms.ts';
import { nameOf } from './entries.ts';
import { href, type Params } from './href.ts';
import { html, joined, type Part } from './html.ts';
import { table, type Column } from './table.ts';
import { timeTag } from './words.ts';

/** The newest that are shown. */
export const ALTERED = 3;

const COLUMNS: readonly Column<AuditEntry>[] = [
  { heading: 'Time (UTC)', cell: ({ uid, time }) => html`<a href="${href('record', { uid })}">${timeTag(time)}</a>` },
  { heading: 'Namespace', cell: ({ passes }) => passes[0]!.namespace },
  { heading: 'Workload', cell: nameOf },
  {
    heading: 'What is not as it was answered',
    kind: 'wide',
    cell: ({ result }) =>
      joined(
        (result?.alterations ?? []).map((one) => `${one.container}: ${alterationText(one)}`),
        html`<br />`,
      ),
  },
];

/** The warning; nothing where there is nothing to warn of. */
export const alarm = ({ entries, next }: AuditPage, params: Params): Part =>
  entries.length > 0 &&
  html`<section class="box alarm" aria-labelledby="altered">
    <h2 id="altered">Altered after dropcap</h2>
    ${table({
      caption:
        'Something that came after dropcap, most likely another webhook, has put back what was taken from these pods.',
      columns: COLUMNS,
      rows: entries,
    })}
    ${
      next !== undefined &&
      html`<p class="more"><a href="${href('records', { ...params, result: 'altered' })}">All that were altered</a></p>`
    }
  </section>`;
