/** Counts and records what became of a request. */
import type { Review } from '../admission/review.ts';
import { isRecorded, type Circumstances } from '../audit/record.ts';
import { NOTHING, type Decision } from '../engine/decision.ts';
import type { Finding, GateAction, Outcome } from '../engine/finding.ts';
import type { Gated } from '../engine/gate.ts';
import { expectedOf } from '../results/expected.ts';
import { circumstancesOf } from './circumstances.ts';
import { regardingOf } from './regarding.ts';
import type { Services } from './services.ts';

/** What an answer has to wait for: it leaves when that is resolved, and not where it is rejected. */
export type Recorded = Promise<void> | undefined;

/** Has a record's pod looked for, once the record is kept and before the answer leaves: no pod is there before that. */
function look({ results }: Services, { object }: Review, circumstances: Circumstances, decision: Decision): void {
  if (!results || circumstances.kind !== '') return;
  const { metadata } = object as { metadata?: { uid?: unknown } };
  const podUid = typeof metadata?.uid === 'string' ? metadata.uid : '';
  results.expect(expectedOf(circumstances, decision, podUid));
}

/** Has a decision told about, as far as it is kept. */
function tell({ events }: Services, review: Review, { uid, time }: Circumstances, decision: Decision): void {
  const regarding = events && regardingOf(review);
  if (regarding) events.tell(regarding, { uid, time, decision });
}

/** `started` as performance.now(). */
function timed(review: Review, policySet: string, started: number): Circumstances {
  const duration = performance.now() - started;
  return circumstancesOf(review, policySet, Date.now() - duration, duration);
}

function logDryRun({ log }: Services, { uid, namespace, name, generateName }: Circumstances, what: object): Recorded {
  log.info('dry run, not audited', { uid, namespace, name: name || generateName, ...what });
  return undefined;
}

const number = (findings: readonly Finding[], outcome: Outcome): number =>
  findings.filter((finding) => finding.outcome === outcome).length;

/**
 * Counts a decision and records it, where there is anything to record. A dry run is only logged. Returns what the answer has
 * to wait for, if anything, as all of these do.
 */
export function noteDecision(
  services: Services,
  review: Review,
  decision: Decision,
  policySet: string,
  started: number,
): Recorded {
  if (!review.dryRun) services.metrics.decision(review.namespace, decision);
  if (!isRecorded(decision)) return undefined;
  const circumstances = timed(review, policySet, started);
  if (review.dryRun) return logDryRun(services, circumstances, { hardened: number(decision.findings, 'hardened') });
  const recorded = services.trail.push(circumstances, decision);
  if (!services.results && !services.events) return recorded;
  const follow = (): void => {
    look(services, review, circumstances, decision);
    tell(services, review, circumstances, decision);
  };
  if (recorded) return recorded.then(follow);
  follow();
  return undefined;
}

/** Counts what the gate found and records it, where it found anything. `refused` is why it denies, where it does. */
export function noteGate(
  services: Services,
  review: Review,
  { decision, action }: Gated,
  refused: string | undefined,
  policySet: string,
  started: number,
): Recorded {
  if (action === undefined) return undefined;
  const circumstances = { ...timed(review, policySet, started), gate: action, refused };
  const { findings } = decision;
  if (review.dryRun) {
    const [missed, unresolved] = [number(findings, 'missed'), number(findings, 'unresolved')];
    return logDryRun(services, circumstances, { gate: action, missed, unresolved });
  }
  services.metrics.gated(review.namespace, findings);
  return services.trail.push(circumstances, decision);
}

/** Records that a pod was denied undecided; `gate` where it was the gate that did. */
export function noteRefusal(
  services: Services,
  review: Review,
  refused: string,
  gate: GateAction | undefined,
  started: number,
): Recorded {
  const circumstances = { ...timed(review, services.policies().version, started), gate, refused };
  if (review.dryRun) return logDryRun(services, circumstances, { refused });
  return services.trail.push(circumstances, NOTHING);
}
