import { Counter, type Registry } from 'prom-client';
import type { EventCounts } from '../events/events.ts';

/** Adds the metrics of Events to a registry. */
export function addEventReadings(registry: Registry, read: () => EventCounts): void {
  new Counter({
    name: 'dropcap_events_total',
    help: 'Events by result: sent, dropped (held back by the limits), failed (not taken by the cluster).',
    labelNames: ['result'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [result, count] of Object.entries(read())) this.inc({ result }, count as number);
    },
  });
}
