/** What narrows records down, read from text: the same on a command line and in a URL. Each reader throws `Unexpected`. */
import type { AdmissionStatus } from '../audit/admission-result.ts';
import { ALL, canonical, CAPABILITIES } from '../engine/capabilities.ts';
import { choiceOf, didYouMean } from '../engine/did-you-mean.ts';
import type { Outcome } from '../engine/finding.ts';
import { isLabel, isObjectName, LONGEST_NAME } from '../engine/names.ts';
import { RULES } from '../engine/policy.ts';
import type { AuditFilter } from './terms.ts';

/** A text that is no value, and what one would have been. */
export class Unexpected extends Error {
  override readonly name = 'Unexpected';

  constructor(found: string, expected: string) {
    super(`found ${found === '' ? 'nothing' : found}, expected ${expected}`);
  }
}

/** Reads a value. `words` are all that it takes, where they can be counted. */
export interface Reader<T> {
  (text: string): T;
  readonly words?: readonly string[];
}

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

const TIME = 'a time as in 2026-11-22T17:00:00Z or 2026-11-22 (UTC), or how long ago, as in 30m, 2h or 7d';

/** A time of RFC 3339, a day, or how long ago, as milliseconds since 1970. */
export function moment(text: string): number {
  const [, number = '', unit = ''] = AGO.exec(text) ?? [];
  const time = unit === '' ? timeIn(text) : Date.now() - Number(number) * UNITS[unit]!;
  if (time === undefined) throw new Unexpected(text, TIME);
  return time;
}

/** A number of at least one. */
export const numberTo =
  (most: number): Reader<number> =>
  (text) => {
    const value = Number(text);
    if (!/^\d{1,6}$/.test(text) || value < 1 || value > most) throw new Unexpected(text, `a number, 1 to ${most}`);
    return value;
  };

const oneOf = <T extends string>(words: readonly T[]): Reader<T> =>
  Object.assign(
    (text: string): T => {
      const word = words.find((candidate) => candidate === text);
      if (word === undefined) throw new Unexpected(text, choiceOf(words, text));
      return word;
    },
    { words },
  );

const that =
  (holds: (text: string) => boolean, expected: string): Reader<string> =>
  (text) => {
    if (!holds(text)) throw new Unexpected(text, expected);
    return text;
  };

const NAMES: readonly string[] = [...CAPABILITIES, ALL];

/** A capability in any spelling, as its canonical name. */
const capability: Reader<string> = Object.assign(
  (text: string): string => {
    const name = canonical(text.trim());
    if (NAMES.includes(name)) return name;
    const meant = didYouMean(name, NAMES);
    throw new Unexpected(text, `a capability, as in NET_RAW${meant === undefined ? '' : `; did you mean ${meant}?`}`);
  },
  { words: NAMES },
);

const isFilled = (text: string): boolean => text.trim() !== '';
const objectName = that(isObjectName, `a name of a-z, 0-9, - and ., at most ${LONGEST_NAME} long`);
const named = that(isFilled, 'a name, or an owner as Kind/name');

// Records, so that what is added to the types has to be added here.
const OUTCOMES: Readonly<Record<Outcome, true>> = {
  hardened: true,
  audited: true,
  exempt: true,
  unresolved: true,
  skipped: true,
  missed: true,
};
const RESULTS: Readonly<Record<AdmissionStatus | 'pending', true>> = {
  admitted: true,
  altered: true,
  'not-admitted': true,
  unknown: true,
  pending: true,
};

/** The readers of all that a filter may hold, by its fields. */
export const VALUES: { readonly [Field in keyof AuditFilter]-?: Reader<NonNullable<AuditFilter[Field]>> } = {
  since: moment,
  until: moment,
  namespace: that(isLabel, 'a name of a-z, 0-9 and -, at most 63 long'),
  // A pod is found by its name alone.
  workload: (text) => named(text).replace(/^Pod\//, ''),
  policy: objectName,
  rule: oneOf([...RULES, 'pod']),
  capability,
  outcome: oneOf(Object.keys(OUTCOMES) as Outcome[]),
  optOut: (text) => oneOf(['true', 'false'])(text) === 'true',
  user: that(isFilled, 'the name of a user or service account'),
  exception: objectName,
  result: oneOf(Object.keys(RESULTS) as (AdmissionStatus | 'pending')[]),
};

/** Why no record can be meant, as what is wrong with `until`; undefined where some can. `since` is what that is called. */
export function emptyPeriod({ since, until }: AuditFilter, sinceName: string): Unexpected | undefined {
  if (since === undefined || until === undefined || since < until) return undefined;
  const [from, to] = [since, until].map((time) => new Date(time).toISOString());
  return new Unexpected(to!, `a time after ${sinceName}, ${from!}`);
}
