/** Times as people give them and read them, in UTC. */
import { BadInput } from './context.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS, w: 7 * DAY_MS };

const AGO = /^(\d{1,6})([smhdw])$/;
const DATE = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)([Zz]|[+-]\d\d:\d\d)?)?$/;

// JavaScript takes 30 February for a day in March.
function isDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}

/** Undefined for what is no time, and for days that no month has. */
function timeIn(text: string): number | undefined {
  const [, day = '', clock = '00:00', zone] = DATE.exec(text) ?? [];
  // Without a zone a time of day could be anybody's; a day alone is one of UTC, as all days here.
  if (!isDay(day) || (text !== day && zone === undefined)) return undefined;
  const time = Date.parse(`${day}T${clock}${zone?.toUpperCase() ?? 'Z'}`);
  return Number.isNaN(time) ? undefined : time;
}

/** A time of RFC 3339, a day, or how long ago, as milliseconds since 1970. */
export const moment =
  (option: string) =>
  (text: string): number => {
    const [, number = '', unit = ''] = AGO.exec(text) ?? [];
    const time = unit === '' ? timeIn(text) : Date.now() - Number(number) * UNITS[unit]!;
    if (time !== undefined) return time;
    const found = text === '' ? 'nothing' : text;
    throw new BadInput([
      `error: ${option}: found ${found}, expected a time as in 2026-11-22T17:00:00Z or 2026-11-22 (UTC), or how long ago, as in 30m, 2h or 7d`,
    ]);
  };

/** `2026-11-22 17:32:54`, in UTC. */
export const shownTime = (time: number): string => new Date(time).toISOString().slice(0, 19).replace('T', ' ');
