/** What the server counts about itself. Never a label per pod. */
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Decision } from '../engine/decision.ts';
import type { Finding } from '../engine/finding.ts';
import { addReadings, type Readings } from './readings.ts';
import { Tally } from './tally.ts';

/** The two things that are asked of the server, by their path: what to change, and whether to let it in. */
export type Path = 'mutate' | 'validate';

/** How a request ended. `changed` and `unchanged` are answers of `/mutate`, `allowed` is one of `/validate`. */
export type RequestOutcome =
  'changed' | 'unchanged' | 'allowed' | 'refused' | 'ignored' | 'unreadable' | 'error' | 'shed' | 'expired';

const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The metrics of one server. */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests = new Tally(
    this.registry,
    'dropcap_requests_total',
    'Requests by path, operation and how they ended.',
    ['path', 'operation', 'outcome'],
  );
  readonly #changes = new Tally(
    this.registry,
    'dropcap_changes_total',
    'Fields judged, by outcome (hardened, audited, exempt, unresolved). Dry runs are not counted.',
    ['policy', 'rule', 'namespace', 'outcome'],
  );
  readonly #gated = new Tally(
    this.registry,
    'dropcap_gate_findings_total',
    'Fields that the gate found not hardened, by what it did (denied, warned, audited). Dry runs are not counted.',
    ['policy', 'rule', 'namespace', 'action'],
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
  request(path: Path, operation: string, outcome: RequestOutcome, durationMs: number): void {
    this.#requests.add(path, operation, outcome);
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

  /** Counts what the gate found in a pod that was really to be made. */
  gated(namespace: string, findings: readonly Finding[]): void {
    for (const { policies, rule, action = '' } of findings)
      for (const policy of policies) this.#gated.add(policy, rule, namespace, action);
  }

  /** Counts a reload of the certificate. */
  certificateReload(result: 'loaded' | 'failed'): void {
    this.#reloads.add(result);
  }
}
