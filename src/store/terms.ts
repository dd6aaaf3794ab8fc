/** What is asked of a store of audit records, and what it answers. Times are milliseconds since 1970. */
import type { AdmissionResult, AdmissionStatus } from '../audit/admission-result.ts';
import type { AuditRecord } from '../audit/record.ts';
import type { Outcome } from '../engine/finding.ts';

/** Which records are meant. Every field that is given must hold; texts are compared whole. */
export interface AuditFilter {
  /** Not before. */
  readonly since?: number;
  /** Before. */
  readonly until?: number;
  readonly namespace?: string;
  /** Name, prefix of generated names with or without its dash, controlling owner or workload itself as `Kind/name`. */
  readonly workload?: string;
  /** One that covers the pod, or that some finding names. */
  readonly policy?: string;
  readonly rule?: string;
  /** Canonical name, one of the 41 or ALL: one that some finding takes from `add`, or lets stay by an exemption. */
  readonly capability?: string;
  /** Outcome of some finding. */
  readonly outcome?: string;
  /** Did the pod ask for an opt-out? */
  readonly optOut?: boolean;
  readonly user?: string;
  /** Name of an exception that spared something. */
  readonly exception?: string;
  /** What became of it; `pending` is what nothing is known of. */
  readonly result?: AdmissionStatus | 'pending';
}

/**
 * One request: what was recorded of it, pass by pass. A webhook is called again where another changed the pod after it: a record
 * that `follows` another is its next pass if it came within a minute, from the same user, for the same pod. An annotation that
 * was copied from another pod joins nothing; nor does anything where more would be joined than a request has passes.
 */
export interface AuditEntry {
  /** Of its first pass. */
  readonly uid: string;
  /** Of its first pass. */
  readonly time: number;
  /** In the order in which they were recorded. */
  readonly passes: readonly AuditRecord[];
  /** What became of the pod, as far as it is known: the result of the last pass that has one. */
  readonly result?: AdmissionResult;
}

/** Entries, the newest first: by their first pass that is meant. */
export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  /** To be given back for the entries that come after these; absent where there are none. */
  readonly next?: string;
}

/** How often something was found. */
export interface AuditCount {
  readonly name: string;
  readonly count: number;
}

/** Numbers about all records that a filter means. */
export interface AuditStats {
  readonly records: number;
  readonly first?: number;
  readonly last?: number;
  /** Findings by outcome, policy, rule, capability and namespace, the most frequent first, then by name. */
  readonly outcomes: readonly AuditCount[];
  readonly policies: readonly AuditCount[];
  readonly rules: readonly AuditCount[];
  readonly capabilities: readonly AuditCount[];
  readonly namespaces: readonly AuditCount[];
  /** Capabilities by the findings that are `hardened`: what was really asked to be taken away. */
  readonly taken: readonly AuditCount[];
  /** `audited` findings as `policy/rule`: what policies in audit mode would change. */
  readonly wouldChange: readonly AuditCount[];
  /** Findings by the exception that spares them. */
  readonly exceptions: readonly AuditCount[];
  /** Records by what became of them: `admitted`, `altered`, `not-admitted`, `unknown`. */
  readonly results: readonly AuditCount[];
  /** Records by the hour in which they came (UTC, `2026-11-22T17`), the oldest first. */
  readonly hours: readonly AuditCount[];
}

/** What was found in one namespace. */
export interface NamespacePosture {
  readonly namespace: string;
  readonly records: number;
  /** Findings by outcome; outcomes that do not occur are absent. */
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  readonly optOuts: number;
}

/** Times that narrow an answer down; not before, and before. */
export type Period = Pick<AuditFilter, 'since' | 'until'>;

/** What can be asked of a store, wherever it keeps its records. */
export interface AuditReader {
  /** At most `limit` entries. `after` is the `next` of the page before. Rejects where it is none. */
  list(filter: AuditFilter, limit: number, after?: string): Promise<AuditPage>;
  /** One request, by the uid of any of its passes. */
  show(uid: string): Promise<AuditEntry | undefined>;
  /** The uids that begin so, of the newest records first; at most `limit`. */
  uids(prefix: string, limit: number): Promise<readonly string[]>;
  stats(filter: AuditFilter): Promise<AuditStats>;
  /** Namespaces with records, those with the most findings first; at most `limit`. Whole hours: a period is widened to them. */
  postures(period: Period, limit: number): Promise<readonly NamespacePosture[]>;
  /** When an exception last spared something, in milliseconds since 1970; undefined where it never did. */
  lastUse(exception: string): Promise<number | undefined>;
  /** All records, the oldest first, without holding them in memory. */
  records(filter: AuditFilter): AsyncIterable<AuditRecord>;
  close(): Promise<void>;
}

/** How much is kept. */
export interface Retention {
  /** Records that came before are removed; milliseconds since 1970. */
  readonly before?: number;
  /**
   * The oldest records are removed until there are no more bytes than this: of a file's own, without its log (`-wal`); in
   * PostgreSQL of records as JSON.
   */
  readonly maxBytes?: number;
}

/** A store that can be asked, filled from a journal, and pruned. */
export interface AuditStore extends AuditReader {
  /** Takes in what the journal holds and the database does not. Resolves to the number of records taken in. */
  ingest(): Promise<number>;
  /** The records since then of which it is not known what became, though it may be yet: the newest 10,000, the oldest first. */
  awaited(since: number): Promise<readonly AuditRecord[]>;
  /** Removes what need not be kept. Resolves to the number of records removed. */
  prune(retention: Retention): Promise<number>;
}
