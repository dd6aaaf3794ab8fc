/** What is known of a pass by the numbers of its words, and the sums of it by the hour. */
import { hourOf } from './pass-id.ts';
import { ANY, RECORDS } from './schema.ts';
import type { RecordWords } from './words.ts';

/** One pass: its givens, what else it is found by, and its counts as word, count, word, count. Kept as JSON. */
export type Facts = readonly [givens: readonly number[], others: readonly number[], counts: readonly number[]];

/** Tells records' words as numbers. Records that share words share their numbers. */
export function numbering(idOf: (word: string) => number): (words: RecordWords) => Facts {
  const known = new Map<object, number[]>();
  const once = (words: object, make: () => number[]): number[] => {
    let numbers = known.get(words);
    if (!numbers) known.set(words, (numbers = make()));
    return numbers;
  };
  return ({ givens, others, counts }) => [
    once(givens, () => [...givens].map(idOf)),
    [...others].map(idOf),
    once(counts, () => [...counts].flatMap(([word, count]) => [idOf(word), count])),
  ];
}

/** Sums up passes by the hour, for each word that is given. */
export class Sums {
  readonly #hours = new Map<number, Map<number, Map<number, number>>>();

  /** Adds a pass, or with -1 takes it away. */
  add(id: number, [givens, , counts]: Facts, sign: 1 | -1): void {
    const hour = hourOf(id);
    let sums = this.#hours.get(hour);
    if (!sums) this.#hours.set(hour, (sums = new Map<number, Map<number, number>>()));
    addTo(sums, ANY, counts, sign);
    for (const given of givens) addTo(sums, given, counts, sign);
  }

  /** Rows of given, hour, counted, count, in the order of the table; none that changes nothing. */
  rows(): number[][] {
    const rows: number[][] = [];
    for (const [hour, sums] of this.#hours)
      for (const [given, counts] of sums)
        for (const [counted, count] of counts) if (count !== 0) rows.push([given, hour, counted, count]);
    return rows.sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]! || a[2]! - b[2]!);
  }
}

function addTo(sums: Map<number, Map<number, number>>, given: number, counts: readonly number[], sign: 1 | -1): void {
  let sum = sums.get(given);
  if (!sum) sums.set(given, (sum = new Map<number, number>()));
  sum.set(RECORDS, (sum.get(RECORDS) ?? 0) + sign);
  for (let i = 0; i < counts.length; i += 2) sum.set(counts[i]!, (sum.get(counts[i]!) ?? 0) + sign * counts[i + 1]!);
}
