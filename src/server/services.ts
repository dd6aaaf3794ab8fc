import type { AuditTrail } from '../audit/trail.ts';
import type { PolicySet } from '../engine/policy-set.ts';
import type { NamespaceSource } from '../kube/source.ts';
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
