/** Counts with bars beside them. */
import type { AuditCount } from '../store/terms.ts';
import { bar } from './chart.ts';
import type { Href } from './href.ts';
import { html, type Html, type Part } from './html.ts';
import { table, type Column } from './table.ts';
import { count as counted, num } from './words.ts';

/** More rows are no overview. */
const MOST = 10;

/** What to count, in words. */
export interface Counts {
  readonly title: string;
  /** What is counted, as `fields`. */
  readonly unit: string;
  /** What a row names, as `Capability`. */
  readonly heading: string;
  readonly counts: readonly AuditCount[];
  /** Where a name leads. */
  readonly to: (name: string) => Href;
  /** What is said where there are none. */
  readonly nothing: string;
}

/** The most frequent, with a bar for each. */
export function countTable({ title, unit, heading, counts, to, nothing }: Counts): Html {
  const shown = counts.slice(0, MOST);
  const most = Math.max(1, ...shown.map(({ count }) => count));
  const columns: Column<AuditCount>[] = [
    { heading, cell: ({ name }) => html`<a href="${to(name)}">${name}</a>` },
    { heading: unit, kind: 'number', cell: ({ count }) => num(count) },
    { heading: 'Share', kind: 'wide', cell: ({ count }) => bar(count, most) },
  ];
  const more: Part =
    counts.length > MOST && html`<p class="note">and ${counted(counts.length - MOST, 'other')}, with fewer</p>`;
  return html`<section class="box">
    <h2>${title}</h2>
    ${shown.length > 0 ? table({ caption: `${unit} by ${heading.toLowerCase()}`, columns, rows: shown, isSlim: true }) : html`<p class="muted">${nothing}</p>`}
    ${more}
  </section>`;
}
