/** How many things may be told: 20 at once, then one each second, and the same again after ten minutes. */

const BURST = 20;
const EACH_MS = 1_000;
const AGAIN_MS = 600_000;

/** Says what may be told. Times in milliseconds, never backwards. */
export class Limits {
  #tokens = BURST;
  #filled = -Infinity;
  /** What was told, and when, the oldest first: some 620 at most, for no more are let through until they are forgotten. */
  readonly #told = new Map<string, number>();

  /** How many things are remembered. */
  get size(): number {
    return this.#told.size;
  }

  /** May this be told now? If so, it counts as told. */
  take(what: string, now: number): boolean {
    this.#forget(now);
    if (this.#told.has(what)) return false;
    this.#tokens = Math.min(BURST, this.#tokens + (now - this.#filled) / EACH_MS);
    this.#filled = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    this.#told.set(what, now);
    return true;
  }

  #forget(now: number): void {
    for (const [what, time] of this.#told) {
      if (now - time < AGAIN_MS) return;
      this.#told.delete(what);
    }
  }
}
