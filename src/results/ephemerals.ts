/**
 * What became of requests for ephemeral containers. Their pod is there already, and what was once added to it stays, so that
 * the pod alone tells: it is read when the watch shows a change of it, and when the request has had its time.
 */
import type { SeenPod } from '../kube/pod-metadata.ts';
import { comparison } from './compare.ts';
import type { Result } from './expectations.ts';
import type { Expected } from './expected.ts';
import type { Reading } from './reader.ts';

/** Whom to tell and to ask, and how long to wait; times in milliseconds. */
export interface EphemeralOptions {
  readonly patienceMs: number;
  readonly capacity: number;
  readonly tell: (expected: Expected, result: Result) => void;
  readonly read: (expected: Expected, done: (reading: Reading) => void) => void;
}

interface Added {
  readonly expected: Expected;
  readonly podUid: string;
  readonly names: readonly string[];
  readonly due: number;
  /** Does another request name a container of the same name? Then nothing tells whose it is. */
  isContested: boolean;
  isReading: boolean;
  /** Has the pod changed since the reading began? */
  isChanged: boolean;
  /** Has the request had its time? */
  isLast: boolean;
}

const FULL = 'too many requests were waiting for their containers';
const NAMELESS = 'the record names no container to look for';
const GONE = 'the pod was gone before it could be read';
const CONTESTED = 'several requests for a container of this name were under way';
const PARTLY = 'only some of its containers are there';

const placeOf = ({ namespace, name }: Pick<SeenPod, 'namespace' | 'name'>): string => `${namespace}/${name}`;

const unknown = (reason: string): Result => ({ status: 'unknown', reason });

/** A record from the store does not know the pod's uid; then the pod has to be older than the record. */
const isOf = (pod: SeenPod, uid: string, { recorded }: Expected): boolean =>
  uid === '' ? pod.created <= Date.parse(recorded) : pod.uid === uid;

/** The requests for ephemeral containers that are looked at. */
export class Ephemerals {
  readonly #options: EphemeralOptions;
  /** By pod, and all in the order in which they are due. */
  readonly #pods = new Map<string, Set<Added>>();
  readonly #all = new Set<Added>();

  constructor(options: EphemeralOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#all.size;
  }

  /** A request is about to be answered; `now` of a clock that never goes back. */
  expect(expected: Expected, now: number): void {
    const { podUid, names } = expected.ephemeral!;
    const reason = names.length === 0 ? NAMELESS : this.size >= this.#options.capacity ? FULL : undefined;
    if (reason !== undefined) {
      this.#options.tell(expected, unknown(reason));
      return;
    }
    const due = now + this.#options.patienceMs;
    const flags = { isContested: false, isReading: false, isChanged: false, isLast: false };
    const added = { expected, podUid, names, due, ...flags };
    const place = placeOf(expected);
    const others = this.#pods.get(place) ?? new Set();
    for (const other of others)
      if (other.names.some((name) => names.includes(name))) other.isContested = added.isContested = true;
    this.#pods.set(place, others.add(added));
    this.#all.add(added);
  }

  /** The watch shows a pod, changed or not. */
  saw(pod: SeenPod): void {
    for (const added of this.#pods.get(placeOf(pod)) ?? []) this.#read(added);
  }

  /** So late it is: those that have had their time are read for the last time. */
  tick(now: number): void {
    for (const added of this.#all) {
      if (added.due > now) return;
      if (added.isLast) continue;
      added.isLast = true;
      this.#read(added);
    }
  }

  #read(added: Added): void {
    added.isChanged = added.isReading;
    if (added.isReading) return;
    added.isReading = true;
    const { isLast } = added;
    this.#options.read(added.expected, (reading) => {
      added.isReading = false;
      const result = this.#resultOf(added, reading, isLast);
      if (result) this.#end(added, result);
      else if (added.isChanged) this.#read(added);
    });
  }

  /** Undefined where it is not known yet. */
  #resultOf({ expected, podUid, names, isContested }: Added, pod: Reading, isLast: boolean): Result | undefined {
    if (pod instanceof Error) return isLast ? unknown(pod.message) : undefined;
    if (!pod || !isOf(pod, podUid, expected)) return unknown(GONE);
    const containers = pod.containers.filter(({ kind }) => kind === 'ephemeralContainers');
    const there = names.filter((name) => containers.some((container) => container.name === name));
    if (there.length < names.length && !isLast) return undefined;
    if (there.length === 0) return { status: 'not-admitted' };
    if (isContested) return unknown(CONTESTED);
    if (there.length < names.length) return unknown(PARTLY);
    return comparison(expected, { name: pod.name, uid: pod.uid }, { ...pod, containers });
  }

  #end(added: Added, result: Result): void {
    const place = placeOf(added.expected);
    const others = this.#pods.get(place);
    others?.delete(added);
    if (others?.size === 0) this.#pods.delete(place);
    this.#all.delete(added);
    this.#options.tell(added.expected, result);
  }
}
