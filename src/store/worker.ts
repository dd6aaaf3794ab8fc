/** Takes the journal into the database in a thread of its own: nothing here delays an answer. */
import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { openStore } from './open.ts';
import type { AuditStore } from './terms.ts';

/** How much a server keeps of its records. */
export interface Keeping {
  /** How long, in milliseconds; for ever where it is left out. */
  readonly maxAgeMs?: number;
  /** How many bytes of file; any number where it is left out. */
  readonly maxBytes?: number;
}

/** What the thread is told when it starts. */
export interface WorkerTerms {
  readonly file: string;
  readonly keeping: Keeping;
}

const EVERY_MS = 1_000;
const PRUNE_EVERY_MS = 60_000;

/** What is done once a second. */
class Upkeep {
  readonly #terms: WorkerTerms;
  readonly #tell: (error: Error) => void;
  #store: AuditStore | undefined;
  #prunedAt = -Infinity;
  #isFailing = false;

  constructor(terms: WorkerTerms, tell: (error: Error) => void) {
    this.#terms = terms;
    this.#tell = tell;
  }

  /** Never rejects: tells the first error of an outage, not each time that it is tried again. */
  async round(): Promise<void> {
    try {
      this.#store ??= await openStore(this.#terms.file, { onUnreadable: this.#tell });
      await this.#store.ingest();
      await this.#prune(this.#store);
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) this.#tell(error as Error);
      this.#isFailing = true;
      // Opened anew the next time: the file may be another by then.
      await this.close();
    }
  }

  /** Ends what is being done after its next step. */
  async close(): Promise<void> {
    await this.#store?.close();
    this.#store = undefined;
  }

  async #prune(store: AuditStore): Promise<void> {
    const { maxAgeMs = Infinity, maxBytes = Infinity } = this.#terms.keeping;
    if (performance.now() - this.#prunedAt < PRUNE_EVERY_MS) return;
    this.#prunedAt = performance.now();
    if (maxAgeMs < Infinity || maxBytes < Infinity) await store.prune({ before: Date.now() - maxAgeMs, maxBytes });
  }
}

/** Lets whatever answers go first: on a busy core, taking some hundred records in would hold an answer up. */
function giveWay(): void {
  try {
    // Linux takes the number of a thread for that of a process, and there alone a thread has a name to find it by.
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), constants.priority.PRIORITY_LOW);
  } catch {
    // Elsewhere it shares the core as any other thread.
  }
}

async function run(terms: WorkerTerms, port: MessagePort): Promise<void> {
  giveWay();
  const upkeep = new Upkeep(terms, (error) => port.postMessage(error.message));
  const stop = new AbortController();
  port.once('message', () => {
    stop.abort();
    void upkeep.close();
  });
  while (!stop.signal.aborted) {
    await upkeep.round();
    await sleep(EVERY_MS, undefined, { signal: stop.signal }).catch(() => undefined);
  }
  await upkeep.close();
}

if (parentPort) await run(workerData as WorkerTerms, parentPort);
