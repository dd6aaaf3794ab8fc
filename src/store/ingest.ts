/** Takes the lines of a journal into a database, each once, whoever does it and however often it is interrupted. */
import { existsSync, unlinkSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { readJournal, type JournalLine } from '../audit/journal-read.ts';
import { BEGINNING, segmentFile, segmentsIn, type JournalPosition } from '../audit/journal-segments.ts';
import type { AuditRecord } from '../audit/record.ts';
import { inTransaction } from './database.ts';
import { isTime } from './pass-id.ts';
import type { Incoming, PassWriter } from './write.ts';

/** How many lines one transaction takes, and how many characters: others wait while it runs. */
const LINES = 1_000;
const CHARACTERS = 8 * 1024 * 1024;

/** What one transaction took in. `unreadable` lines are kept as they are, in a table of their own. */
export interface Taken {
  readonly records: number;
  readonly unreadable: number;
}

function readingOf({ line }: JournalLine): Incoming | undefined {
  try {
    const record = JSON.parse(line) as AuditRecord;
    const isRecord =
      typeof record.uid === 'string' &&
      isTime(Date.parse(record.time)) &&
      Array.isArray(record.findings) &&
      Array.isArray(record.policies);
    return isRecord ? { record, json: line } : undefined;
  } catch {
    return undefined;
  }
}

function* someOf(lines: Iterator<JournalLine>): Generator<JournalLine> {
  let characters = 0;
  for (let count = 0; count < LINES && characters < CHARACTERS; count++) {
    const next = lines.next();
    if (next.done === true) return;
    yield next.value;
    characters += next.value.line.length;
  }
}

/** Takes a journal in, a transaction at a time. */
export class Ingestion {
  readonly #database: DatabaseSync;
  readonly #writer: PassWriter;
  readonly #folder: string;
  #lines: Iterator<JournalLine> | undefined;
  /** Where in the journal `#lines` stands. */
  #at: JournalPosition = BEGINNING;

  constructor(database: DatabaseSync, writer: PassWriter, folder: string) {
    this.#database = database;
    this.#writer = writer;
    this.#folder = folder;
  }

  /** Takes in some lines. Undefined where there are none. */
  step(): Taken | undefined {
    if (!existsSync(this.#folder)) return undefined;
    const start = this.#checkpoint();
    if (!this.#lines || !isSame(start, this.#at)) this.#lines = readJournal(this.#folder, this.#placeOf(start));
    const lines = [...someOf(this.#lines)];
    const last = lines.at(-1);
    if (!last) {
      this.stop();
      return undefined;
    }
    const taken = this.#take(lines, start, last.next);
    this.#at = last.next;
    return taken;
  }

  /** Closes the file that is read. What comes next is read from where the database says. */
  stop(): void {
    this.#lines?.return?.();
    this.#lines = undefined;
  }

  /** Removes the segments that are wholly in the database, once that is on disk. */
  removeTaken(): void {
    const { segment } = this.#checkpoint();
    const segments = this.#segments();
    const taken = segments.filter((number) => number < segment);
    // Without the segment of the checkpoint it is another journal, of which nothing was taken yet.
    if (taken.length === 0 || !segments.includes(segment) || !this.#isOnDisk()) return;
    for (const number of taken) unlinkIfThere(segmentFile(this.#folder, number));
  }

  /** Nothing is taken where another process was faster. */
  #take(lines: readonly JournalLine[], start: JournalPosition, end: JournalPosition): Taken {
    const readings = lines.map(readingOf);
    const records = readings.filter((reading) => reading !== undefined);
    const unreadable = lines.filter((_, i) => readings[i] === undefined);
    try {
      const isOurs = inTransaction(this.#database, 'IMMEDIATE', () => {
        if (!isSame(this.#checkpoint(), start)) return false;
        this.#writer.add(records);
        const keep = this.#database.prepare('INSERT INTO unreadable VALUES (?, ?, ?)');
        for (const { line, next } of unreadable) keep.run(next.segment, next.offset, line);
        this.#database.prepare('UPDATE journal SET segment = ?, offset = ?').run(end.segment, end.offset);
        return true;
      });
      return isOurs ? { records: records.length, unreadable: unreadable.length } : { records: 0, unreadable: 0 };
    } catch (error) {
      this.#writer.forget();
      this.stop();
      throw error;
    }
  }

  #segments(): number[] {
    return existsSync(this.#folder) ? segmentsIn(this.#folder) : [];
  }

  #checkpoint(): JournalPosition {
    return this.#database.prepare('SELECT segment, offset FROM journal').get() as unknown as JournalPosition;
  }

  // The segment of the checkpoint is never removed. If there is nothing as new, this is not the journal that we know, and it
  // began to count again: all of it is new.
  #placeOf(checkpoint: JournalPosition): JournalPosition {
    const newest = this.#segments().at(-1) ?? 0;
    return newest < checkpoint.segment ? BEGINNING : checkpoint;
  }

  #isOnDisk(): boolean {
    const { log, checkpointed } = this.#database.prepare('PRAGMA wal_checkpoint(PASSIVE)').get()!;
    return log === checkpointed;
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
