import { createHash } from 'node:crypto';
import { fieldsOf } from '../audit/body.ts';
import type { AuditRecord } from '../audit/record.ts';

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

/** Shapes that were read lately, by their texts. */
export class Shapes {
  #known = new Map<string, Shape>();

  /** Throws where the text is no shape. */
  of(text: string): Shape {
    const known = this.#known.get(text);
    if (known) return known;
    const shape = { text, digest: createHash('sha256').update(text).digest('base64'), fields: fieldsOf(text) };
    if (this.#known.size >= REMEMBERED) this.#known = new Map<string, Shape>();
    this.#known.set(text, shape);
    return shape;
  }
}
