/** What a store asks of the database that it is kept in. */
import type { Steps } from './query.ts';
import type { Retention } from './terms.ts';

/** A database with the tables of a store. What it throws names it, and says what is wrong in words. */
export interface Database {
  /** As messages name it: a file, or a URL without its password. */
  readonly name: string;
  /** What counts against `maxBytes` now. */
  readonly bytes: () => Steps<number>;
  /** Runs a question: all of its answer is about one moment, whatever is written meanwhile. */
  ask<T>(question: () => Steps<T>): Promise<T>;
  /** Runs steps that write, all or nothing, and no others at the same time. Throws where the database is only read. */
  write<T>(steps: () => Steps<T>): Promise<T>;
  /** Would all that was written survive a crash of the machine? */
  isOnDisk(): Promise<boolean>;
  /** Gives back some room that is free. False where there is nothing to give back. */
  shrink(retention: Retention): Promise<boolean>;
  close(): Promise<void>;
}
