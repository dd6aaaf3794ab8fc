/** A cluster as a model: requests, the pods that come of them, and a watch that is behind and forgets. It knows the truth. */
import { Expectations, type Result } from '../../src/results/expectations.ts';
import type { Expected } from '../../src/results/expected.ts';
import type { SeenPod } from '../../src/kube/pod-metadata.ts';

/** When it begins, in milliseconds since 1970. */
const START = Date.parse('2026-11-22T12:00:00.400Z');

export const PATIENCE_MS = 60_000;
export const GRACE_MS = 300_000;

/** How long it takes to make a copy of a pod: longer than it takes to make a pod. */
const COPYING_MS = 5_000;

/** A uid of a record, or of a pod, by its number. */
export const uid = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** What a request is like, and what will become of it. */
export interface Fate {
  /** Fixed name, or the beginning of one that ends in a dash. */
  readonly name: string;
  /** Is there a patch, and so an annotation? */
  readonly isPatched: boolean;
  /**
   * `refused`, `created`, or created without what we answered (`stripped`), or decided again by another replica that wrote its
   * annotation over ours (`restamped`), or by us, with another patch (`again`) or without (`reviewed`).
   */
  readonly outcome: 'refused' | 'created' | 'stripped' | 'restamped' | 'again' | 'reviewed';
}

/** What was told of a request. */
export interface Told {
  readonly uid: string;
  /** `compare` where the pod was found and has to be read. */
  readonly status: Result['status'] | 'compare';
  readonly pod: string | undefined;
  readonly reason: string | undefined;
}

interface Flight {
  readonly expected: Expected;
  readonly fate: Fate;
  readonly since: number;
}

/** A request that something is expected of. */
export function expectedOf(number: number, name: string, time: number, more: Partial<Expected> = {}): Expected {
  const isGenerated = name.endsWith('-');
  return {
    uid: uid(number),
    recorded: new Date(START + time).toISOString(),
    namespace: 'shop',
    name: isGenerated ? '' : name,
    generateName: isGenerated ? name : '',
    user: 'controller',
    follows: '',
    annotated: true,
    proposed: [{ container: 'app', rule: 'capabilities.drop', value: ['ALL'] }],
    ephemeral: undefined,
    ...more,
  };
}

const UNPATCHED = { annotated: false, proposed: [] };

/** One cluster with one observer. */
export class World {
  now = 0;
  readonly told: Told[] = [];
  /** The pod that came of a record: its uid; undefined where none did. Records that another pass took over are not here. */
  readonly truth = new Map<string, string | undefined>();
  readonly #observer: Expectations;
  #number = 0;
  #flights: Flight[] = [];
  /** Events that the watch has not shown yet. */
  #queue: SeenPod[] = [];
  /** Every annotation that a pod ever had. */
  readonly #borne: { readonly auditRecord: string; readonly since: number }[] = [];
  readonly #pods = new Map<string, SeenPod>();

