/** Records: all that a filter means, the newest first, page by page. */
import type { PolicySet } from '../engine/policy-set.ts';
import { VALUES } from '../store/filter-values.ts';
import { WrongParameter } from '../store/filter-parameters.ts';
import type { AuditFilter, AuditPage } from '../store/terms.ts';
import { commonParams, type Asked } from './asked.ts';
import { entryTable } from './entries.ts';
import { choice, filterText, form, periodFields, type Option } from './form.ts';
import { href } from './href.ts';
import { html, type Html, type Part } from './html.ts';
import type { Shown } from './layout.ts';
import { OUTCOMES, RESULTS, resultWord, type Result } from './outcomes.ts';
import type { Asking, PageView } from './view.ts';
import { count, listed } from './words.ts';

/** Requests on one page. */
const PAGE = 50;

const ANY: Option = ['', 'any'];

const options = (words: readonly string[] = []): Option[] => [ANY, ...words.map((word): Option => [word, word])];

/** What is narrowed down by seldom. */
function moreFields(asked: Asked, set: PolicySet): Part {
  const { params } = asked;
  const policies = set.policies.map(({ name }) => name);
  const exceptions = set.exceptions.map(({ name }) => name);
  return [
    filterText(asked, 'policy', 'Policy', policies),
    choice('rule', 'Rule', options(VALUES.rule.words), params['rule']),
    filterText(asked, 'capability', 'Capability', VALUES.capability.words),
    choice('opt-out', 'Opt-out', [ANY, ['true', 'asked for'], ['false', 'not asked for']], params['opt-out']),
    filterText(asked, 'exception', 'Exception', exceptions),
    filterText(asked, 'user', 'User'),
  ];
}

const SELDOM = ['policy', 'rule', 'capability', 'opt-out', 'exception', 'user'];

function fields(asked: Asked, set: PolicySet): Part {
  const { params } = asked;
  const results = Object.keys(RESULTS).map((result): Option => [result, resultWord(result as Result)]);
  const isOpen = SELDOM.some((name) => params[name] !== undefined);
  return [
    periodFields(asked),
    filterText(asked, 'namespace', 'Namespace'),
    filterText(asked, 'workload', 'Workload, or Kind/name'),
    choice('outcome', 'Outcome', options(Object.keys(OUTCOMES)), params['outcome']),
    choice('result', 'Result', [ANY, ...results], params['result']),
    html`<details ${isOpen && html` open`}>
      <summary>More filters</summary>
      <div class="grid">${moreFields(asked, set)}</div>
    </details>`,
  ];
}

const NAMED: readonly (keyof AuditFilter)[] = [
  'namespace',
  'workload',
  'policy',
  'rule',
  'capability',
  'outcome',
  'result',
  'exception',
  'user',
];

/** What is asked for besides the period: `namespace shop and outcome exempt`. */
function wanted({ filter }: Asked): string {
  const parts = NAMED.flatMap((name) => (filter[name] === undefined ? [] : [`${name} ${String(filter[name])}`]));
  if (filter.optOut !== undefined) parts.push(filter.optOut ? 'an opt-out asked for' : 'no opt-out asked for');
  return parts.length === 0 ? '' : ` with ${listed(parts)}`;
}

function found({ entries, next }: AuditPage, asked: Asked): Html {
  const { params } = asked;
  const older =
    next !== undefined && html`<a href="${href('records', { ...params, after: next })}" rel="next">Older</a>`;
  const { after, ...first } = params;
  const newest = after !== undefined && html`<a href="${href('records', first)}">Newest</a> `;
  return html`<section class="box">
    ${entryTable(entries, `${count(entries.length, 'request')}, the newest first; the time leads to the record`)}
    ${(newest || older) && html`<nav class="more" aria-label="Pages">${newest}${older}</nav>`}
  </section>`;
}

async function page({ asked, reader }: Asking): Promise<AuditPage> {
  const after = asked.params['after'];
  return reader.list(asked.filter, PAGE, after).catch((error: unknown) => {
    // The store names what it cannot go on from.
    const { message } = error as Error;
    throw after !== undefined && message.includes(after) ? new WrongParameter(`after: ${message}`) : error;
  });
}

async function show(asking: Asking): Promise<Shown> {
  const { asked, set } = asking;
  const answer = await page(asking);
  const { period } = asked;
  const body = html`<h1>Records</h1>
    <p class="lead">Requests ${period.words}${wanted(asked)}.</p>
    ${form('records', asked, 'Filter', fields(asked, set))}
    ${
      answer.entries.length > 0
        ? found(answer, asked)
        : html`<p class="box">
            No records ${period.words}${wanted(asked)}.
            ${
              period.name !== 'all' &&
              html`<a
                href="${href('records', {
                  ...asked.params,
                  since: undefined,
                  until: undefined,
                  after: undefined,
                  period: 'all',
                })}"
                >In all that is kept?</a
              >`
            }
          </p>`
    }`;
  return { title: 'Records', view: 'records', body, params: commonParams(asked) };
}

const FIELDS: readonly (keyof AuditFilter)[] = [...NAMED, 'optOut'];

/** Records by filter. */
export const records: PageView = { target: 'records', terms: { fields: FIELDS, others: ['after'] }, show };
