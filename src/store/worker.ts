/** Takes the journal into the database in a thread of its own: nothing here delays an answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { giveWay } from './give-way.ts';
import { openStore } from './open.ts';
import type { AuditStore } from './terms.ts';

/** How much a server keeps of its records. */
export interface Keeping {
  /** How long, in milliseconds; for ever where it is left out. */
  readonly maxAgeMs?: number;
  /** How many bytes, as `Retention` counts them; any number where it is left out. */
  readonly maxBytes?: number;
}

/** What is taken in, and how much of it is kept. */
export interface IngesterOptions extends Keeping {
  /** Folder of the journal; `FILE.journal` where it is left out. */
  readonly journal?: string;
}

/** What the thread is told when it starts. */
export interface WorkerTerms {
  readonly location: string;
  readonly options: IngesterOptions;
}

const EVERY_MS = 1_000;
/** From so many records a round on, rounds are rarer: each costs as much as hundreds of records do, whatever it brings. */
const MANY = 300;
const RARELY_MS = 3_000;
/** The longest pause while a database is down, in milliseconds. */
const LONGEST_MS = 5_000;
const PRUNE_EVERY_MS = 60_000;

/** What the thread tells: why a database cannot be filled, or when all was last in it, in milliseconds since 1970. */
export type WorkerMessage = string | number;

/** What is done again and again. */
class Upkeep {
  readonly #terms: WorkerTerms;
  readonly #tell: (error: Error) => void;
  readonly #tellFilled: () => void;
  #store: AuditStore | undefined;
  #prunedAt = -Infinity;
  #failures = 0;
  /** Records that the last round brought. */
  #taken = 0;

  constructor(terms: WorkerTerms, tell: (error: Error) => void, tellFilled: () => void) {
    this.#terms = terms;
    this.#tell = tell;
    this.#tellFilled = tellFilled;
  }

  /** Never rejects: tells the first error of an outage, not each time that it is tried again. */
  async round(): Promise<void> {
    try {
      const { location, options } = this.#terms;
      this.#store ??= await openStore(location, { journal: options.journal, onUnreadable: this.#tell });
      this.#taken = await this.#store.ingest();
      this.#tellFilled();
      await this.#prune(this.#store);
      this.#failures = 0;
    } catch (error) {
      if (this.#failures++ === 0) this.#tell(error as Error);
      // Opened anew the next time: the file may be another by then.
      await this.close();
    }
  }

  /** How long to wait for the next round. Not all servers come back at the same moment to a database that was down. */
  pause(): number {
    if (this.#failures === 0) return this.#taken < MANY ? EVERY_MS : RARELY_MS;
    const longer = Math.min(EVERY_MS * 2 ** (this.#failures - 1), LONGEST_MS);
    return longer * (0.75 + Math.random() / 4);
  }

  /** Ends what is being done after its next step. */
  async close(): Promise<void> {
    await this.#store?.close();
    this.#store = undefined;
  }

  async #prune(store: AuditStore): Promise<void> {
    const { maxAgeMs = Infinity, maxBytes = Infinity } = this.#terms.options;
    if (performance.now() - this.#prunedAt < PRUNE_EVERY_MS) return;
    this.#prunedAt = performance.now();
    if (maxAgeMs < Infinity || maxBytes < Infinity) await store.prune({ before: Date.now() - maxAgeMs, maxBytes });
  }
}

async function run(terms: WorkerTerms, port: MessagePort): Promise<void> {
  giveWay();
  const tell = (message: WorkerMessage): void => port.postMessage(message);
  const upkeep = new Upkeep(
    terms,
    (error) => tell(error.message),
    () => tell(Date.now()),
  );
  const stop = new AbortController();
  port.once('message', () => stop.abort());
  while (!stop.signal.aborted) {
    await upkeep.round();
    await sleep(upkeep.pause(), undefined, { signal: stop.signal }).catch(() => undefined);
  }
  // What came last.
  await upkeep.round();
  await upkeep.close();
}

if (parentPort) await run(workerData as WorkerTerms, parentPort);