  constructor(capacity = 1_000) {
    const note = ({ uid: of }: Expected, status: Told['status'], pod?: string, reason?: string): void =>
      void this.told.push({ uid: of, status, pod, reason });
    this.#observer = new Expectations({
      patienceMs: PATIENCE_MS,
      graceMs: GRACE_MS,
      capacity,
      tell: (expected, { status, pod, reason }) => note(expected, status, pod?.uid, reason),
      compare: (expected, pod) => note(expected, 'compare', pod.uid),
    });
    this.#observer.gap();
    this.#observer.whole();
  }

  get waiting(): number {
    return this.#observer.size;
  }

  /** A request is answered; what becomes of it comes later. */
  request(fate: Fate): string {
    const number = ++this.#number;
    const expected = expectedOf(number, fate.name, this.now, fate.isPatched ? {} : UNPATCHED);
    this.truth.set(expected.uid, undefined);
    this.#observer.expect(expected, this.now);
    this.#flights.push({ expected, fate, since: this.now });
    return expected.uid;
  }

  /** The oldest request that is under way comes to its end. */
  land(): void {
    const flight = this.#flights.shift();
    if (!flight) return;
    const { expected, fate } = flight;
    const borne = fate.isPatched ? expected.uid : '';
    if (fate.outcome === 'created') this.#create(expected, borne);
    else if (fate.outcome === 'stripped') this.#create(expected, '');
    else if (fate.outcome === 'restamped') this.#create(expected, uid(1_000_000 + this.#number++));
    else if (fate.outcome !== 'refused') this.#createAgain(expected, borne, fate.outcome === 'again');
  }

  /**
   * Somebody makes a pod that leaves no record here, and bears what was copied from an earlier pod (the number of it), the
   * annotation of a record of elsewhere, or none. What no pod ever bore nobody can copy,
   * and it takes some seconds.
   */
  intrude(name: string, annotation: number | 'own' | 'none'): void {
    const own = annotation === 'own' ? uid(1_000_000 + this.#number++) : '';
    const old = this.#borne.filter(({ since }) => since + COPYING_MS <= this.now);
    const copied = typeof annotation === 'number' ? old[annotation % old.length]?.auditRecord : undefined;
    if (typeof annotation === 'number' && copied === undefined) return;
    this.#create(expectedOf(0, name, this.now), copied ?? own, false);
  }

  /** Somebody who has read a record, whose pod was never there, makes a pod with its uid. */
  forge(name: string, auditRecord: string): void {
    this.#create(expectedOf(0, name, this.now), auditRecord, false);
  }

  /** All pods of a name are deleted. */
  delete(name: string): void {
    for (const pod of this.#pods.values())
      if (pod.name === name || pod.generateName === name) this.#pods.delete(pod.uid);
  }

  /** The watch shows some of what has happened. */
  show(events: number): void {
    for (const pod of this.#queue.splice(0, events)) this.#observer.saw(pod, true);
  }

  /** The watch loses its place: what it has not shown it never will, but for what is still there. */
  lose(): void {
    this.#queue = [];
    this.#observer.gap();
    for (const pod of this.#pods.values()) this.#observer.saw(pod, false);
    this.#observer.whole();
  }

  /** Time passes; no request takes longer than the API server lets it. */
  pass(milliseconds: number): void {
    while (this.#flights[0] && this.#flights[0].since + PATIENCE_MS <= this.now + milliseconds) {
      this.now = Math.max(this.now, this.#flights[0].since + PATIENCE_MS - 1);
      this.land();
      milliseconds = Math.max(0, milliseconds - 1);
    }
    this.now += milliseconds;
    this.#observer.tick(this.now);
  }

  /** The watch proves that it has shown all. */
  prove(): void {
    this.show(Infinity);
    this.#observer.seenUntil(this.now);
  }

  #create(expected: Expected, auditRecord: string, isOurs = true): void {
    const { namespace, name, generateName } = expected;
    const pod = uid(2_000_000 + ++this.#number);
    const taken = [...this.#pods.values()].some((other) => other.name === name);
    if (taken) return;
    const created = Math.floor((START + this.now) / 1000) * 1000;
    const full = name || `${generateName}${String(this.#number).padStart(5, 'x')}`;
    const seen = { namespace, name: full, uid: pod, generateName, created, auditRecord };
    this.#pods.set(pod, seen);
    this.#queue.push(seen);
    if (auditRecord !== '') this.#borne.push({ auditRecord, since: this.now });
    if (isOurs) this.truth.set(expected.uid, pod);
  }

  #createAgain(first: Expected, borne: string, isPatched: boolean): void {
    const changes = isPatched ? {} : UNPATCHED;
    const second = { ...first, uid: uid(++this.#number), follows: borne, ...changes };
    // Passes are joined by the annotation; without one they are two records of one pod.
    if (borne !== '') this.truth.delete(first.uid);
    this.truth.set(second.uid, undefined);
    this.#observer.expect(second, this.now);
    this.#create(second, isPatched ? second.uid : borne);
    if (borne === '') this.truth.set(first.uid, this.truth.get(second.uid));
  }
}
