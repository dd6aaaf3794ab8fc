import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Trial } from '../laws-thread.ts';
import { GATE_LAWS } from '../gate-laws.ts';
import { LAWS } from '../laws.ts';

const names = [...Object.keys(LAWS), ...Object.keys(GATE_LAWS)];
const numRuns = 2000;

/** Two threads try every second law each. */
const threads = [0, 1].map(
  (half) =>
    new Worker(new URL('../laws-thread.ts', import.meta.url), {
      workerData: { laws: names.filter((_, i) => i % 2 === half), numRuns },
    }),
);

const trials = new Map<string, PromiseWithResolvers<Trial>>(
  names.map((name) => [name, Promise.withResolvers<Trial>()]),
);

for (const thread of threads) {
  thread.on('message', (trial: Trial) => trials.get(trial.law)!.resolve(trial));
  thread.on('error', (error) => trials.forEach(({ resolve }, law) => resolve({ law, error: String(error) })));
}

afterAll(async () => {
  await Promise.all(threads.map((thread) => thread.terminate()));
});

describe('for every pod and every set of policies', () => {
  test.each(names)(
    '%s',
    async (law) => {
      const { error } = await trials.get(law)!.promise;
      expect(error).toBe('');
    },
    120_000,
  );
});
