import { Counter, Gauge, type Registry } from 'prom-client';
import type { TrailCounts } from '../audit/counts.ts';

/** What became of audit records, by the place they go to: `log` (the lines) and, where there is one, `store`. */
export type AuditReading = () => Readonly<Partial<Record<'log' | 'store', TrailCounts>>>;

function total(registry: Registry, name: string, help: string, read: AuditReading, of: keyof TrailCounts): void {
  new Counter({
    name,
    help,
    labelNames: ['to'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [to, counts] of Object.entries(read())) this.inc({ to }, counts[of]);
    },
  });
}

/** Adds the metrics of the audit trail to a registry. */
export function addAuditReadings(registry: Registry, read: AuditReading): void {
  new Gauge({
    name: 'dropcap_audit_backlog_records',
    help: 'Audit records that wait to be written.',
    labelNames: ['to'],
    registers: [registry],
    collect() {
      for (const [to, { backlog }] of Object.entries(read())) this.set({ to }, backlog);
    },
  });
  total(registry, 'dropcap_audit_written_total', 'Audit records handed to their destination.', read, 'written');
  const lost = 'Audit records lost: too many waited, or they could not be written.';
  total(registry, 'dropcap_audit_lost_total', lost, read, 'lost');
}
