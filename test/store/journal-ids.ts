/** A thread that asks for the ids of folders, each at the same moment as the other threads, and says what it was given. */
import { parentPort, workerData } from 'node:worker_threads';
import { journalId } from '../../src/store/journal-id.ts';

const { folders, arrivals, threads } = workerData as { folders: string[]; arrivals: Int32Array; threads: number };

function idOf(folder: string, i: number): string {
  Atomics.add(arrivals, i, 1);
  while (Atomics.load(arrivals, i) < threads);
  try {
    return journalId(folder);
  } catch (error) {
    return String(error);
  }
}

parentPort!.postMessage(folders.map(idOf));
