/**
 * Which requests for new pods wait for their pods, and what became of them. No clock, and nobody is asked: it is told of requests,
 * of what the watch shows, and of the time. What it says is true; what it cannot know it says it does not know.
 *
 * A pod with a record's annotation, and the name that was asked for, is the one that was asked for: nobody knows the uid before
 * the pod is there. Without a patch there is no annotation. Then a fixed name and the time of the record have to do, and a
 * generated name is no proof: the pod may have come of another request, which another replica decided or which left no record.
 * That no pod came is certain in all cases, where the watch has shown all pods of the time.
 */
import type { AdmissionResult } from '../audit/admission-result.ts';
import { isRecordUid } from '../audit/record-uid.ts';
import type { SeenPod } from '../kube/pod-metadata.ts';
import { merged, type Expected } from './expected.ts';
import { isMadeAfter, isNamed, isNextPass, keyOf, keysOf } from './fit.ts';
import { Waiting, type Awaited } from './waiting.ts';

/** What became of a request, before it is written. */
export type Result = Omit<AdmissionResult, 'time'>;

/** Whom to tell, and how long to wait. */
export interface ExpectationOptions {
  /** How long after its record a pod may come to be, in milliseconds: as long as a request to the API server may take. */
  readonly patienceMs: number;
  /** How much longer the watch may take to have shown all of that time. */
  readonly graceMs: number;
  /** How many may wait. */
  readonly capacity: number;
  readonly tell: (expected: Expected, result: Result) => void;
  /** The pod is there; what was proposed has to be compared with what it is like. */
  readonly compare: (expected: Expected, pod: SeenPod) => void;
}

const FULL = 'too many requests were waiting for their pods';
const GAP = 'the watch of pods had a gap';
const LATE = 'the watch of pods did not come so far in time';
const STRANGER = 'a pod of such a name came, and nothing tells whether it came of this request';

/** The requests for new pods. What happens to one costs the same, however many wait. */
export class Expectations {
  readonly #options: ExpectationOptions;
  readonly #waiting = new Waiting();
  #stretch = 0;
  #isWhole = false;
  #happened = 0;

  constructor(options: ExpectationOptions) {
    this.#options = options;
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** A request is about to be answered. `now` in milliseconds of a clock that never goes back, as all times are. */
  expect(expected: Expected, now: number): void {
    if (this.#waiting.ofUid(expected.uid)) return;
    const first = this.#waiting.ofUid(expected.follows);
    if (first && isNextPass(expected, first.expected)) {
      this.#waiting.remove(first);
      const proposed = merged(first.expected.proposed, expected.proposed);
      this.#add({ ...expected, proposed }, expected.annotated ? expected.uid : first.mark, now);
    } else if (this.size < this.#options.capacity)
      this.#add(expected, expected.annotated ? expected.uid : undefined, now);
    else this.#options.tell(expected, { status: 'unknown', reason: FULL });
  }

  /** The watch shows a pod. `isNew`: it was made a moment ago; else it may have been there for long. */
  saw(pod: SeenPod, isNew: boolean): void {
    const marked = this.#waiting.ofMark(pod.auditRecord);
    if (marked && isNamed(marked.expected, pod) && this.#isFirst(marked, pod, isNew)) this.#found(marked, pod);
    else if (isNew) for (const key of keysOf(pod)) this.#meet(key, pod);
  }

  /** Pods may come and go that the watch does not show. */
  gap(): void {
    this.#isWhole = false;
  }

  /** From here on the watch shows all pods. */
  whole(): void {
    this.#isWhole = true;
    this.#stretch++;
  }

  /** Has a request waited as long as it may take? Then it is time to learn how far the watch is. */
  isDue(now: number): boolean {
    const { first } = this.#waiting;
    return first !== undefined && first.due <= now;
  }

  /** The watch has shown all pods that were made before this time. */
  seenUntil(time: number): void {
    for (const awaited of this.#waiting.dueBy(time)) this.#end(awaited, this.#absence(awaited));
  }

  /** So late it is: those that waited too long for the watch are given up. */
  tick(now: number): void {
    for (const awaited of this.#waiting.dueBy(now - this.#options.graceMs))
      this.#end(awaited, { status: 'unknown', reason: this.#isSound(awaited) ? LATE : GAP });
  }

  #absence(awaited: Awaited): Result {
    if (!this.#isSound(awaited)) return { status: 'unknown', reason: GAP };
    const { strangerAt } = this.#waiting.crowd(keyOf(awaited.expected))!;
    return strangerAt > awaited.at ? { status: 'unknown', reason: STRANGER } : { status: 'not-admitted' };
  }

  /** The first pod that bears a mark is the one: to be copied it has to be there. What was not seen may have been it. */
  #isFirst(awaited: Awaited, pod: SeenPod, isNew: boolean): boolean {
    return (isNew && this.#isSound(awaited)) || isMadeAfter(awaited.expected, pod);
  }

  #isSound({ stretch }: Awaited): boolean {
    return this.#isWhole && stretch === this.#stretch;
  }

  /** A pod with no annotation that is waited for. Where its name does not tell whose it is, it may be anybody's. */
  #meet(key: string, pod: SeenPod): void {
    const crowd = this.#waiting.crowd(key);
    if (!crowd) return;
    const [first] = crowd.members;
    const isOnly = crowd.members.size === 1 && crowd.strangerAt < first!.at;
    if (isOnly && this.#isByName(first!, pod)) this.#found(first!, pod);
    else crowd.strangerAt = ++this.#happened;
  }

  #isByName(awaited: Awaited, pod: SeenPod): boolean {
    const { expected, mark } = awaited;
    if (mark !== undefined || expected.name === '' || !this.#isSound(awaited)) return false;
    return (isRecordUid(pod.auditRecord) ? pod.auditRecord : '') === expected.follows && isMadeAfter(expected, pod);
  }

  #found(awaited: Awaited, pod: SeenPod): void {
    this.#waiting.remove(awaited);
    const { expected } = awaited;
    if (expected.proposed.length > 0) this.#options.compare(expected, pod);
    else this.#options.tell(expected, { status: 'admitted', pod: { name: pod.name, uid: pod.uid } });
  }

  #end(awaited: Awaited, result: Result): void {
    this.#waiting.remove(awaited);
    this.#options.tell(awaited.expected, result);
  }

  #add(expected: Expected, mark: string | undefined, now: number): void {
    const stretch = this.#isWhole ? this.#stretch : 0;
    this.#waiting.add({ expected, mark, due: now + this.#options.patienceMs, stretch, at: ++this.#happened });
  }
}
