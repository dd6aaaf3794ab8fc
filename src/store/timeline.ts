/** Records by hour, or by day or month where there are many hours, without gaps. */
import type { AuditCount, Period } from './terms.ts';

const HOUR_MS = 3_600_000;
/** A table of text with more rows is no picture any more. */
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

/** What a timeline is to show. */
export interface TimelineOptions extends Period {
  /** The most rows; there may be more where they are months. */
  readonly most?: number;
}

/** Rows in order of time, and what each stands for. Times that are given are where it begins and ends. */
export function timeline(
  hours: readonly AuditCount[],
  { since, until, most = MOST }: TimelineOptions = {},
): { title: string; rows: AuditCount[] } {
  if (hours.length === 0) return { title: UNITS[0][0], rows: [] };
  const from = since ?? startOf(hours[0]!.name);
  const to = until === undefined ? startOf(hours.at(-1)!.name) : until - 1;
  const [title, length, step] = UNITS.find(([, , unit]) => (to - from) / unit < most)!;
  const counts = new Map<string, number>();
  // An hour is the least there is, and months are of no fixed length: all days, of which many share a key.
  const every = step === Infinity ? 24 * HOUR_MS : step;
  const start = Math.floor(from / every) * every;
  for (const key of keysBetween(start, to, length, every)) counts.set(key, 0);
  for (const { name, count } of hours) {
    const key = name.slice(0, length);
    counts.set(key, (counts.get(key) ?? 0) + count);
  }
  return { title, rows: [...counts].map(([name, count]) => ({ name: name.replace('T', ' '), count })) };
}
