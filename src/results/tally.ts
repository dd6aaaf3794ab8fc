import type { AdmissionStatus } from '../audit/admission-result.ts';
import type { PodWatchCounts } from '../kube/pod-watch.ts';

/** How many requests came to what, and how the watch fares. */
export interface ResultCounts extends PodWatchCounts {
  readonly statuses: Readonly<Record<AdmissionStatus, number>>;
  /** Requests of which it is not known yet. */
  readonly pending: number;
  /** Results that could not be written. */
  readonly lost: number;
}

/** Counts results by their status. */
export class ResultTally {
  readonly #statuses: Record<AdmissionStatus, number> = { admitted: 0, altered: 0, 'not-admitted': 0, unknown: 0 };

  add(status: AdmissionStatus): void {
    this.#statuses[status]++;
  }

  counts(): Pick<ResultCounts, 'statuses'> {
    return { statuses: { ...this.#statuses } };
  }
}
