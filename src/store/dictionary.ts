import { insert, readAll, rowsOf, type Steps } from './query.ts';

/** Words remembered: names of workloads come without end. */
const REMEMBERED = 50_000;

const newerIn = (table: string): string => `ON CONFLICT (id) DO UPDATE
  SET last = CASE WHEN excluded.last > ${table}.last THEN excluded.last ELSE ${table}.last END`;

interface Known {
  readonly id: number;
  last: number;
}

/** What was learnt of some words. */
export interface Learnt {
  /** The number of a word. */
  readonly idOf: (word: string) => number;
  /** Those that had none before. */
  readonly added: readonly { readonly id: number; readonly text: string }[];
}

/** The numbers that words, or digests of shapes, have in a database. */
export class Dictionary {
  readonly #table: string;
  readonly #known = new Map<string, Known>();
  #generation: unknown;

  constructor(table: 'words' | 'shapes') {
    this.#table = table;
  }

  /** To be called when a transaction was given up. */
  forget(): void {
    this.#known.clear();
  }

  /**
   * Finds the numbers of words, new ones for those that have none. `seen` has the newest span that each is seen in. To be used in a
   * transaction that writes; what it returns holds until that ends.
   */
  *learn(seen: ReadonlyMap<string, number>): Steps<Learnt> {
    yield* this.#refresh();
    const unknown = [...seen.keys()].filter((word) => !this.#known.has(word));
    this.#know(
      yield* readAll<Known & { text: string }>(`SELECT id, text, last FROM ${this.#table} WHERE text`, unknown),
    );
    const missing = unknown.filter((word) => !this.#known.has(word)).map((word) => [word, seen.get(word)!]);
    const into = `${this.#table} (text, last)`;
    const added = yield* insert<Known & { text: string }>(into, missing, 'RETURNING id, text, last');
    this.#know(added);
    yield* this.#see(seen);
    return { idOf: (word) => this.#known.get(word)!.id, added };
  }

  *#see(seen: ReadonlyMap<string, number>): Steps<void> {
    const newer: [id: number, word: string, last: number][] = [];
    for (const [word, span] of seen) {
      const known = this.#known.get(word)!;
      if (known.last >= span) continue;
      known.last = span;
      newer.push([known.id, word, span]);
    }
    yield* insert(`${this.#table} (id, text, last)`, newer, newerIn(this.#table));
  }

  // Another process may have removed words.
  *#refresh(): Steps<void> {
    const [state] = yield* rowsOf('SELECT generation FROM state');
    if (state!['generation'] !== this.#generation || this.#known.size > REMEMBERED) this.forget();
    this.#generation = state!['generation'];
  }

  #know(words: readonly (Known & { text: string })[]): void {
    for (const { id, text, last } of words) this.#known.set(text, { id, last });
  }
}
