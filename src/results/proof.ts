/** How far the watch is known to be. */
import { isAsNew } from '../kube/pod-pages.ts';
import type { PodWatch } from '../kube/pod-watch.ts';

/** How often the cluster is asked, in milliseconds, at most. */
const EVERY_MS = 5_000;
/** How many versions are waited for at most, in a watch that stands still. */
const MOST = 100;

interface Sought {
  readonly time: number;
  readonly version: string;
}

/**
 * Learns that the watch has shown all pods made before some time: it has, once it is at the version that the cluster had after
 * that time. In a cluster where nothing happens a bookmark says so, each minute.
 */
export class Proof {
  readonly #watch: Pick<PodWatch, 'version' | 'newest'>;
  /** The oldest first. */
  #sought: Sought[] = [];
  #asked = -Infinity;
  #isAsking = false;

  constructor(watch: Pick<PodWatch, 'version' | 'newest'>) {
    this.#watch = watch;
  }

  /** Begins to wait for the watch to have shown what was made before this time, which is now. */
  seek(time: number): void {
    if (this.#isAsking || time - this.#asked < EVERY_MS || this.#sought.length >= MOST) return;
    this.#asked = time;
    this.#isAsking = true;
    this.#watch
      .newest()
      .then((version) => this.#sought.push({ time, version }))
      // It is sought again; of an outage the watch tells.
      .catch(() => undefined)
      .finally(() => (this.#isAsking = false));
  }

  /** The latest time of which the watch has shown all that was made before; undefined where it is not known of any. */
  take(): number | undefined {
    const { version } = this.#watch;
    const reached = version === '' ? [] : this.#sought.filter((sought) => isAsNew(version, sought.version));
    this.#sought = this.#sought.filter((sought) => !reached.includes(sought));
    return reached.at(-1)?.time;
  }
}
