/** Reads a journal, in this process or in another, while it is written. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { Body } from './body.ts';
import { SegmentReader } from './journal-lines.ts';
import { BEGINNING, segmentFile, segmentsIn, type JournalPosition } from './journal-segments.ts';

const CHUNK = 256 * 1024;
const NEWLINE = 0x0a;

/** One line in its parts, and the position after it. */
export interface JournalLine extends Body {
  readonly next: JournalPosition;
}

interface Line {
  readonly line: string;
  readonly next: JournalPosition;
}

/** What was read of a segment, so that going on in it later does not read it again from its beginning. */
export class Progress {
  #reader = new SegmentReader();
  /** How far the reader is. */
  #at = BEGINNING;

  /** Where to go on for the lines after a position. */
  before({ segment, offset }: JournalPosition): JournalPosition {
    if (this.#at.segment === segment && this.#at.offset <= offset) return this.#at;
    this.#reader = new SegmentReader();
    return (this.#at = { segment, offset: 0 });
  }

  read({ line, next }: Line): Body | undefined {
    this.#at = next;
    return this.#reader.read(line);
  }
}

function openIfThere(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch (error) {
    // Whoever has taken in all of a segment removes it.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * How much of what was read was written. Zeros are room that was made ahead: JSON has none. What follows them may be there
 * already where a line is being written while it is read, but the line is not whole then.
 */
function upToZero(chunk: Buffer): number {
  const zero = chunk.indexOf(0);
  return zero < 0 ? chunk.length : zero;
}

/** The same bytes with room for as many again. */
const larger = (bytes: Buffer): Buffer => Buffer.concat([bytes], 2 * bytes.length);

/** The whole lines of one segment. What follows the last of them was never acknowledged, or is still being written. */
function* linesOf(file: string, { segment, offset }: JournalPosition): Generator<Line> {
  const descriptor = openIfThere(file);
  if (descriptor === undefined) return;
  try {
    let buffer: Buffer = Buffer.allocUnsafe(CHUNK);
    // The first `rest` bytes of the buffer are of a line that has no end yet.
    for (let [at, rest] = [offset, 0]; ;) {
      if (rest === buffer.length) buffer = larger(buffer);
      const read = readSync(descriptor, buffer, rest, buffer.length - rest, at + rest);
      if (read === 0) return;
      const filled = upToZero(buffer.subarray(rest, rest + read));
      const bytes = buffer.subarray(0, rest + filled);
      let from = 0;
      // A line may be longer than a chunk: what was searched already has no end.
      for (let end = bytes.indexOf(NEWLINE, rest); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
        yield { line: bytes.toString('utf8', from, end), next: { segment, offset: at + end + 1 } };
        from = end + 1;
      }
      if (filled < read) return;
      at += from;
      rest = bytes.length - from;
      bytes.copyWithin(0, from);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** The lines of one segment after a position. */
function* linesAfter(file: string, start: JournalPosition, progress: Progress): Generator<JournalLine> {
  for (const line of linesOf(file, progress.before(start))) {
    const body = progress.read(line);
    if (body && line.next.offset > start.offset) yield { ...body, next: line.next };
  }
}

/**
 * Yields the lines after a position, in the order in which they were written, up to the last that is whole now. Going on from
 * the position after a line, at any time, neither misses nor repeats one. `progress` is that of the same journal. Throws where
 * folder or file cannot be read.
 */
export function* readJournal(folder: string, from: JournalPosition, progress = new Progress()): Generator<JournalLine> {
  let next = from;
  // Listed before a segment is read: once it has a successor nothing is added to it, so what is read then is all of it.
  for (let segments = segmentsIn(folder); ; segments = segmentsIn(folder)) {
    const segment = segments.find((number) => number >= next.segment);
    if (segment === undefined) return;
    const start = segment === next.segment ? next : { segment, offset: 0 };
    yield* linesAfter(segmentFile(folder, segment), start, progress);
    if (segment === segments.at(-1)) return;
    next = { segment: segment + 1, offset: 0 };
  }
}
