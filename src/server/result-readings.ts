import { Counter, Gauge, type Registry } from 'prom-client';
import type { ResultCounts } from '../results/tally.ts';

/** Adds the metrics of what became of pods to a registry. */
export function addResultReadings(registry: Registry, read: () => ResultCounts): void {
  const registers = [registry];
  const total = (name: string, help: string, value: (counts: ResultCounts) => number): void => {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(value(read()));
      },
    });
  };
  new Counter({
    name: 'dropcap_results_total',
    help: 'Audit records by what became of their pods: admitted, altered, not-admitted, unknown.',
    labelNames: ['status'],
    registers,
    collect() {
      this.reset();
      for (const [status, count] of Object.entries(read().statuses)) this.inc({ status }, count);
    },
  });
  new Gauge({
    name: 'dropcap_results_pending',
    help: 'Audit records whose pods are still looked for.',
    registers,
    collect() {
      this.set(read().pending);
    },
  });
  total('dropcap_results_lost_total', 'Results that could not be written.', ({ lost }) => lost);
  total(
    'dropcap_pod_lists_total',
    'Lists of all pods: each but the first is a gap in the watch.',
    ({ lists }) => lists,
  );
  total('dropcap_pod_watches_total', 'Watches on pods that were opened.', ({ watches }) => watches);
}
