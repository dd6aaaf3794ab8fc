/** Tries laws in a thread of its own, and posts of each what broke it. Not inside jest's sandbox: there they take thrice as long. */
import { parentPort, workerData } from 'node:worker_threads';
import fc from 'fast-check';
import { cases, type Case } from './arbitraries.ts';
import { GATE_LAWS, theGate } from './gate-laws.ts';
import { LAWS } from './laws.ts';
import { engine } from './outcome.ts';

/** What became of a law. `error` is empty where it held. */
export interface Trial {
  readonly law: string;
  readonly error: string;
}

const trial = (law: string, numRuns: number): Trial => {
  const ofGate = GATE_LAWS[law];
  const holds = (one: Case): void => (ofGate ? ofGate(theGate, one) : LAWS[law]!(engine, one));
  const details = fc.check(fc.property(cases(), holds), { numRuns });
  const cause = details.errorInstance instanceof Error ? `\n${details.errorInstance.stack ?? ''}` : '';
  return { law, error: details.failed ? fc.defaultReportMessage(details)! + cause : '' };
};

if (parentPort) {
  const { laws, numRuns } = workerData as { laws: string[]; numRuns: number };
  for (const law of laws) parentPort.postMessage(trial(law, numRuns));
}
