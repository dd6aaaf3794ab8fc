/** How many requests were recorded and changed, hour by hour or day by day. */
import type { AuditCount, Period } from '../store/terms.ts';
import { timeline } from '../store/timeline.ts';
import { chart, swatch, type Bar } from './chart.ts';
import { href, type Params } from './href.ts';
import { html, type Html, type Part } from './html.ts';
import { table, type Column } from './table.ts';
import { count, num } from './words.ts';

/** A week by the hour, a quarter by the day. */
const MOST = 170;

const LENGTHS = [
  { length: 13, title: 'hour', step: 3_600_000 },
  { length: 10, title: 'day', step: 86_400_000 },
  { length: 7, title: 'month', step: 0 },
] as const;

/** `2026-11-22 17`, `2026-11-22` or `2026-11` as the times from which and until which it is. */
function timesIn(name: string): Period {
  const since = Date.parse(name.length === 13 ? `${name.replace(' ', 'T')}:00Z` : name);
  const { step } = LENGTHS.find(({ length }) => length === name.length)!;
  const month = new Date(since);
  return { since, until: step > 0 ? since + step : Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1) };
}

const paramsOf = (name: string, params: Params): Params => {
  const [since, until] = [timesIn(name).since!, timesIn(name).until!].map((time) => new Date(time).toISOString());
  return { namespace: params['namespace'], since, until };
};

const label = (name: string): string => (name.length === 13 ? `${name}:00` : name);

function barsOf(hours: readonly AuditCount[], parts: readonly AuditCount[] | undefined, period: Period): Bar[] {
  const options = { ...period, most: MOST };
  const { rows } = timeline(hours, options);
  const first = rows[0];
  // Both have the same rows, whatever the second lacks.
  const range = {
    ...options,
    ...(first && { since: timesIn(first.name).since!, until: timesIn(rows.at(-1)!.name).until! }),
  };
  const changed = new Map(timeline(parts ?? [], range).rows.map(({ name, count: number }) => [name, number]));
  return rows.map(({ name, count: number }) => ({
    name: label(name),
    count: number,
    part: parts === undefined ? number : (changed.get(name) ?? 0),
  }));
}

const KEY: Html = html`<ul class="key">
  <li>${swatch('accent')}changed something</li>
  <li>${swatch('quiet')}only recorded: audited, exempt, left, skipped, denied</li>
</ul>`;

function numbers(bars: readonly Bar[], title: string, hasParts: boolean, params: Params): Html {
  const columns: Column<Bar>[] = [
    {
      heading: `${title[0]!.toUpperCase()}${title.slice(1)} (UTC)`,
      cell: ({ name }) => html`<a href="${href('records', paramsOf(name.replace(/:00$/, ''), params))}">${name}</a>`,
    },
    { heading: 'Requests', kind: 'number', cell: ({ count: number }) => num(number) },
    ...(hasParts ? [{ heading: 'Changed', kind: 'number', cell: ({ part }: Bar): Part => num(part) } as const] : []),
  ];
  const rows = bars.filter(({ count: number }) => number > 0).reverse();
  return html`<details>
    <summary>The numbers as a table</summary>
    ${table({ caption: `requests by ${title}, the newest first; none where there were none`, columns, rows })}
  </details>`;
}

/** The picture and its table. `parts` are the requests that changed something; where it is not known, all are shown alike. */
export function timelineOf(
  hours: readonly AuditCount[],
  parts: readonly AuditCount[] | undefined,
  period: Period,
  params: Params,
): Html {
  const bars = barsOf(hours, parts, period);
  const name = bars[0]?.name ?? '';
  const { title } = LENGTHS.find(({ length }) => length === name.replace(/:00$/, '').length) ?? LENGTHS[0];
  const most = bars.reduce((top, bar) => (bar.count > top.count ? bar : top), bars[0]!);
  const says = `Requests by ${title}, from ${name} to ${bars.at(-1)!.name} UTC; the most ${num(most.count)}, in ${most.name}`;
  return html`<section class="box">
    <h2>Requests by ${title}</h2>
    ${parts && KEY}
    <div class="chart">${chart(bars, says)}</div>
    <div class="axis">
      <span>${name}</span><span>at most ${count(most.count, 'request')}: ${most.name}</span
      ><span>${bars.at(-1)!.name}</span>
    </div>
    ${numbers(bars, title, parts !== undefined, params)}
  </section>`;
}
