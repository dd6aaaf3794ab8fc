/** Writes records into a database, with all by which they are found. */
import type { AuditRecord } from '../audit/record.ts';
import type { Dictionary } from './dictionary.ts';
import { numbering } from './facts.ts';
import { newIds } from './new-ids.ts';
import { spanOf } from './pass-id.ts';
import { addPostings } from './postings.ts';
import { insert, run, type Steps } from './query.ts';
import { addSpans, addToSums } from './spans.ts';
import type { Shape } from './shapes.ts';
import { keyOf, type RecordWords } from './words.ts';

/** A record, its words and the text that it was read from, in its parts. */
export interface Incoming {
  readonly record: AuditRecord;
  readonly words: RecordWords;
  readonly head: string;
  readonly shape: Shape | undefined;
}

interface Pass extends Incoming {
  readonly id: number;
  readonly span: number;
}

/** Words with the newest span that each is in. */
function seenIn(passes: readonly Pass[]): Map<string, number> {
  // Most of them share their words.
  const newest = new Map<ReadonlySet<string> | ReadonlyMap<string, number>, number>();
  for (const { words, span } of passes)
    for (const some of [words.givens, words.others, words.counts])
      if ((newest.get(some) ?? -1) < span) newest.set(some, span);
  const seen = new Map<string, number>();
  for (const [some, span] of newest)
    for (const word of some.keys()) if ((seen.get(word) ?? -1) < span) seen.set(word, span);
  return seen;
}

function* writeKeys(passes: readonly Pass[]): Steps<void> {
  yield* insert(
    'uids (span, uid, id)',
    passes.map(({ id, span, record }) => [span, keyOf(record.uid), id]),
  );
  const followers = passes.flatMap(({ id, span, record: { follows } }) =>
    follows === undefined ? [] : [[span, keyOf(follows), id]],
  );
  yield* insert('followers (span, uid, id)', followers);
}

/** Writes the texts, each shape once. Returns the bytes of what is new. */
function* writeBodies(passes: readonly Pass[], shapes: Dictionary): Steps<number> {
  const texts = new Map<string, string>();
  const seen = new Map<string, number>();
  for (const { shape, span } of passes) {
    if (!shape) continue;
    texts.set(shape.digest, shape.text);
    seen.set(shape.digest, Math.max(span, seen.get(shape.digest) ?? 0));
  }
  const { idOf, added } = yield* shapes.learn(seen);
  const rows = added.map(({ id, text }) => [id, texts.get(text)!] as const);
  yield* insert('shape_texts (id, json)', rows);
  const heads = passes.map(({ id, head, shape }) => [id, head, shape ? idOf(shape.digest) : 0] as const);
  yield* insert('bodies (id, head, shape)', heads);
  return [...rows, ...heads].reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0);
}

/** Adds records in the order in which they were recorded. To be used in a transaction that writes. */
export function* addRecords(incoming: readonly Incoming[], dictionary: Dictionary, shapes: Dictionary): Steps<void> {
  if (incoming.length === 0) return;
  const ids = yield* newIds(incoming.map(({ record }) => Date.parse(record.time)));
  const passes = incoming.map((one, i): Pass => ({ ...one, id: ids[i]!, span: spanOf(ids[i]!) }));
  const { idOf } = yield* dictionary.learn(seenIn(passes));
  const factsOf = numbering(idOf);
  const facts = passes.map(({ id, words }) => [id, factsOf(words)] as const);
  yield* insert(
    'passes (id, facts)',
    facts.map(([id, of]) => [id, JSON.stringify(of)]),
  );
  const bytes = yield* writeBodies(passes, shapes);
  yield* writeKeys(passes);
  yield* addPostings(facts);
  yield* addSpans(new Set(passes.map(({ span }) => span)));
  yield* addToSums(facts.map(([id, of]) => [id, of, 1]));
  yield* run('UPDATE state SET bytes = bytes + ?', bytes);
}
