/** Pictures of numbers. Each stands beside the numbers themselves, which are what a screen reader reads. */
import { html, type Html } from './html.ts';

const STEP = 10;
const WIDTH = 8;
const HEIGHT = 100;

/** One bar: all of it, and the part of it that is of most interest. */
export interface Bar {
  readonly name: string;
  readonly count: number;
  readonly part: number;
}

function rectangles({ name, count, part }: Bar, i: number, most: number): Html {
  const [high, low] = [count, Math.min(part, count)].map(
    (value) => Math.round((value / most) * HEIGHT * 100) / 100,
  ) as [number, number];
  const x = i * STEP + (STEP - WIDTH) / 2;
  const bar = (height: number, from: number, colour: string): Html | false =>
    height > 0 &&
    html`<rect class="${colour}" x="${x}" y="${HEIGHT - from - height}" width="${WIDTH}" height="${height}" />`;
  return html`<g
    ><title>${name}: ${count}</title>${bar(high - low, low, 'fill-quiet')}${bar(low, 0, 'fill-accent')}</g
  >`;
}

/** Bars beside each other, as wide as there is room. `label` says what they show. */
export function chart(bars: readonly Bar[], label: string): Html {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  return html`<svg
    role="img"
    aria-label="${label}"
    viewBox="0 0 ${bars.length * STEP} ${HEIGHT}"
    preserveAspectRatio="none"
  >
    ${bars.map((bar, i) => rectangles(bar, i, most))}
  </svg>`;
}

/** One bar in a row of a table, where `most` would be the whole width. */
export const bar = (count: number, most: number): Html =>
  html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
    <rect class="fill-accent" width="${Math.round((count / Math.max(most, 1)) * 10_000) / 100}" height="10" />
  </svg>`;

/** A square of the colour of a bar. */
export const swatch = (colour: 'accent' | 'quiet'): Html =>
  html`<svg viewBox="0 0 1 1" aria-hidden="true"><rect class="fill-${colour}" width="1" height="1" /></svg>`;
