/** What is asked of a store of audit records, and what it answers. Times are milliseconds since 1970. */
import type { AuditRecord } from '../audit/record.ts';

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
}

/**
 * One request: what was recorded of it, pass by pass. A webhook is called again where another changed the pod after it; that is
 * within seconds, and `list` takes passes that are more than ten minutes apart for different requests.
 */
export interface AuditEntry {
  readonly uid: string;
  /** Of its first pass. */
  readonly time: number;
  /** In the order in which they were recorded. */
  readonly passes: readonly AuditRecord[];
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
  /** Records by the hour in which they came (UTC, `2026-11-22T17`), the oldest first. */
  readonly hours: readonly AuditCount[];
}

/** What can be asked of a store, wherever it keeps its records. */
export interface AuditReader {
  /** At most `limit` entries. `after` is the `next` of the page before. Rejects where it is none. */
  list(filter: AuditFilter, limit: number, after?: string): Promise<AuditPage>;
  /** One request, by its uid. */
  show(uid: string): Promise<AuditEntry | undefined>;
  stats(filter: AuditFilter): Promise<AuditStats>;
  /** All records, the oldest first, without holding them in memory. */
  records(filter: AuditFilter): AsyncIterable<AuditRecord>;
  close(): Promise<void>;
}

/** How much is kept. */
export interface Retention {
  /** Records that came before are removed; milliseconds since 1970. */
  readonly before?: number;
  /** The oldest records are removed until the file has no more bytes than this; its log (`-wal`) is not counted. */
  readonly maxBytes?: number;
}

/** A store that can be asked, filled from its journal (`FILE.journal`), and pruned. */
export interface AuditStore extends AuditReader {
  /** Takes in what the journal holds and the database does not. Resolves to the number of records taken in. */
  ingest(): Promise<number>;
  /** Removes what need not be kept. Resolves to the number of records removed. */
  prune(retention: Retention): Promise<number>;
}
