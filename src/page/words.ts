/** Numbers, times and names as the page writes them. */
import { html, type Html } from './html.ts';

const NUMBERS = new Intl.NumberFormat('en-US');

/** `1,234`. */
export const num = (number: number): string => NUMBERS.format(number);

/** `1 record`, `1,234 records`. */
export const count = (number: number, thing: string): string => `${num(number)} ${thing}${number === 1 ? '' : 's'}`;

/** `2026-11-22 17:32:54`, in UTC. */
const shown = (time: number): string => new Date(time).toISOString().slice(0, 19).replace('T', ' ');

/** A time in UTC, to the second. Milliseconds since 1970. */
export const timeTag = (time: number): Html =>
  html`<time datetime="${new Date(time).toISOString()}">${shown(time)}</time>`;

/** A day in UTC. */
export const dayTag = (time: number): Html => {
  const day = new Date(time).toISOString().slice(0, 10);
  return html`<time datetime="${day}">${day}</time>`;
};

const withLast = (names: readonly string[], word: string): string =>
  names.length > 1 ? `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)!}` : (names[0] ?? '');

/** `a, b and c`. */
export const listed = (names: readonly string[]): string => withLast(names, 'and');

/** `a, b or c`. */
export const either = (names: readonly string[]): string => withLast(names, 'or');
