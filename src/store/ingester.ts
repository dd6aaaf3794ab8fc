import { Worker } from 'node:worker_threads';
import type { IngesterOptions, WorkerMessage, WorkerTerms } from './worker.ts';

/** How long to wait before a thread that ended by itself is started again, in milliseconds. */
const RESTART_MS = 10_000;
/** How long closing waits for a database that does not answer, or has much to take in. */
const CLOSE_MS = 10_000;

/** What takes records into a database while a server runs. */
export interface Ingester {
  /** When all that was in the journal was last in the database, or when filling began; in milliseconds since 1970. */
  filledAt(): number;
  /** Takes in what there is, and ends; after 10 s it ends anyway. What is left waits in the journal for the next start. */
  close(): Promise<void>;
}

// From sources the thread is a source too; in a build it is a file beside this one's.
const PROGRAM = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './store-worker.js', import.meta.url);

/**
 * Takes what a journal holds into a store, in a thread of its own, and removes what need not be kept: about once a second, every
 * third second where there is much. `location` is a file or the URL of a database. Tells each outage once. It does not keep the
 * process alive.
 */
export function startIngester(
  location: string,
  onError: (error: Error) => void,
  options: IngesterOptions = {},
): Ingester {
  const workerData: WorkerTerms = { location, options };
  let worker: Worker;
  let restart: NodeJS.Timeout | undefined;
  let ended = Promise.resolve();
  let isClosing = false;
  let filledAt = Date.now();
  const hear = (message: WorkerMessage): void => {
    if (typeof message === 'number') filledAt = message;
    else onError(new Error(message));
  };
  const start = (): void => {
    worker = new Worker(PROGRAM, { name: 'audit store', workerData });
    worker.on('message', hear);
    worker.on('error', onError);
    ended = new Promise((resolve) => worker.once('exit', () => resolve()));
    worker.once('exit', () => {
      if (!isClosing) restart = setTimeout(start, RESTART_MS).unref();
    });
    // Last, for whoever listens to a thread waits for it.
    worker.unref();
  };
  start();
  return {
    filledAt: () => filledAt,
    close: async () => {
      isClosing = true;
      clearTimeout(restart);
      worker.postMessage('close');
      // Only now is it waited for.
      worker.ref();
      const late = setTimeout(() => void worker.terminate(), CLOSE_MS);
      await ended;
      clearTimeout(late);
    },
  };
}
