/** The part of the audit trail that answers wait for, and what becomes of them when its disk fails. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrailCounts } from './counts.ts';
import { openJournal, type Journal } from './journal.ts';
import { segmentsIn } from './journal-segments.ts';

/** What a record that cannot be written means: an answer without it, which is counted and told of, or no answer. */
export type AuditFailure = 'best-effort' | 'required';

/** How long an answer waits for a disk that says nothing, where it may leave without, in milliseconds. */
const PATIENCE_MS = 1_000;
/** How long closing waits for such a disk. */
const CLOSE_MS = 3_000;

/** What a failing disk means, and whom it tells, once for each, when an outage begins and ends. */
export interface JournalTrailOptions {
  readonly failure: AuditFailure;
  readonly onOutage: (error: Error) => void;
  /** `lost` records of this outage have no line. */
  readonly onRecovery: (lost: number) => void;
}

interface Held {
  readonly since: number;
  readonly release: () => void;
}

/** The records of one server on their way into its journal. */
export class JournalTrail {
  readonly #folder: string;
  readonly #journal: Journal;
  readonly #options: JournalTrailOptions;
  readonly #held = new Set<Held>();
  #timer: NodeJS.Timeout | undefined;
  #outage: { readonly reason: string; readonly lostBefore: number } | undefined;
  /** Does the disk say nothing? Then nobody waits for it until it does. */
  #hanging = false;
  #written = 0;
  #lost = 0;

  constructor(folder: string, journal: Journal, options: JournalTrailOptions) {
    this.#folder = folder;
    this.#journal = journal;
    this.#options = options;
  }

  /**
   * Writes a record. The answer may leave when the promise is resolved, or at once where there is none; it must not leave
   * where it is rejected.
   */
  push(line: string): Promise<void> | undefined {
    const kept = this.#journal.append(line).then(
      () => this.#keep(),
      (error: unknown) => this.lose(error as Error),
    );
    if (this.#options.failure === 'required') return kept;
    return this.#hanging ? undefined : this.#patiently(kept);
  }

  /** Counts a record that cannot be written. Rejects where the answer must not leave without. */
  lose(error: Error): Promise<void> {
    this.#begin(error);
    if (this.#options.failure === 'required')
      return Promise.reject(new Error('the audit record cannot be written', { cause: error }));
    this.#lost++;
    return Promise.resolve();
  }

  /** Writes a line that no answer waits for and nobody counts. Resolves when it is on disk; rejects where it cannot be. */
  append(line: string): Promise<void> {
    return this.#journal.append(line);
  }

  /** Files of the journal that are there: those that the store has taken in are removed a few at a time. */
  segments(): number {
    return segmentsIn(this.#folder).length;
  }

  counts(): TrailCounts {
    return { backlog: this.#journal.backlog, written: this.#written, lost: this.#lost };
  }

  /** Why records cannot be written now; undefined where they can. */
  outage(): string | undefined {
    return this.#outage?.reason;
  }

  /** Resolves when all is on disk, or after a while: then the rest is lost. */
  async close(): Promise<void> {
    const late = new AbortController();
    const given = sleep(CLOSE_MS, 'late', { signal: late.signal }).catch(() => 'closed');
    const closed = this.#journal.close().finally(() => late.abort());
    await Promise.race([closed, given]);
    clearTimeout(this.#timer);
    const { backlog } = this.#journal;
    if (backlog === 0) return;
    this.#lost += backlog;
    this.#options.onOutage(new Error(`${backlog} records could not be written in time and are lost`));
  }

  #patiently(kept: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const held = { since: performance.now(), release: resolve };
      this.#held.add(held);
      this.#timer ??= setTimeout(() => this.#lookForHang(), PATIENCE_MS);
      void kept.then(() => {
        this.#held.delete(held);
        resolve();
      });
    });
  }

  /** One timer for all: the oldest waits longest. */
  #lookForHang(): void {
    this.#timer = undefined;
    const [oldest] = this.#held;
    if (!oldest) return;
    const left = PATIENCE_MS - (performance.now() - oldest.since);
    if (left > 0) {
      this.#timer = setTimeout(() => this.#lookForHang(), left);
      return;
    }
    this.#hanging = true;
    this.#begin(new Error(`the disk did not answer within ${PATIENCE_MS} ms`));
    for (const { release } of this.#held) release();
    this.#held.clear();
  }

  #begin(error: Error): void {
    if (this.#outage) return;
    this.#outage = { reason: error.message, lostBefore: this.#lost };
    this.#options.onOutage(error);
  }

  #keep(): void {
    this.#written++;
    this.#hanging = false;
    if (!this.#outage) return;
    this.#options.onRecovery(this.#lost - this.#outage.lostBefore);
    this.#outage = undefined;
  }
}

/** Opens the journal in a folder, and the trail into it. Rejects as the journal does. */
export async function openJournalTrail(folder: string, options: JournalTrailOptions): Promise<JournalTrail> {
  return new JournalTrail(folder, await openJournal(folder), options);
}
