/** The forms above the views. They are sent by GET, so that what they ask for is a link. */
import { parameterName } from '../store/filter-parameters.ts';
import type { AuditFilter } from '../store/terms.ts';
import type { Asked } from './asked.ts';
import { href, type View } from './href.ts';
import { html, type Html, type Part } from './html.ts';
import { PERIODS } from './period.ts';

/** One choice of a field. */
export type Option = readonly [value: string, text: string];

const option = ([value, text]: Option, chosen: string): Html =>
  html`<option value="${value}" ${value === chosen && html` selected`}>${text}</option>`;

const field = (name: string, label: string, control: Part): Html =>
  html`<div class="field"><label for="${name}">${label}</label>${control}</div>`;

/** A field with a fixed number of choices. */
export const choice = (name: string, label: string, options: readonly Option[], chosen = ''): Html =>
  field(
    name,
    label,
    html`<select id="${name}" name="${name}">
      ${options.map((one) => option(one, chosen))}
    </select>`,
  );

/** A field to write into; `words` are offered. */
export const text = (name: string, label: string, value = '', words: readonly string[] = []): Html =>
  field(
    name,
    label,
    html`<input
        type="text"
        id="${name}"
        name="${name}"
        value="${value}"
        autocomplete="off"
        spellcheck="false"
        ${words.length > 0 && html` list="${name}-words"`}
      />${
        words.length > 0 &&
        html`<datalist id="${name}-words">${words.map((word) => html`<option value="${word}"></option>`)}</datalist>`
      }`,
  );

/** A time as a form takes it: without the zone, which is UTC. */
const local = (time: number | undefined): string =>
  time === undefined ? '' : new Date(time).toISOString().slice(0, 19).replace(/:00$/, '');

const time = (name: string, label: string, value: number | undefined): Html =>
  field(
    name,
    label,
    html`<input type="datetime-local" id="${name}" name="${name}" value="${local(value)}" step="1" />`,
  );

/** The fields for the period: one that ends now, or times, which win. */
export function periodFields({ period: { name, since, until } }: Asked): Part {
  const options = Object.entries(PERIODS).map(([value, { label }]): Option => [value, label]);
  const isExact = name === undefined;
  return [
    choice('period', 'Period', isExact ? [...options, ['', 'Times given']] : options, name ?? ''),
    time('since', 'or from (UTC)', isExact ? since : undefined),
    time('until', 'until (UTC)', isExact ? until : undefined),
  ];
}

/** A field of the filter. */
export const filterText = (
  { params }: Asked,
  name: keyof AuditFilter,
  label: string,
  words?: readonly string[],
): Html => text(parameterName(name), label, params[parameterName(name)], words);

/** A form that shows a view again. Without anything given there is nothing to take back. */
export const form = (view: View, asked: Asked, label: string, fields: Part): Html =>
  html` <form method="get" action="${href(view)}" aria-label="${label}">
    ${fields}
    <div class="field"><button type="submit">Show</button></div>
    ${Object.keys(asked.params).length > 0 && html`<a class="reset" href="${href(view)}">Reset</a>`}
  </form>`;
