/** What was found in each container, with what each field was and what it became. */
import type { AuditRecord } from '../audit/record.ts';
import { shownValue } from '../audit/shown-value.ts';
import type { Finding } from '../engine/finding.ts';
import { CONTAINER_WORDS } from '../engine/policy.ts';
import type { AuditEntry } from '../store/terms.ts';
import { html, lines, type Html, type Part } from './html.ts';
import { badge, OUTCOMES } from './outcomes.ts';
import { table, type Column } from './table.ts';
import { count, listed } from './words.ts';

/** JSON of more lines is for programs. */
const MOST_LINES = 5_000;

const value = (text: string): Html => html`<code>${text}</code>`;

/** What became of the field, or would. */
function afterOf({ outcome, before, after, rule }: Finding): Part {
  if (rule === 'pod') return '';
  const is = before !== null && after === null ? 'removed' : value(shownValue(after));
  if (outcome === 'hardened') return is;
  if (outcome === 'audited') return html`${is} if it were enforced`;
  // What cannot be changed, and what an exemption spares from another field's change alone.
  if (shownValue(before) === shownValue(after)) return 'as it was';
  return html`as it was; ${is} ${outcome === 'exempt' ? 'were it not spared' : 'had a policy that enforces seen it'}`;
}

function verdictOf({ outcome, policies, exemptBy = [], action, warn }: Finding): Html {
  return html`${badge(outcome, OUTCOMES[outcome].tone)}${policies.length > 0 && ` asked by ${listed(policies)}`}${
    exemptBy.length > 0 && `; spared by ${listed(exemptBy)}`
  }${action !== undefined && `; gate: ${action}`}${warn && '; the client was warned'}`;
}

const COLUMNS: readonly Column<Finding>[] = [
  { heading: 'Field', cell: ({ rule }) => (rule === 'pod' ? 'the whole pod' : html`<code>${rule}</code>`) },
  { heading: 'Before', cell: ({ rule, before }) => rule !== 'pod' && value(shownValue(before)) },
  { heading: 'After', cell: afterOf },
  { heading: 'Outcome', cell: verdictOf },
  { heading: 'Why', kind: 'wide', cell: ({ reason }) => reason },
];

const titleOf = ({ kind, container }: Finding): string =>
  kind === 'pod' ? 'Pod' : `${CONTAINER_WORDS[kind]} ${container || '(no name)'}`;

/** A table for each container. */
export function findingsOf({ findings }: AuditRecord): Part {
  return [...Map.groupBy(findings, titleOf)].map(
    ([title, some]) =>
      html`<section class="box">
        <h2>${title[0]!.toUpperCase()}${title.slice(1)}</h2>
        ${table({ caption: 'fields, as they were and as they became', columns: COLUMNS, rows: some })}
      </section>`,
  );
}

/** The patch that was answered. */
export function patchOf({ patch }: AuditRecord): Html {
  if (patch.length === 0) return html`<p class="note">Nothing was patched.</p>`;
  const items = patch.map((operation) => {
    const to = operation.op === 'add' && html` = <code>${JSON.stringify(operation.value)}</code>`;
    return html`<li>${operation.op} <code>${operation.path}</code>${to}</li>`;
  });
  return html`<details>
    <summary>The patch, ${count(patch.length, 'operation')}</summary>
    <ul>
      ${items}
    </ul>
  </details>`;
}

/** The entry as JSON. */
export function jsonOf(entry: AuditEntry): Html {
  const all = JSON.stringify(entry, null, 2).split('\n');
  const more = all.length > MOST_LINES && html`<p class="note">and ${count(all.length - MOST_LINES, 'line')} more</p>`;
  return html`<details>
    <summary>As JSON</summary>
    <pre>${lines(all.slice(0, MOST_LINES))}</pre>
    ${more}
  </details>`;
}
