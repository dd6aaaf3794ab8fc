/** Tells of decisions by Events, as far as the limits let it. Nobody waits for it, and nothing fails with it. */
import type { Decision } from '../engine/decision.ts';
import type { Regarding, WriteEvent } from '../kube/events.ts';
import { causesOf, type Cause } from './causes.ts';
import { Limits } from './limits.ts';

/** The most that are on their way at a time: a cluster that does not answer is not asked more and more. */
const MOST_PENDING = 20;
const LONGEST_INSTANCE = 128;

/** How many Events came to what. */
export interface EventCounts {
  readonly sent: number;
  /** Held back by the limits, those that only repeat an earlier one included. */
  readonly dropped: number;
  /** Not taken by the cluster. */
  readonly failed: number;
}

/** What telling needs. */
export interface EventsOptions {
  readonly write: WriteEvent;
  /** Name of this replica. */
  readonly instance: string;
  /** Events cannot be written; told once for each outage. */
  readonly onError: (error: Error) => void;
  /** In milliseconds, never backwards. */
  readonly now?: () => number;
}

/** One decided request. */
export interface Decided {
  /** Of the call. */
  readonly uid: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly decision: Decision;
}

/** Tells of decisions. */
export class Events {
  readonly #options: EventsOptions;
  readonly #now: () => number;
  readonly #limits = new Limits();
  #pending = 0;
  #isFailing = false;
  #sent = 0;
  #dropped = 0;
  #failed = 0;

  constructor(options: EventsOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Tells what there is to tell of a decision, about an object. Returns at once. */
  tell(regarding: Regarding, decided: Decided): void {
    const { namespace, kind, name, uid } = regarding;
    for (const cause of causesOf(decided.decision)) {
      // All of it: the owner that a pod names is its author's to write, and must not silence another's.
      const key = [cause.reason, namespace, kind, name, uid].join(' ');
      if (this.#pending < MOST_PENDING && this.#limits.take(key, this.#now()))
        void this.#write(regarding, decided, cause);
      else this.#dropped++;
    }
  }

  counts(): EventCounts {
    return { sent: this.#sent, dropped: this.#dropped, failed: this.#failed };
  }

  async #write(regarding: Regarding, { uid, time }: Decided, { reason, type, note }: Cause): Promise<void> {
    this.#pending++;
    try {
      // By this name the audit record is found. No other call has its uid, and a call tells each reason once.
      const name = `dropcap.${uid}.${reason.toLowerCase()}`;
      const instance = this.#options.instance.slice(0, LONGEST_INSTANCE);
      await this.#options.write({ name, regarding, reason, type, note: note(), time, instance });
      this.#sent++;
      this.#isFailing = false;
    } catch (error) {
      this.#failed++;
      if (!this.#isFailing) this.#options.onError(error as Error);
      this.#isFailing = true;
    } finally {
      this.#pending--;
    }
  }
}
