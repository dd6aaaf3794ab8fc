/** One AdmissionReview, from its bytes to its answer: what the two paths have in common. */
import { encode, type Answer } from '../admission/answer.ts';
import type { Asked } from '../admission/asked.ts';
import { excessOf } from '../admission/bounds.ts';
import { decode, type Review } from '../admission/review.ts';
import type { Request } from '../engine/request.ts';
import { Unreadable } from '../engine/unreadable.ts';
import type { NamespaceSource } from '../kube/source.ts';
import { parseBody } from './body.ts';
import type { Log } from './log.ts';
import type { Path, RequestOutcome } from './metrics.ts';
import { noteRefusal, type Recorded } from './note.ts';
import type { Outcome, Services } from './services.ts';

/** What is decided about one review: the answer to it, and how to count it. */
export interface Decided {
  readonly answer: Answer;
  readonly outcome: RequestOutcome;
  /** What the answer has to wait for. */
  readonly recorded: Recorded;
}

/** One path of the server: which reviews it decides, and how. */
export interface Endpoint {
  readonly path: Path;
  readonly asks: (review: Review) => Asked;
  /** Decides and records. `started` as performance.now(). */
  readonly decide: (services: Services, review: Review, request: Request, started: number) => Decided;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const SAID = { warnings: [], auditAnnotations: {} };

const UNTOUCHED: Decided = { answer: { allowed: true, patch: [], ...SAID }, outcome: 'ignored', recorded: undefined };

function outcomeOf({ uid, operation }: Review, { answer, outcome, recorded }: Decided): Outcome | Promise<Outcome> {
  const decided = { body: encode(uid, answer, base64), operation, outcome };
  return recorded ? recorded.then(() => decided) : decided;
}

const misdirected = new Set<string>();

/** A request that is none of ours is allowed as it is; the rule that sends it is worth a line, once. */
function warnOf({ kind, operation, subResource }: Review, path: Path, log: Log): void {
  const what = `${operation} ${kind}${subResource && `/${subResource}`}`.slice(0, 200);
  const key = `${path} ${what}`;
  if (misdirected.has(key) || misdirected.size >= 100) return;
  misdirected.add(key);
  log.warn('a webhook rule sends requests that dropcap does not decide; they are allowed unchanged', { path, what });
}

/** Denies a pod that is too much to decide about, and records it. */
function refuse({ path }: Endpoint, services: Services, review: Review, excess: string, started: number): Decided {
  const recorded = noteRefusal(services, review, excess, path === 'validate' ? 'denied' : undefined, started);
  return { answer: { allowed: false, message: `dropcap: ${excess}`, ...SAID }, outcome: 'refused', recorded };
}

/** Decides once the labels of a namespace that was not at hand have come, or could not be had. */
async function decideLater(
  { decide }: Endpoint,
  services: Services,
  source: NamespaceSource,
  review: Review,
  request: Request,
  started: number,
): Promise<Outcome> {
  let cause: unknown;
  const namespaceLabels = await source.fetch(review.namespace).catch((error: unknown) => {
    cause = error;
    return undefined;
  });
  let decided: Decided;
  try {
    decided = decide(services, review, { ...request, namespaceLabels }, started);
  } catch (error) {
    // Deciding fails for want of labels only where they matter; then the reason is why they could not be had.
    throw cause && !(error instanceof Unreadable) ? cause : error;
  }
  return outcomeOf(review, decided);
}

/** Answers a body. Throws, or rejects with, `Unreadable` for the sender's faults and anything else for ours. */
export function answer(
  endpoint: Endpoint,
  services: Services,
  bytes: Buffer,
  started: number,
): Outcome | Promise<Outcome> {
  const review = decode(parseBody(bytes));
  const request = endpoint.asks(review);
  if (request === 'foreign') warnOf(review, endpoint.path, services.log);
  if (request === 'foreign' || request === 'left') return outcomeOf(review, UNTOUCHED);
  const excess = excessOf(request.object);
  if (excess) return outcomeOf(review, refuse(endpoint, services, review, excess, started));
  const { namespaces } = services;
  const reads = services.policies().set.readsNamespaceLabels;
  const namespaceLabels = reads ? namespaces?.cached(review.namespace) : undefined;
  if (!namespaceLabels && reads && namespaces)
    return decideLater(endpoint, services, namespaces, review, request, started);
  return outcomeOf(review, endpoint.decide(services, review, { ...request, namespaceLabels }, started));
}
