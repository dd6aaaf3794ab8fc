/** Reads pods, a few at a time, so that looking at what became of many does not burden the cluster. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadPod } from '../kube/pods.ts';

const AT_ONCE = 4;
const CAPACITY = 10_000;
const TRIES = 3;
const PAUSE_MS = 2_000;

/** Where a pod is. */
export interface Place {
  readonly namespace: string;
  readonly name: string;
}

/** A pod as it is; undefined where there is none; an error where it cannot be read. */
export type Reading = ReadPod | undefined | Error;

interface Asked {
  readonly place: Place;
  readonly done: (reading: Reading) => void;
}

/** The queue of pods to be read. */
export class PodReader {
  readonly #read: (place: Place) => Promise<ReadPod | undefined>;
  readonly #asked: Asked[] = [];
  readonly #closed = new AbortController();
  #reading = 0;

  constructor(read: (place: Place) => Promise<ReadPod | undefined>) {
    this.#read = read;
  }

  /** How many are still to be read. */
  get size(): number {
    return this.#asked.length + this.#reading;
  }

  /** Has a pod read, and tells what it is like, never at once. Nothing is told after `close`. */
  ask(place: Place, done: (reading: Reading) => void): void {
    if (this.#asked.length >= CAPACITY) setImmediate(done, new Error('too many pods are to be read'));
    else this.#asked.push({ place, done });
    if (this.#reading < AT_ONCE) void this.#next();
  }

  close(): void {
    this.#closed.abort();
    this.#asked.length = 0;
  }

  async #next(): Promise<void> {
    this.#reading++;
    for (let asked = this.#asked.shift(); asked; asked = this.#asked.shift()) {
      const reading = await this.#try(asked.place);
      if (!this.#closed.signal.aborted) asked.done(reading);
    }
    this.#reading--;
  }

  async #try(place: Place): Promise<Reading> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#read(place);
      } catch (error) {
        if (tries === TRIES || this.#closed.signal.aborted) return error as Error;
        await sleep(PAUSE_MS, undefined, { signal: this.#closed.signal }).catch(() => undefined);
      }
    }
  }
}
