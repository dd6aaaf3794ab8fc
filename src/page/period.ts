/** The time that a view is about. */
import type { Period } from '../store/terms.ts';
import { html, type Html } from './html.ts';
import { timeTag } from './words.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Periods that end now, by the word that stands for each in links. */
export const PERIODS = {
  '24h': { label: 'Last 24 hours', words: 'in the last 24 hours', length: DAY_MS },
  '7d': { label: 'Last 7 days', words: 'in the last 7 days', length: 7 * DAY_MS },
  '30d': { label: 'Last 30 days', words: 'in the last 30 days', length: 30 * DAY_MS },
  all: { label: 'All', words: 'in all that is kept', length: Infinity },
} as const;

/** `24h`, `7d`, `30d` or `all`. */
export type PeriodName = keyof typeof PERIODS;

/** Where nothing else is asked. */
export const DEFAULT: PeriodName = '7d';

/** What was asked, what that means at this moment, and how it is said. */
export interface AskedPeriod extends Period {
  /** Undefined where times were given. */
  readonly name: PeriodName | undefined;
  readonly words: Html;
}

/** Is it the name of a period? */
export const isPeriodName = (text: string): text is PeriodName => Object.hasOwn(PERIODS, text);

/** A period that ends now. It begins with a whole hour, of which the store keeps sums. */
export function periodOf(name: PeriodName, now: number): AskedPeriod {
  const { words, length } = PERIODS[name];
  const said = { name, words: html`${words}` };
  return length === Infinity ? said : { ...said, since: Math.floor((now - length) / HOUR_MS) * HOUR_MS };
}

/** A period between times, one of which may be missing. */
export function exactPeriod({ since, until }: Period): AskedPeriod {
  const from = since !== undefined && html` from ${timeTag(since)}`;
  const to = until !== undefined && html` until ${timeTag(until)}`;
  return {
    name: undefined,
    words: html`${from}${to}`,
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  };
}

/** The period without its words. */
export const timesOf = ({ since, until }: Period): Period => ({
  ...(since !== undefined && { since }),
  ...(until !== undefined && { until }),
});
