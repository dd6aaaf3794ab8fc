/** Finds ids that no pass has. */
import { firstIdOf } from './pass-id.ts';
import { rowsOf, type Steps } from './query.ts';

const PROBES = 64;
const PROBE = '(SELECT max(id) FROM passes WHERE id >= ? AND id < ?)';

/** Ids for passes of one transaction. */
class NewIds {
  /** The first free id of milliseconds that are known. */
  readonly #free = new Map<number, number>();
  readonly #newest: number;

  constructor(newest: number) {
    this.#newest = newest;
  }

  /** Many with one statement: where several servers write, what comes late is the rule. */
  *learn(times: Iterable<number>): Steps<void> {
    const unknown = [...new Set(times)].filter((time) => !this.#free.has(time) && !this.#isNew(time));
    for (let from = 0; from < unknown.length; from += PROBES) {
      const some = unknown.slice(from, from + PROBES);
      // The same statement for any number.
      const probes = Array.from({ length: PROBES }, (_, i) => some[i] ?? some[0]!);
      const columns = probes.map((_, i) => `${PROBE} AS m${i}`).join(', ');
      const ranges = probes.flatMap((time) => [firstIdOf(time), firstIdOf(time + 1)]);
      const [row] = yield* rowsOf<Record<string, number | null>>(`SELECT ${columns}`, ...ranges);
      some.forEach((time, i) => this.#free.set(time, Math.max(firstIdOf(time), (row![`m${i}`] ?? -1) + 1)));
    }
  }

  *take(time: number): Steps<number> {
    for (let at = time; ; at++) {
      yield* this.learn([at]);
      const id = this.#free.get(at) ?? firstIdOf(at);
      // What does not fit into a millisecond goes to the next.
      if (id >= firstIdOf(at + 1)) continue;
      this.#free.set(at, id + 1);
      return id;
    }
  }

  #isNew(time: number): boolean {
    return firstIdOf(time) > this.#newest;
  }
}

/** An id for each time, in the order of the times. To be used in a transaction that writes. */
export function* newIds(times: readonly number[]): Steps<readonly number[]> {
  const [row] = yield* rowsOf<{ id: number | null }>('SELECT max(id) AS id FROM passes');
  const ids = new NewIds(row!.id ?? -1);
  yield* ids.learn(times);
  const all: number[] = [];
  for (const time of times) all.push(yield* ids.take(time));
  return all;
}
