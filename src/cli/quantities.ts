/** How long and how much, as people and Kubernetes write it. */
import { BadInput } from './context.ts';

const HOUR_MS = 3_600_000;
const SPANS: Readonly<Record<string, number>> = { h: HOUR_MS, d: 24 * HOUR_MS, w: 168 * HOUR_MS };
const SIZES: Readonly<Record<string, number>> = { Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

const reader =
  (pattern: RegExp, units: Readonly<Record<string, number>>, expected: string) =>
  (option: string) =>
  (text: string): number => {
    const [, number = '', unit = ''] = pattern.exec(text) ?? [];
    const value = Number(number) * (units[unit] ?? 0);
    if (value > 0) return value;
    throw new BadInput([`error: ${option}: found ${text === '' ? 'nothing' : text}, expected ${expected}`]);
  };

/** A span of time, in milliseconds. */
export const span = reader(/^(\d{1,5})([hdw])$/, SPANS, 'hours, days or weeks, as in 12h, 30d or 8w');

/** An amount of memory or disk, in bytes. */
export const amount = reader(/^(\d{1,6})([MGT]i)$/, SIZES, 'an amount, as in 500Mi, 10Gi or 1Ti');
