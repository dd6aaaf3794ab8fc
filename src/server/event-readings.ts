import type { Registry } from 'prom-client';
import type { EventCounts } from '../events/events.ts';
import { totals } from './read.ts';

/** Adds the metrics of Events to a registry. */
export function addEventReadings(registry: Registry, read: () => EventCounts): void {
  const help = 'Events by result: sent, dropped (held back by the limits), failed (not taken by the cluster).';
  totals(registry, 'dropcap_events_total', help, 'result', () => ({ ...read() }));
}
