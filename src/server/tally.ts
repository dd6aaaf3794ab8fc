/**
 * A counter with labels that is cheap to count on: requests add to a plain map, and the metrics library sees the sums when
 * somebody reads them. The number of series is bounded, since some labels come from requests.
 */
import { Counter, type Registry } from 'prom-client';

const MAX_SERIES = 1_000;
const OTHER = '_other';

/** A counter of things told apart by labels. */
export class Tally<Label extends string> {
  readonly #labels: readonly Label[];
  readonly #pending = new Map<string, { values: Record<Label, string>; count: number }>();
  readonly #seen = new Set<string>();

  constructor(registry: Registry, name: string, help: string, labels: readonly Label[]) {
    this.#labels = labels;
    const pending = this.#pending;
    const counter = new Counter({
      name,
      help,
      labelNames: labels,
      registers: [registry],
      collect: () => {
        for (const { values, count } of pending.values()) counter.inc(values, count);
        pending.clear();
      },
    });
  }

  /** Counts one more thing with these values, in the order of the labels. */
  add(...values: string[]): void {
    let key = values.join('\u0000');
    if (!this.#seen.has(key)) {
      if (this.#seen.size >= MAX_SERIES) [values, key] = [values.map(() => OTHER), OTHER];
      else this.#seen.add(key);
    }
    const known = this.#pending.get(key);
    if (known) known.count++;
    else {
      const named = Object.fromEntries(this.#labels.map((label, i) => [label, values[i] ?? ''])) as Record<
        Label,
        string
      >;
      this.#pending.set(key, { values: named, count: 1 });
    }
  }
}
