/** Counts and records what became of a request. */
import type { Review } from '../admission/review.ts';
import { isRecorded, type Circumstances } from '../audit/record.ts';
import { NOTHING, type Decision } from '../engine/decision.ts';
import type { Finding } from '../engine/finding.ts';
import { circumstancesOf } from './circumstances.ts';
import type { Services } from './mutate.ts';

/** `started` as performance.now(). */
function timed(review: Review, policySet: string, started: number): Circumstances {
  const duration = performance.now() - started;
  return circumstancesOf(review, policySet, Date.now() - duration, duration);
}

function logDryRun({ log }: Services, { uid, namespace, name, generateName }: Circumstances, what: object): void {
  log.info('dry run, not audited', { uid, namespace, name: name || generateName, ...what });
}

const isHardened = ({ outcome }: Finding): boolean => outcome === 'hardened';

/** Counts a decision and records it, where there is anything to record. A dry run is only logged. */
export function noteDecision(
  services: Services,
  review: Review,
  decision: Decision,
  policySet: string,
  started: number,
): void {
  if (!review.dryRun) services.metrics.decision(review.namespace, decision);
  if (!isRecorded(decision)) return;
  const circumstances = timed(review, policySet, started);
  if (!review.dryRun) services.trail.push(circumstances, decision);
  else logDryRun(services, circumstances, { hardened: decision.findings.filter(isHardened).length });
}

/** Records that a pod was denied. */
export function noteRefusal(services: Services, review: Review, refused: string, started: number): void {
  const circumstances = { ...timed(review, services.policies().version, started), refused };
  if (review.dryRun) logDryRun(services, circumstances, { refused });
  else services.trail.push(circumstances, NOTHING);
}
