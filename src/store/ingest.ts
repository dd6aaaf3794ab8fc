/** Takes the lines of a journal into a database, each once, whoever does it and however often it is interrupted. */
import { existsSync, unlinkSync } from 'node:fs';
import { textOf } from '../audit/body.ts';
import { Progress, readJournal, type JournalLine } from '../audit/journal-read.ts';
import { BEGINNING, segmentFile, segmentsIn, type JournalPosition } from '../audit/journal-segments.ts';
import { checkpointOf, moveCheckpoint } from './checkpoint.ts';
import type { Database } from './database.ts';
import { Dictionary } from './dictionary.ts';
import { journalId } from './journal-id.ts';
import { linesOf, type Lines } from './lines.ts';
import { insert, type Steps } from './query.ts';
import { addResults } from './results.ts';
import { Shapes } from './shapes.ts';
import { wellFormed } from './words.ts';
import { addRecords } from './write.ts';

/** How many lines one transaction takes, and how many characters: others wait while it runs. */
const LINES = 1_000;
const CHARACTERS = 8 * 1024 * 1024;

/** Segments are removed when there are so many, or after so many milliseconds: a log is copied for it. */
const ENOUGH = 3;
const REMOVE_EVERY_MS = 10_000;

/** What one transaction took in. `unreadable` lines are kept as they are, in a table of their own. */
export interface Taken {
  readonly records: number;
  readonly unreadable: number;
}

const NOTHING: Taken = { records: 0, unreadable: 0 };

function* someOf(lines: Iterator<JournalLine>): Generator<JournalLine> {
  let characters = 0;
  for (let count = 0; count < LINES && characters < CHARACTERS; count++) {
    const next = lines.next();
    if (next.done === true) return;
    yield next.value;
    characters += next.value.head.length + next.value.shape.length;
  }
}

/** Takes one journal in, a transaction at a time. */
export class Ingestion {
  readonly #database: Database;
  readonly #folder: string;
  readonly #dictionary = new Dictionary('words');
  readonly #kept = new Dictionary('shapes');
  readonly #shapes = new Shapes();
  #progress = new Progress();
  #lines: Iterator<JournalLine> | undefined;
  /** Where in which journal `#lines` stands. */
  #at: JournalPosition = BEGINNING;
  #id: string | undefined;
  /** When segments were last removed; as performance.now(). */
  #removedAt = -Infinity;

  constructor(database: Database, folder: string) {
    this.#database = database;
    this.#folder = folder;
  }

  /** Takes in some lines. Undefined where there are none. */
  async step(): Promise<Taken | undefined> {
    if (!existsSync(this.#folder)) return undefined;
    const id = journalId(this.#folder);
    const start = await this.#database.ask(() => checkpointOf(id));
    if (!this.#lines || id !== this.#id || !isSame(start, this.#at)) this.#begin(id, start);
    const lines = linesOf(someOf(this.#lines!), this.#shapes);
    const { end } = lines;
    if (!end) {
      this.stop();
      return undefined;
    }
    const taken = await this.#take(id, lines, start, end);
    this.#at = end;
    return taken;
  }

  /** Closes the file that is read. What comes next is read from where the database says. */
  stop(): void {
    this.#lines?.return?.();
    this.#lines = undefined;
  }

  /** Removes segments that are wholly in the database, once that is on disk. A few may wait until the next time. */
  async removeTaken(): Promise<void> {
    if (!existsSync(this.#folder)) return;
    const id = journalId(this.#folder);
    const { segment } = await this.#database.ask(() => checkpointOf(id));
    const segments = segmentsIn(this.#folder);
    const taken = segments.filter((number) => number < segment);
    if (taken.length < ENOUGH && performance.now() - this.#removedAt < REMOVE_EVERY_MS) return;
    // Without the segment of the checkpoint it is another journal, of which nothing was taken yet.
    if (taken.length === 0 || !segments.includes(segment) || !(await this.#database.isOnDisk())) return;
    for (const number of taken) unlinkIfThere(segmentFile(this.#folder, number));
    this.#removedAt = performance.now();
  }

  #begin(id: string, start: JournalPosition): void {
    this.stop();
    if (id !== this.#id) this.#progress = new Progress();
    this.#id = id;
    // The segment of the checkpoint is never removed. If there is nothing as new, the journal began to count again: all is new.
    const newest = segmentsIn(this.#folder).at(-1) ?? 0;
    this.#lines = readJournal(this.#folder, newest < start.segment ? BEGINNING : start, this.#progress);
  }

  /** Nothing is taken where another process was faster. */
  async #take(id: string, lines: Lines, start: JournalPosition, end: JournalPosition): Promise<Taken> {
    try {
      return await this.#database.write(() => this.#write(id, lines, start, end));
    } catch (error) {
      this.#dictionary.forget();
      this.#kept.forget();
      this.stop();
      throw error;
    }
  }

  *#write(id: string, lines: Lines, start: JournalPosition, end: JournalPosition): Steps<Taken> {
    if (!isSame(yield* checkpointOf(id), start)) return NOTHING;
    yield* addRecords(lines.records, this.#dictionary, this.#kept);
    yield* addResults(lines.results, this.#dictionary);
    const unreadable = lines.unreadable.map(({ next, ...body }) => [
      id,
      next.segment,
      next.offset,
      wellFormed(textOf(body)),
    ]);
    yield* insert('unreadable (journal, segment, bytes, line)', unreadable);
    yield* moveCheckpoint(id, end);
    return { records: lines.records.length, unreadable: unreadable.length };
  }
}

const isSame = (a: JournalPosition, b: JournalPosition): boolean => a.segment === b.segment && a.offset === b.offset;

function unlinkIfThere(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
