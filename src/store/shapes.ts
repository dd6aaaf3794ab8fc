import { createHash } from 'node:crypto';
import type { AuditRecord } from '../audit/record.ts';
import { fieldsOf } from './body.ts';

/** Shapes remembered: most pods come of a few templates at a time. */
const REMEMBERED = 1_000;

/** What records of one template share. */
export interface Shape {
  readonly text: string;
  /** By which a database finds it. */
  readonly digest: string;
  /** The same object for each of its records: what is made of it is made once. */
  readonly fields: Partial<AuditRecord>;
}

/** Shapes that were read lately. */
export class Shapes {
  /** By the length of their texts: comparing a long text with a few others costs less than hashing it. */
  #known = new Map<number, Shape[]>();
  #size = 0;

  /** Throws where the text is none. */
  of(text: string): Shape {
    const alike = this.#known.get(text.length);
    const known = alike?.find((shape) => shape.text === text);
    if (known) return known;
    const digest = createHash('sha256').update(text).digest('base64');
    const shape = { text, digest, fields: fieldsOf(text) };
    if (++this.#size > REMEMBERED) [this.#known, this.#size] = [new Map<number, Shape[]>(), 1];
    this.#known.set(text.length, [...(this.#known.get(text.length) ?? []), shape]);
    return shape;
  }
}
