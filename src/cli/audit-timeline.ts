/** Records by hour, or by day or month where there are many hours, without gaps. */
import type { AuditCount } from '../store/terms.ts';

const HOUR_MS = 3_600_000;
/** A table with more rows is no picture any more. */
const MOST = 48;

/** How long a key of each is, as in `2026-11-22T17`. */
const UNITS = [
  ['HOUR (UTC)', 13, HOUR_MS],
  ['DAY (UTC)', 10, 24 * HOUR_MS],
  ['MONTH', 7, Infinity],
] as const;

const startOf = (hour: string): number => Date.parse(`${hour}:00Z`);

/** The keys from the first to the last, those in between of which nothing is known, too. */
function keysBetween(first: number, last: number, length: number, step: number): string[] {
  const keys: string[] = [];
  for (let time = first; time <= last; time += step) keys.push(new Date(time).toISOString().slice(0, length));
  return keys;
}

/** Rows in order of time, and what each stands for. */
export function timeline(hours: readonly AuditCount[]): { title: string; rows: AuditCount[] } {
  const [first, last] = [hours[0], hours.at(-1)];
  if (!first || !last) return { title: UNITS[0][0], rows: [] };
  const [from, to] = [startOf(first.name), startOf(last.name)];
  const [title, length, step] = UNITS.find(([, , unit]) => (to - from) / unit < MOST)!;
  const counts = new Map<string, number>();
  // An hour is the least there is, and months are of no fixed length: all hours, of which many share a key.
  const every = step === Infinity ? 24 * HOUR_MS : step;
  const start = step === Infinity ? from : Math.floor(from / step) * step;
  for (const key of keysBetween(start, to, length, every)) counts.set(key, 0);
  for (const { name, count } of hours) {
    const key = name.slice(0, length);
    counts.set(key, (counts.get(key) ?? 0) + count);
  }
  return { title, rows: [...counts].map(([name, count]) => ({ name: name.replace('T', ' '), count })) };
}
