/** What became of a request, as far as the watch on pods knows. */
import type { AdmissionResult, Alteration } from '../audit/admission-result.ts';
import { shownValue } from '../audit/shown-value.ts';
import { html, type Html, type Part } from './html.ts';
import { badge, resultWord, RESULTS } from './outcomes.ts';
import { table, type Column } from './table.ts';
import { timeTag } from './words.ts';

const value = (of: Alteration['found']): Html => html`<code>${shownValue(of)}</code>`;

const COLUMNS: readonly Column<Alteration>[] = [
  { heading: 'Container', cell: ({ container }) => container },
  { heading: 'Field', cell: ({ rule }) => html`<code>${rule}</code>` },
  { heading: 'As answered', cell: ({ proposed }) => value(proposed) },
  { heading: 'As it is', cell: ({ found }) => value(found) },
];

/** The result; nothing where it is not known. */
export function resultOf(result: AdmissionResult | undefined): Part {
  if (!result) return undefined;
  const { status, time, pod, alterations = [], reason } = result;
  const { tone, meaning } = RESULTS[status];
  return html`<section class="${status === 'altered' ? 'box alarm' : 'box'}">
    <h2>What became of it</h2>
    <p>
      ${badge(resultWord(status), tone)} ${meaning}${pod && `: ${pod.name}`}, known since ${timeTag(Date.parse(time))}.
    </p>
    ${pod && html`<p class="note">Uid of the pod: <code>${pod.uid}</code></p>`}
    ${reason !== undefined && html`<p>${reason}</p>`}
    ${table({ caption: 'fields that are not as they were answered', columns: COLUMNS, rows: alterations })}
  </section>`;
}
