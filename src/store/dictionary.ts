import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Words remembered: names of workloads come without end. */
const REMEMBERED = 50_000;

/** The numbers that words have in a database. */
export class Dictionary {
  readonly #find: StatementSync;
  readonly #add: StatementSync;
  readonly #see: StatementSync;
  readonly #version: StatementSync;
  readonly #known = new Map<string, { readonly id: number; last: number }>();
  #seen: unknown;

  constructor(database: DatabaseSync) {
    this.#find = database.prepare('SELECT id, last FROM words WHERE text = ?');
    this.#add = database.prepare('INSERT INTO words (text, last) VALUES (?, ?)');
    this.#see = database.prepare('UPDATE words SET last = ? WHERE id = ?');
    this.#version = database.prepare('PRAGMA data_version');
  }

  /** To be called in a transaction that writes, before the first word: another process may have removed what was known. */
  refresh(): void {
    const version = this.#version.get()!['data_version'];
    if (version !== this.#seen || this.#known.size > REMEMBERED) this.forget();
    this.#seen = version;
  }

  /** To be called when words were removed, or their transaction was given up. */
  forget(): void {
    this.#known.clear();
  }

  /** The word's number; a new one where it has none. `span` is where it is seen. */
  idOf(word: string, span: number): number {
    let known = this.#known.get(word);
    if (!known)
      this.#known.set(
        word,
        (known = (this.#find.get(word) as { id: number; last: number } | undefined) ?? this.#new(word, span)),
      );
    if (known.last < span) {
      known.last = span;
      this.#see.run(span, known.id);
    }
    return known.id;
  }

  #new(word: string, last: number): { readonly id: number; last: number } {
    return { id: Number(this.#add.run(word, last).lastInsertRowid), last };
  }
}
