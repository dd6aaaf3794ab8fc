/** Lines on their way into the journal. What cannot be written is tried again; nobody waits for it. */
import { setTimeout as sleep } from 'node:timers/promises';

const CAPACITY = 10_000;
const AT_ONCE = 100;
const RETRY_MS = 5_000;

/** Writes lines, as long as there are not too many. Where some of them fail their order may change. */
export class Outbox {
  readonly #append: (line: string) => Promise<void>;
  readonly #retryMs: number;
  readonly #closed = new AbortController();
  #lines: string[] = [];
  #leaving: Promise<void> | undefined;
  #lost = 0;

  /** `append` rejects where a line cannot be written; it is tried again after `retryMs`. */
  constructor(append: (line: string) => Promise<void>, retryMs = RETRY_MS) {
    this.#append = append;
    this.#retryMs = retryMs;
  }

  /** Lines that had no room, or were left when it was closed. */
  get lost(): number {
    return this.#lost;
  }

  add(line: string): void {
    if (this.#lines.length >= CAPACITY) this.#lost++;
    else this.#lines.push(line);
    this.#leaving ??= this.#leave();
  }

  /** Tries once more to write what waits. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#leaving;
    this.#lost += this.#lines.length;
  }

  async #leave(): Promise<void> {
    while (this.#lines.length > 0) {
      const some = this.#lines.splice(0, AT_ONCE);
      const written = await Promise.allSettled(some.map((line) => this.#append(line)));
      const failed = some.filter((_, i) => written[i]!.status === 'rejected');
      if (failed.length === 0) continue;
      this.#lines.unshift(...failed);
      if (this.#closed.signal.aborted) break;
      await sleep(this.#retryMs, undefined, { signal: this.#closed.signal }).catch(() => undefined);
    }
    this.#leaving = undefined;
  }
}
