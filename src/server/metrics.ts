/** What the server counts about itself. Never a label per pod. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { TrailCounts } from '../audit/trail.ts';
import type { Decision } from '../engine/decision.ts';
import { Tally } from './tally.ts';

/** How a request ended. */
export type RequestOutcome =
  'changed' | 'unchanged' | 'refused' | 'ignored' | 'unreadable' | 'error' | 'shed' | 'expired';

/** Things that are read when somebody asks, instead of being told. */
export interface Readings {
  readonly audit: () => TrailCounts;
  readonly certificateExpiry: () => number;
  readonly policies: () => {
    version: string;
    policies: number;
    exceptions: number;
    failures: number;
    loadedAt: number;
  };
}

const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

function gauge(registers: Registry[], name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(read());
    },
  });
}

function total(registers: Registry[], name: string, help: string, read: () => number): void {
  new Counter({
    name,
    help,
    registers,
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}

function addReadings(registry: Registry, { audit, certificateExpiry, policies }: Readings): void {
  const add = (name: string, help: string, read: () => number): void => gauge([registry], name, help, read);
  const count = (name: string, help: string, read: () => number): void => total([registry], name, help, read);
  add('dropcap_audit_backlog_records', 'Audit records that wait to be written.', () => audit().backlog);
  count('dropcap_audit_written_total', 'Audit records handed to their destination.', () => audit().written);
  count('dropcap_audit_lost_total', 'Audit records lost because too many waited.', () => audit().lost);
  add(
    'dropcap_certificate_expiry_timestamp_seconds',
    'When the served certificate ends, in seconds since 1970.',
    certificateExpiry,
  );
  add('dropcap_policies', 'Policies in force.', () => policies().policies);
  add('dropcap_exceptions', 'Exceptions in the set in force, expired ones included.', () => policies().exceptions);
  count(
    'dropcap_policy_reload_failures_total',
    'Reloads refused because the new set was bad.',
    () => policies().failures,
  );
  add(
    'dropcap_policy_last_load_timestamp_seconds',
    'When the set in force was loaded.',
    () => policies().loadedAt / 1000,
  );
  const info = new Gauge({
    name: 'dropcap_policy_set_info',
    help: 'The version of the policy set in force, as a label; always 1.',
    labelNames: ['version'],
    registers: [registry],
    collect: () => {
      info.reset();
      info.set({ version: policies().version }, 1);
    },
  });
}

/** The metrics of one server. */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests = new Tally(this.registry, 'dropcap_requests_total', 'Requests by operation and how they ended.', [
    'operation',
    'outcome',
  ]);
  readonly #changes = new Tally(
    this.registry,
    'dropcap_changes_total',
    'Fields judged, by outcome (hardened, audited, exempt, unresolved). Dry runs are not counted.',
    ['policy', 'rule', 'namespace', 'outcome'],
  );
  readonly #optOuts = new Tally(this.registry, 'dropcap_opt_outs_total', 'Opt-outs honoured.', ['policy', 'namespace']);
  readonly #ignored = new Tally(this.registry, 'dropcap_opt_outs_ignored_total', 'Opt-outs that do not count.', [
    'policy',
    'namespace',
  ]);
  readonly #used = new Tally(this.registry, 'dropcap_exceptions_used_total', 'Exceptions that spared something.', [
    'exception',
  ]);
  readonly #expired = new Tally(
    this.registry,
    'dropcap_exceptions_expired_total',
    'Expired exceptions that were met.',
    ['exception'],
  );
  readonly #reloads = new Tally(
    this.registry,
    'dropcap_certificate_reloads_total',
    'Reloads of the certificate, by result.',
    ['result'],
  );
  readonly #duration = new Histogram({
    name: 'dropcap_request_duration_seconds',
    help: 'From the headers of a request to its answer.',
    buckets: BUCKETS,
    registers: [this.registry],
  });

  constructor(readings: Readings) {
    collectDefaultMetrics({ register: this.registry });
    addReadings(this.registry, readings);
  }

  /** Counts a request that has been answered. Duration in milliseconds. */
  request(operation: string, outcome: RequestOutcome, durationMs: number): void {
    this.#requests.add(operation, outcome);
    this.#duration.observe(durationMs / 1000);
  }

  /** Counts what was decided about a pod that is really to be made. */
  decision(namespace: string, { findings, optOut, exceptionsUsed, exceptionsExpired }: Decision): void {
    for (const { policies, rule, outcome } of findings)
      for (const policy of policies) this.#changes.add(policy, rule, namespace, outcome);
    optOut?.honouredBy.forEach((policy) => this.#optOuts.add(policy, namespace));
    optOut?.ignored.forEach(({ policy }) => this.#ignored.add(policy, namespace));
    for (const name of exceptionsUsed) this.#used.add(name);
    for (const name of exceptionsExpired) this.#expired.add(name);
  }

  /** Counts a reload of the certificate. */
  certificateReload(result: 'loaded' | 'failed'): void {
    this.#reloads.add(result);
  }
}
