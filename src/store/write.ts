/** Writes records into a database, with all by which they are found. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { AuditRecord } from '../audit/record.ts';
import { Bulk } from './bulk.ts';
import { Dictionary } from './dictionary.ts';
import { factsOf, Sums, type Facts } from './facts.ts';
import { firstIdOf, spanOf, timeOf } from './pass-id.ts';
import type { Spans } from './spans.ts';
import { wordsOfRecord } from './words.ts';

/** A record and the text that it was read from. */
export interface Incoming {
  readonly record: AuditRecord;
  readonly json: string;
}

/** The one place that writes records. To be used inside a transaction; after one that failed, call `forget`. */
export class PassWriter {
  readonly #dictionary: Dictionary;
  readonly #spans: Spans;
  readonly #passes: Bulk;
  readonly #bodies: Bulk;
  readonly #uids: Bulk;
  readonly #postings: Bulk;
  readonly #newest: StatementSync;
  readonly #newestBefore: StatementSync;

  constructor(database: DatabaseSync, spans: Spans) {
    this.#dictionary = new Dictionary(database);
    this.#spans = spans;
    this.#passes = new Bulk(database, 'passes (id, uid, facts)', 3);
    this.#bodies = new Bulk(database, 'bodies (id, json)', 2);
    this.#uids = new Bulk(database, 'uids (span, uid, id)', 3);
    this.#postings = new Bulk(database, 'postings (span, word, id)', 3);
    this.#newest = database.prepare('SELECT max(id) AS id FROM passes');
    this.#newestBefore = database.prepare('SELECT max(id) AS id FROM passes WHERE id < ?');
  }

  forget(): void {
    this.#dictionary.forget();
  }

  /** Adds records in the order in which they were recorded. */
  add(incoming: readonly Incoming[]): void {
    this.#dictionary.refresh();
    const free = this.#freeIds();
    const passes = incoming.map(({ record, json }) => {
      const id = free(Date.parse(record.time));
      const span = spanOf(id);
      return { id, span, uid: record.uid, json, facts: factsOf(wordsOfRecord(record), span, this.#dictionary) };
    });
    this.#passes.write(passes.map(({ id, uid, facts }) => [id, uid, JSON.stringify(facts)]));
    this.#bodies.write(passes.map(({ id, json }) => [id, json]));
    this.#uids.write(passes.map(({ id, span, uid }) => [span, uid, id]));
    this.#postings.write(passes.flatMap(postingsOf).sort(inOrder));
    for (const [span, some] of Map.groupBy(passes, (pass) => pass.span)) this.#addToSpan(span, some);
  }

  #addToSpan(span: number, passes: readonly { readonly id: number; readonly facts: Facts }[]): void {
    this.#spans.add(span);
    // Those that come late: the others are summed all at once.
    if (!this.#spans.isSummed(span)) return;
    const sums = new Sums();
    for (const { id, facts } of passes) sums.add(id, facts, 1);
    this.#spans.write(sums);
  }

  /** Finds ids that no pass has, for passes of one transaction. */
  #freeIds(): (time: number) => number {
    let newest = (this.#newest.get()!['id'] as number | null) ?? -1;
    const taken = new Set<number>();
    const free = (time: number): number => {
      const first = firstIdOf(time);
      // What comes in order is the rule.
      if (first > newest) return (newest = first);
      if (timeOf(newest) === time) return ++newest;
      const end = firstIdOf(time + 1);
      const last = (this.#newestBefore.get(end)!['id'] as number | null) ?? -1;
      let id = Math.max(first, last + 1);
      while (taken.has(id)) id++;
      return id < end ? id : free(time + 1);
    };
    return (time) => {
      const id = free(time);
      taken.add(id);
      return id;
    };
  }
}

interface Posting {
  readonly id: number;
  readonly span: number;
  readonly facts: Facts;
}

const postingsOf = ({ id, span, facts: [givens, others] }: Posting): number[][] =>
  [...givens, ...others].map((word) => [span, word, id]);

const inOrder = (a: readonly number[], b: readonly number[]): number => a[0]! - b[0]! || a[1]! - b[1]! || a[2]! - b[2]!;
