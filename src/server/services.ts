import type { AuditTrail } from '../audit/trail.ts';
import type { PolicySet } from '../engine/policy-set.ts';
import type { Events } from '../events/events.ts';
import type { Results } from '../results/results.ts';
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
  /** Are records kept that can be asked for, so that annotated pods should name theirs? */
  readonly auditRecord?: boolean | undefined;
  /** Whom to tell of records whose pods should come to be; undefined where nobody looks. */
  readonly results?: Pick<Results, 'expect'> | undefined;
  /** What tells of decisions by Events; undefined where nothing does. */
  readonly events?: Pick<Events, 'tell'> | undefined;
  /** Is the server going away, so that clients should come back over another connection? */
  readonly isDraining: () => boolean;
}

/** What a request comes to: the body of the response, and how to count it. */
export interface Outcome {
  readonly body: string;
  readonly operation: string;
  readonly outcome: RequestOutcome;
}
