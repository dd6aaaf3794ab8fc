/** Adds records up to the results of reports, in bounded memory. */
import type { AuditRecord } from '../audit/record.ts';
import { workloadOf } from '../audit/words.ts';
import type { Finding, Outcome } from '../engine/finding.ts';

/** The words of OpenReports that are used here, the most severe first. */
export const RESULTS = ['fail', 'warn', 'skip', 'pass'] as const;

/** What a result is in the words of OpenReports. */
export type ReportResult = (typeof RESULTS)[number];

/** A policy that is met because the pod was changed is met; one in audit mode is not scored. */
const RESULT_OF: Readonly<Record<Outcome, ReportResult>> = {
  unresolved: 'fail',
  missed: 'fail',
  audited: 'warn',
  exempt: 'skip',
  skipped: 'skip',
  hardened: 'pass',
};

/** What is kept of a record. */
export type Subject = Pick<AuditRecord, 'time' | 'uid' | 'kind' | 'owner' | 'name' | 'generateName'>;

/** What one policy's rule came to for one workload. */
export interface Tallied {
  readonly policy: string;
  readonly rule: string;
  readonly outcome: Outcome;
  /** Calls of the webhook. */
  calls: number;
  /** What the last of them was about, and what it found: the first of its findings. */
  last: Subject;
  findings: readonly Finding[];
}

/** All results of one namespace. */
export interface NamespaceTally {
  /** By what they are about: at most `MOST` of each result. */
  readonly results: Readonly<Record<ReportResult, Map<string, Tallied>>>;
  /** How many there are; where there are more than `MOST`, those beyond are counted at each call. */
  readonly summary: Record<ReportResult, number>;
}

/** Far more than a report shows; what one namespace does can push out nothing of another, and no pass a failure. */
const MOST = 2_000;
/** A pod may have thousands of containers; a message has room for a few. */
const FEW_FINDINGS = 20;

// The hash that a Deployment gives its ReplicaSets, and the minute that a CronJob gives its Jobs.
const GENERATED: Readonly<Record<string, RegExp>> = {
  ReplicaSet: /-[bcdfghjklmnpqrstvwxz2456789]{8,10}$/,
  Job: /-\d{8}$/,
};

/** The owner without what is new with each of its generations, so that a rollout is no other workload. */
export function lineageOf(subject: Subject): string {
  const workload = workloadOf(subject);
  const [kind = '', name] = workload.split('/', 2);
  const generated = GENERATED[kind];
  return name !== undefined && generated?.test(name) ? `${kind}/${name.replace(generated, '-*')}` : workload;
}

const emptyTally = (): NamespaceTally => ({
  results: { fail: new Map(), warn: new Map(), skip: new Map(), pass: new Map() },
  summary: { fail: 0, warn: 0, skip: 0, pass: 0 },
});

/** The findings of a record by policy, rule and outcome. What is skipped as a whole names no policy. */
function byPolicy({ findings }: AuditRecord): Map<string, { policy: string; some: Finding[] }> {
  const groups = new Map<string, { policy: string; some: Finding[] }>();
  for (const finding of findings)
    for (const policy of finding.policies.length > 0 ? finding.policies : ['dropcap']) {
      const key = `${policy} ${finding.rule} ${finding.outcome}`;
      const group = groups.get(key);
      if (!group) groups.set(key, { policy, some: [finding] });
      else if (group.some.length < FEW_FINDINGS) group.some.push(finding);
    }
  return groups;
}

function add({ results, summary }: NamespaceTally, record: AuditRecord): void {
  const { time, uid, kind, owner, name, generateName } = record;
  const last: Subject = { time, uid, kind, owner, name, generateName };
  const lineage = lineageOf(last);
  for (const [group, { policy, some }] of byPolicy(record)) {
    const { rule, outcome } = some[0]!;
    const result = RESULT_OF[outcome];
    const key = `${group} ${lineage}`;
    const known = results[result].get(key);
    if (known) Object.assign(known, { calls: known.calls + 1, last, findings: some });
    else {
      summary[result]++;
      if (results[result].size < MOST)
        results[result].set(key, { policy, rule, outcome, calls: 1, last, findings: some });
    }
  }
}

/** Adds up all records that have findings, by namespace, sorted by its name. They come the oldest first. */
export async function tallied(records: AsyncIterable<AuditRecord>): Promise<Map<string, NamespaceTally>> {
  const tallies = new Map<string, NamespaceTally>();
  for await (const record of records) {
    const { namespace } = record;
    const tally = tallies.get(namespace) ?? emptyTally();
    add(tally, record);
    if (Object.values(tally.summary).some((number) => number > 0)) tallies.set(namespace, tally);
  }
  return new Map([...tallies].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** A tally of nothing: of a namespace that has a report and no records any more. */
export const NOTHING_TALLIED: NamespaceTally = emptyTally();
