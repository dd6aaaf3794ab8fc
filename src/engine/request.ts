import type { Labels } from './selector.ts';

/** Who sends a request, as the API server authenticated them. */
export interface User {
  readonly username: string;
  readonly groups: readonly string[];
}

/** What is to be decided. */
export interface Request {
  readonly operation: 'CREATE' | 'UPDATE';
  /** `ephemeralcontainers` or empty. */
  readonly subResource: string;
  readonly namespace: string;
  /** Undefined where they are not known; only deciding by them is then an error. */
  readonly namespaceLabels: Labels | undefined;
  /** Undefined where the pod comes from a file. */
  readonly user: User | undefined;
  /** The pod, or any object that has a pod's `metadata` and `spec`, as parsed JSON. Never changed. */
  readonly object: unknown;
  /** For UPDATE: the pod as it is stored. */
  readonly oldObject: unknown;
  /** JSON pointer from the document that is patched to `object`; empty for a pod. */
  readonly base: string;
  /** Kind of the workload whose template this is; undefined where the pod itself says who owns it. */
  readonly workload: string | undefined;
}

/** What deciding depends on besides the request and the policies. */
export interface Conditions {
  /** Today in UTC, `YYYY-MM-DD`: the engine has no clock. */
  readonly today: string;
  /** Write the annotation `dropcap.dev/hardened` where something changes? */
  readonly annotate: boolean;
  /**
   * Uid of this call, by which its audit record is found: to be written as `dropcap.dev/audit-record` where something changes
   * and is annotated. Undefined where no record is kept.
   */
  readonly auditRecord?: string | undefined;
}
