/** The ids of passes: the time in milliseconds, and a number within it. */

/** Ids a millisecond. What does not fit goes to the next, as if it had come then; no server is that fast. */
const EACH = 1024;
/** Before this a time can be part of an id, which JavaScript has to hold exactly: 2248. */
const END = Math.floor(Number.MAX_SAFE_INTEGER / EACH);

const HOUR_MS = 3_600_000;
/** Divides an hour. */
const SPAN_MS = 600_000;

/** Can a record have come then? In milliseconds since 1970. */
export const isTime = (time: number): boolean => time >= 0 && time < END;

/** The first id of a millisecond; of none before the first and after the last that ids have. */
export const firstIdOf = (time: number): number => Math.min(Math.max(Math.ceil(time), 0), END) * EACH;

/** When the pass came, in milliseconds since 1970. */
export const timeOf = (id: number): number => Math.floor(id / EACH);

/** The hour of a pass, counted from 1970. */
export const hourOf = (id: number): number => Math.floor(id / EACH / HOUR_MS);

/** The span of ten minutes of a pass, counted from 1970. */
export const spanOf = (id: number): number => Math.floor(id / EACH / SPAN_MS);

/** The first id of a span. */
export const firstIdOfSpan = (span: number): number => firstIdOf(span * SPAN_MS);

/** The first id of an hour. */
export const firstIdOfHour = (hour: number): number => firstIdOf(hour * HOUR_MS);

/** An hour as `2026-11-22T17`, UTC. */
export const nameOfHour = (hour: number): string => new Date(hour * HOUR_MS).toISOString().slice(0, 13);
