/**
 * Requests that were read and wait to be decided. Deciding is synchronous, so without a queue the ones that wait would sit
 * unseen in the kernel, and nothing could be said about how late they are.
 */

/** One request, ready to be decided. Times are `performance.now()`, in milliseconds. */
export interface Job {
  readonly bytes: number;
  readonly deadline: number;
  /** Decides and answers. */
  run(): void;
  /** The deadline passed before its turn came. */
  expire(): void;
}

interface Waiting {
  readonly job: Job;
  readonly since: number;
  /** Bytes that waited before it. */
  readonly ahead: number;
}

/** How long to work before new bytes are read, in milliseconds. */
const SLICE_MS = 8;
/** Bytes of bodies that may wait in memory. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** The part of a deadline that may be planned for waiting; the rest is for deciding and for the way back. */
const PLANNED = 0.7;

/** Waiting requests, oldest first. */
export class WorkQueue {
  #waiting: Waiting[] = [];
  #bytes = 0;
  #scheduled = false;
  /** Bytes decided in a millisecond, as seen by those that waited; the first value is a guess on the high side. */
  #rate = 100_000;

  /** Would a request of this size, if it came now, have to wait longer than its deadline allows? */
  isTooLate(bytes: number, deadline: number, now: number): boolean {
    if (this.#bytes === 0) return false;
    return this.#bytes + bytes > MAX_WAITING_BYTES || this.#bytes / this.#rate > (deadline - now) * PLANNED;
  }

  /** Requests that wait. */
  get length(): number {
    return this.#waiting.length;
  }

  push(job: Job): void {
    this.#waiting.push({ job, since: performance.now(), ahead: this.#bytes });
    this.#bytes += job.bytes;
    if (this.#scheduled) return;
    this.#scheduled = true;
    // After this round of reading: so all that has arrived is seen before the first of it is decided.
    setImmediate(() => this.#work());
  }

  #work(): void {
    const until = performance.now() + SLICE_MS;
    let done = 0;
    for (const { job, since, ahead } of this.#waiting) {
      const now = performance.now();
      if (done > 0 && now > until) break;
      done++;
      this.#bytes -= job.bytes;
      this.#learn(ahead, now - since);
      if (now > job.deadline) job.expire();
      else job.run();
    }
    this.#waiting.splice(0, done);
    this.#scheduled = this.#waiting.length > 0;
    if (this.#scheduled) setImmediate(() => this.#work());
  }

  #learn(ahead: number, waited: number): void {
    // Short waits are all noise, and say nothing about a queue that is long enough to matter.
    if (waited > 2 && ahead > 0) this.#rate += (ahead / waited - this.#rate) * 0.1;
  }
}
