/** The first view: what changed, how much, and what became of it. */
import type { AuditStats } from '../store/terms.ts';
import { alarm, ALTERED } from './altered.ts';
import { commonParams, type Asked } from './asked.ts';
import { countTable } from './counts.ts';
import { filterText, form, periodFields } from './form.ts';
import { href, type Params } from './href.ts';
import { html, type Html, type Part } from './html.ts';
import { OUTCOMES, RESULTS, resultWord, type Result, type Tone } from './outcomes.ts';
import { timelineOf } from './overview-timeline.ts';
import { timesOf } from './period.ts';
import type { Asking, PageView } from './view.ts';
import { count, num } from './words.ts';

interface Tile {
  readonly name: string;
  readonly meaning: string;
  readonly tone: Tone;
  readonly count: number;
  readonly params: Params;
}

const tile = ({ name, meaning, tone, count: number, params }: Tile): Html =>
  html`<li>
    <a href="${href('records', params)}"
      ><b class="is-${number > 0 ? tone : 'muted'}">${num(number)}</b>${name}<i>${meaning}</i></a
    >
  </li>`;

function outcomeTiles({ outcomes }: AuditStats, params: Params): Part {
  const counts = new Map(outcomes.map(({ name, count: number }) => [name, number]));
  return Object.entries(OUTCOMES).map(([name, term]) =>
    tile({ ...term, name, count: counts.get(name) ?? 0, params: { ...params, outcome: name } }),
  );
}

function resultTiles({ results, records }: AuditStats, params: Params): Html {
  const counts = new Map(results.map(({ name, count: number }) => [name, number]));
  const known = results.reduce((sum, { count: number }) => sum + number, 0);
  if (known === 0) return html`<p class="muted">Nothing is known: no watch on pods has told what became of these.</p>`;
  counts.set('pending', Math.max(records - known, 0));
  const tiles = Object.entries(RESULTS).map(([result, term]) =>
    tile({
      ...term,
      name: resultWord(result as Result),
      count: counts.get(result) ?? 0,
      params: { ...params, result },
    }),
  );
  return html`<ul class="tiles">
    ${tiles}
  </ul>`;
}

function numbers(stats: AuditStats, params: Params): Html {
  return html`<section>
      <h2>Findings by outcome</h2>
      <ul class="tiles">
        ${outcomeTiles(stats, params)}
      </ul>
    </section>
    <section>
      <h2>Requests by result</h2>
      ${resultTiles(stats, params)}
    </section>
    <div class="two">
      ${countTable({
        title: 'Taken away most',
        unit: 'Fields',
        heading: 'Capability',
        counts: stats.taken,
        to: (capability) => href('records', { ...params, capability, outcome: 'hardened' }),
        nothing: 'No container has asked for a capability that was taken away.',
      })}
      ${countTable({
        title: 'Policies',
        unit: 'Findings',
        heading: 'Policy',
        counts: stats.policies,
        to: (policy) => href('records', { ...params, policy }),
        nothing: 'No policy has found anything.',
      })}
    </div>`;
}

const fields = (asked: Asked, stats: AuditStats): Part => [
  periodFields(asked),
  filterText(
    asked,
    'namespace',
    'Namespace',
    stats.namespaces.slice(0, 100).map(({ name }) => name),
  ),
];

async function show({ asked, reader }: Asking): Promise<{ title: string; view: './'; body: Html; params: Params }> {
  const { filter, period } = asked;
  const params = commonParams(asked);
  const [stats, changed, altered] = await Promise.all([
    reader.stats(filter),
    // Of a namespace alone the store keeps sums, of a namespace's outcomes it does not.
    filter.namespace === undefined ? reader.stats({ ...filter, outcome: 'hardened' }) : undefined,
    reader.list({ ...filter, result: 'altered' }, ALTERED),
  ]);
  const body = html`<h1>Overview</h1>
    <p class="lead">
      ${count(stats.records, 'record')}
      ${period.words}${filter.namespace !== undefined && ` in namespace ${filter.namespace}`}. A record is one request
      that changed, would have changed, spared or had to leave something.
    </p>
    ${form('./', asked, 'Period and namespace', fields(asked, stats))}
    ${
      stats.records === 0
        ? html`<p class="box">
            No records ${period.words}. A longer period, or no namespace, may have some; so does the first pod that a
            policy covers.
          </p>`
        : [
            alarm(altered, params),
            timelineOf(stats.hours, changed?.hours, timesOf(asked.period), params),
            numbers(stats, params),
          ]
    }`;
  return { title: 'Overview', view: './', body, params };
}

/** The overview. */
export const overview: PageView = { target: './', terms: { fields: ['namespace'], others: [] }, show };
