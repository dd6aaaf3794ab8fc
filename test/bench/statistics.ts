/** Numbers in [0, 1) that come in the same order for the same seed, so that a run can be repeated. */
export function seeded(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** The same items in an order drawn from `random`. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** The value below which a share `p` (0 to 1) of the values lies; NaN when there are none. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? NaN;
}

/** The middle value, or the mean of the two middle ones; NaN when there are none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? NaN) + upper) / 2;
}

/** A median and the 95 % interval in which it would fall if the run were repeated. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** The median of the values with its bootstrap interval: medians of 2,000 samples drawn from the values themselves. */
export function estimate(values: readonly number[], random: () => number): Estimate {
  const medians = Array.from({ length: 2000 }, () =>
    median(values.map(() => values[Math.floor(random() * values.length)]!)),
  );
  return { median: median(values), low: percentile(medians, 0.025), high: percentile(medians, 0.975) };
}

/** Each value of `more` less the value of `less` from the same block. */
export function differences(more: readonly number[], less: readonly number[]): number[] {
  return more.map((value, block) => value - less[block]!);
}

/** Each value of `above` divided by the value of `below` from the same block. */
export function ratios(above: readonly number[], below: readonly number[]): number[] {
  return above.map((value, block) => value / below[block]!);
}

/** Arrival times in ms, `rate` per second on average, independent of each other, planned for `ms` milliseconds. */
export function arrivals(rate: number, ms: number, random: () => number): number[] {
  const times: number[] = [];
  for (let at = 0; (at += (-Math.log(1 - random()) * 1000) / rate) < ms;) times.push(at);
  return times;
}
