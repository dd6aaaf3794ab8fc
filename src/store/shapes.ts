import { createHash } from 'node:crypto';
import type { AuditRecord } from '../audit/record.ts';
import { fieldsOf, headOf, isShapeAt, piecesOf, placeOf, shapeOf } from './body.ts';

/** Shapes remembered: most pods come of a few templates at a time. */
const REMEMBERED = 1_000;

/** What records of one template share. */
export interface Shape {
  readonly text: string;
  readonly pieces: readonly string[];
  /** By which a database finds it. */
  readonly digest: string;
  /** The same object for each of its records: what is made of it is made once. */
  readonly fields: Partial<AuditRecord>;
}

/** A text in its parts. */
export interface Parted {
  readonly head: string;
  /** Undefined where the text could not be parted; the head is then all of it. */
  readonly shape: Shape | undefined;
}

/** Shapes that were read lately. */
export class Shapes {
  /** By the length that their texts have in a record: comparing a long text with a few others costs less than hashing it. */
  #known = new Map<number, Shape[]>();
  #size = 0;

  /** Parts the text of a record. Throws where what would be its shape is none. */
  part(text: string): Parted {
    const place = placeOf(text);
    if (!place) return { head: text, shape: undefined };
    const length = place.to - place.from;
    const known = this.#known.get(length)?.find(({ pieces }) => isShapeAt(text, place, pieces));
    return { head: headOf(text, place), shape: known ?? this.#learn(shapeOf(text, place), length) };
  }

  #learn(text: string, length: number): Shape {
    const digest = createHash('sha256').update(text).digest('base64');
    const shape = { text, pieces: piecesOf(text), digest, fields: fieldsOf(text) };
    if (++this.#size > REMEMBERED) [this.#known, this.#size] = [new Map<number, Shape[]>(), 1];
    this.#known.set(length, [...(this.#known.get(length) ?? []), shape]);
    return shape;
  }
}
