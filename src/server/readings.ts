/** Metrics that are read when somebody asks for them, instead of being counted. */
import type { Registry } from 'prom-client';
import type { TrailCounts } from '../audit/counts.ts';
import type { EventCounts } from '../events/events.ts';
import type { ResultCounts } from '../results/tally.ts';
import { addAuditReadings } from './audit-readings.ts';
import { addEventReadings } from './event-readings.ts';
import { gauge, gauges, total } from './read.ts';
import { addResultReadings } from './result-readings.ts';

/** Things that are read when somebody asks, instead of being told. */
export interface Readings {
  readonly audit: () => TrailCounts;
  /** Undefined where there is no store. */
  readonly auditStore?: (() => TrailCounts) | undefined;
  /** Segments of the journal that are there, some of them wholly in the store; undefined where there is none. */
  readonly journalSegments?: (() => number) | undefined;
  /** When the store last held all records of the journal, in milliseconds since 1970; undefined where there is none. */
  readonly filledAt?: (() => number) | undefined;
  /** Undefined where nobody looks at pods. */
  readonly results?: (() => ResultCounts) | undefined;
  /** Undefined where no Events are written. */
  readonly events?: (() => EventCounts) | undefined;
  readonly certificateExpiry: () => number;
  readonly policies: () => {
    version: string;
    policies: number;
    exceptions: number;
    failures: number;
    loadedAt: number;
  };
}

/** Adds the metrics of some readings to a registry. */
export function addReadings(registry: Registry, readings: Readings): void {
  const { audit, auditStore, journalSegments, filledAt, results, events, certificateExpiry, policies } = readings;
  const add = (name: string, help: string, read: () => number): void => gauge(registry, name, help, read);
  const count = (name: string, help: string, read: () => number): void => total(registry, name, help, read);
  addAuditReadings(registry, () => ({ log: audit(), ...(auditStore && { store: auditStore() }) }));
  if (journalSegments)
    add(
      'dropcap_audit_journal_segments',
      'Files of the journal: those not wholly in the store, and a few that are removed next.',
      journalSegments,
    );
  if (filledAt)
    add(
      'dropcap_audit_store_filled_timestamp_seconds',
      'When the store last held all records of the journal, in seconds since 1970.',
      () => filledAt() / 1000,
    );
  if (results) addResultReadings(registry, results);
  if (events) addEventReadings(registry, events);
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
  const version = 'The version of the policy set in force, as a label; always 1.';
  gauges(registry, 'dropcap_policy_set_info', version, 'version', () => ({ [policies().version]: 1 }));
}
