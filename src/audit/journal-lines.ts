/**
 * How the lines of a journal are written: the shape that records share once in each segment, and of a record what is its own.
 * A disk then gets a tenth of the bytes, and a volume holds ten times as long an outage.
 */
import { headOf, isHead, isShapeAt, piecesOf, placeOf, shapeOf, type Body } from './body.ts';

// Lines begin with one of these, or are as they were given. JSON has none of them.
/** A shape: its number, and its text, which begins with no digit. */
const SHAPE = '\u0001';
/** A record of a shape: the shape's number, and the head, which begins with no digit. */
const OF_SHAPE = '\u0002';
/** A line that begins with one of the three, or is empty. */
const PLAIN = '\u0003';

/** Characters that writing a line may add to it: marks, numbers and the end of another line. */
export const ADDED = 32;

/** Shapes of one length that a text is compared with: answers wait for it. One that is no longer among them is told again. */
const COMPARED = 64;

interface Known {
  readonly number: number;
  readonly pieces: readonly string[];
}

/** Writes the lines of one segment. */
export class SegmentWriter {
  /** By the length that their texts have in a record: comparing a long text with a few others costs less than hashing it. */
  readonly #known = new Map<number, Known[]>();
  #told = 0;

  /** What is written for a line, itself lines without the last end. To be written after all that was asked for before. */
  write(line: string): string {
    const place = placeOf(line);
    if (!place) return line < '\u0004' ? PLAIN + line : line;
    const length = place.to - place.from;
    const known = this.#known.get(length)?.find(({ pieces }) => isShapeAt(line, place, pieces));
    const ofShape = `${OF_SHAPE}${known?.number ?? this.#told}${headOf(line, place)}`;
    return known ? ofShape : `${SHAPE}${this.#learn(shapeOf(line, place), length)}\n${ofShape}`;
  }

  #learn(shape: string, length: number): string {
    const number = this.#told++;
    const others = this.#known.get(length) ?? [];
    this.#known.set(length, [{ number, pieces: piecesOf(shape) }, ...others.slice(0, COMPARED - 1)]);
    return `${number}${shape}`;
  }
}

const whole = (head: string): Body => ({ head, shape: '' });

/** Reads the lines of one segment. */
export class SegmentReader {
  readonly #shapes = new Map<number, string>();

  /** What was appended; undefined for a line that only tells a shape. What is no line of a writer is kept as it is. */
  read(line: string): Body | undefined {
    const mark = line[0];
    if (mark === PLAIN) return whole(line.slice(1));
    if (mark !== SHAPE && mark !== OF_SHAPE) return whole(line);
    const number = Number.parseInt(line.slice(1, 17), 10);
    if (Number.isNaN(number)) return whole(line);
    const text = line.slice(1 + String(number).length);
    if (mark === SHAPE) {
      this.#shapes.set(number, text);
      return undefined;
    }
    const shape = this.#shapes.get(number);
    return shape !== undefined && isHead(text) ? { head: text, shape } : whole(line);
  }
}
