import type { Registry } from 'prom-client';
import type { TrailCounts } from '../audit/counts.ts';
import { gauges, totals, type ByLabel } from './read.ts';

/** What became of audit records, by the place they go to: `log` (the lines) and, where there is one, `store`. */
export type AuditReading = () => Readonly<Partial<Record<'log' | 'store', TrailCounts>>>;

/** Adds the metrics of the audit trail to a registry. */
export function addAuditReadings(registry: Registry, read: AuditReading): void {
  const each = (of: keyof TrailCounts) => (): ByLabel =>
    Object.fromEntries(Object.entries(read()).map(([to, counts]) => [to, counts[of]]));
  const waiting = 'Audit records that wait to be written.';
  gauges(registry, 'dropcap_audit_backlog_records', waiting, 'to', each('backlog'));
  const written = 'Audit records handed to their destination.';
  totals(registry, 'dropcap_audit_written_total', written, 'to', each('written'));
  const lost = 'Audit records lost: too many waited, or they could not be written.';
  totals(registry, 'dropcap_audit_lost_total', lost, 'to', each('lost'));
}
