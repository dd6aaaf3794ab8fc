/** Metrics that are read when somebody asks for them, instead of being counted. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { TrailCounts } from '../audit/counts.ts';
import { addAuditReadings } from './audit-readings.ts';

/** Things that are read when somebody asks, instead of being told. */
export interface Readings {
  readonly audit: () => TrailCounts;
  /** Undefined where there is no store. */
  readonly auditStore?: (() => TrailCounts) | undefined;
  readonly certificateExpiry: () => number;
  readonly policies: () => {
    version: string;
    policies: number;
    exceptions: number;
    failures: number;
    loadedAt: number;
  };
}

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

/** Adds the metrics of some readings to a registry. */
export function addReadings(registry: Registry, { audit, auditStore, certificateExpiry, policies }: Readings): void {
  const add = (name: string, help: string, read: () => number): void => gauge([registry], name, help, read);
  const count = (name: string, help: string, read: () => number): void => total([registry], name, help, read);
  addAuditReadings(registry, () => ({ log: audit(), ...(auditStore && { store: auditStore() }) }));
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
