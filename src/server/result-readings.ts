import type { Registry } from 'prom-client';
import type { ResultCounts } from '../results/tally.ts';
import { gauge, total, totals } from './read.ts';

/** Adds the metrics of what became of pods to a registry. */
export function addResultReadings(registry: Registry, read: () => ResultCounts): void {
  const statuses = 'Audit records by what became of their pods: admitted, altered, not-admitted, unknown.';
  totals(registry, 'dropcap_results_total', statuses, 'status', () => read().statuses);
  const pending = 'Audit records whose pods are still looked for.';
  gauge(registry, 'dropcap_results_pending', pending, () => read().pending);
  total(registry, 'dropcap_results_lost_total', 'Results that could not be written.', () => read().lost);
  const lists = 'Lists of all pods: each but the first is a gap in the watch.';
  total(registry, 'dropcap_pod_lists_total', lists, () => read().lists);
  total(registry, 'dropcap_pod_watches_total', 'Watches on pods that were opened.', () => read().watches);
}
