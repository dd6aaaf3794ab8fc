/** The requests that wait for their pods, found by all that they are looked for. */
import type { Expected } from './expected.ts';
import { keyOf } from './fit.ts';

/** A request that waits for its pod. */
export interface Awaited {
  readonly expected: Expected;
  /** What its pod bears as annotation; undefined where the pod bears none of ours. */
  readonly mark: string | undefined;
  /** When it has waited as long as a request may take. */
  readonly due: number;
  /** Which stretch of the watch without gaps it began in; 0 for none. */
  readonly stretch: number;
  /** Its place among all that happened. */
  readonly at: number;
}

/** Those that wait for pods of one name, or of names with one beginning. */
export interface Crowd {
  readonly members: Set<Awaited>;
  /** When a pod last came that may be any of theirs, as a place among all that happened; 0 for never. */
  strangerAt: number;
}

/** All of them, in the order in which they are due. */
export class Waiting {
  readonly #byUid = new Map<string, Awaited>();
  readonly #byMark = new Map<string, Awaited>();
  readonly #crowds = new Map<string, Crowd>();

  get size(): number {
    return this.#byUid.size;
  }

  get first(): Awaited | undefined {
    return this.#byUid.values().next().value;
  }

  ofUid(uid: string): Awaited | undefined {
    return this.#byUid.get(uid);
  }

  ofMark(mark: string): Awaited | undefined {
    return this.#byMark.get(mark);
  }

  /** Undefined where nobody waits for such a pod. */
  crowd(key: string): Crowd | undefined {
    return this.#crowds.get(key);
  }

  /** Those that are due by a time; they may be removed meanwhile. */
  *dueBy(time: number): Generator<Awaited> {
    for (const awaited of this.#byUid.values()) {
      if (awaited.due > time) return;
      yield awaited;
    }
  }

  /** Comes after all that are due before. */
  add(awaited: Awaited): void {
    const { expected, mark } = awaited;
    this.#byUid.set(expected.uid, awaited);
    if (mark !== undefined) this.#byMark.set(mark, awaited);
    const key = keyOf(expected);
    const crowd = this.#crowds.get(key);
    if (crowd) crowd.members.add(awaited);
    else this.#crowds.set(key, { members: new Set([awaited]), strangerAt: 0 });
  }

  remove(awaited: Awaited): void {
    const { expected, mark } = awaited;
    this.#byUid.delete(expected.uid);
    if (mark !== undefined) this.#byMark.delete(mark);
    const key = keyOf(expected);
    const crowd = this.#crowds.get(key);
    crowd?.members.delete(awaited);
    if (crowd?.members.size === 0) this.#crowds.delete(key);
  }
}
