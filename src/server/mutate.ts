/** One AdmissionReview, from its bytes to its answer. */
import { encode } from '../admission/answer.ts';
import { auditAnnotationsOf } from '../admission/audit-annotations.ts';
import { excessOf } from '../admission/bounds.ts';
import { decode, isOurs, type Review } from '../admission/review.ts';
import { warningsOf } from '../admission/warnings.ts';
import type { AuditTrail } from '../audit/trail.ts';
import { evaluate } from '../engine/evaluate.ts';
import type { PolicySet } from '../engine/policy-set.ts';
import type { Labels } from '../engine/selector.ts';
import { Unreadable } from '../engine/unreadable.ts';
import type { NamespaceSource } from '../kube/source.ts';
import { utcToday } from '../policies/load.ts';
import { parseBody } from './body.ts';
import { noteDecision, noteRefusal } from './note.ts';
import type { Log } from './log.ts';
import type { Metrics, RequestOutcome } from './metrics.ts';

/** What answering needs. */
export interface Services {
  readonly policies: () => { readonly set: PolicySet; readonly version: string };
  /** Undefined where no policy reads the labels of namespaces. */
  readonly namespaces: NamespaceSource | undefined;
  readonly trail: AuditTrail;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly annotate: boolean;
  /** Is the server going away, so that clients should come back over another connection? */
  readonly isDraining: () => boolean;
}

/** What a request comes to: the body of the response, and how to count it. */
export interface Outcome {
  readonly body: string;
  readonly operation: string;
  readonly outcome: RequestOutcome;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const NOTHING = { patch: [], warnings: [], auditAnnotations: {} };

const misdirected = new Set<string>();

/** A request that is none of ours is allowed as it is; the rule that sends it is worth a line, once. */
function passOver({ uid, kind, operation, subResource }: Review, log: Log): Outcome {
  const what = `${operation} ${kind}${subResource && `/${subResource}`}`.slice(0, 200);
  if (!misdirected.has(what) && misdirected.size < 100) {
    misdirected.add(what);
    log.warn('a webhook rule sends requests that dropcap does not decide; they are allowed unchanged', { what });
  }
  return { body: encode(uid, { allowed: true, ...NOTHING }, base64), operation, outcome: 'ignored' };
}

function decide(services: Services, review: Review, labels: Labels | undefined, started: number): Outcome {
  const { set, version } = services.policies();
  const { uid, namespace, user, object, oldObject } = review;
  const operation = review.operation as 'CREATE' | 'UPDATE';
  const request = {
    operation,
    subResource: review.subResource,
    namespace,
    namespaceLabels: labels,
    user,
    object,
    oldObject,
  };
  const conditions = { today: utcToday(), annotate: services.annotate };
  const decision = evaluate({ ...request, base: '', workload: undefined }, set, conditions);
  const { patch } = decision;
  const warnings = warningsOf(decision);
  const body = encode(uid, { allowed: true, patch, warnings, auditAnnotations: auditAnnotationsOf(decision) }, base64);
  noteDecision(services, review, decision, version, started);
  return { body, operation, outcome: patch.length > 0 ? 'changed' : 'unchanged' };
}

/** Denies a pod that is too much to decide about, and records it. */
function refuse(services: Services, review: Review, message: string, started: number): Outcome {
  const { uid, operation } = review;
  noteRefusal(services, review, message, started);
  return {
    body: encode(uid, { allowed: false, message: `dropcap: ${message}` }, base64),
    operation,
    outcome: 'refused',
  };
}

/** Decides once the labels of a namespace that was not at hand have come, or could not be had. */
async function decideLater(
  services: Services,
  source: NamespaceSource,
  review: Review,
  started: number,
): Promise<Outcome> {
  let cause: unknown;
  const labels = await source.fetch(review.namespace).catch((error: unknown) => {
    cause = error;
    return undefined;
  });
  try {
    return decide(services, review, labels, started);
  } catch (error) {
    // Deciding fails for want of labels only where they matter; then the reason is why they could not be had.
    throw cause && !(error instanceof Unreadable) ? cause : error;
  }
}

/** Answers a body. Throws, or rejects with, `Unreadable` for the sender's faults and anything else for ours. */
export function mutate(services: Services, bytes: Buffer, started: number): Outcome | Promise<Outcome> {
  const review = decode(parseBody(bytes));
  if (!isOurs(review)) return passOver(review, services.log);
  const excess = excessOf(review.object);
  if (excess) return refuse(services, review, excess, started);
  const { namespaces } = services;
  const reads = services.policies().set.readsNamespaceLabels;
  const labels = reads ? namespaces?.cached(review.namespace) : undefined;
  if (labels || !reads || !namespaces) return decide(services, review, labels, started);
  return decideLater(services, namespaces, review, started);
}
