/** Looks at what became of the pods that were decided, and writes it into the journal of their records. */
import type { ResultLine } from '../audit/admission-result.ts';
import type { AuditRecord } from '../audit/record.ts';
import type { Connection } from '../kube/connection.ts';
import { PodWatch } from '../kube/pod-watch.ts';
import { readPod } from '../kube/pods.ts';
import type { SeenPod } from '../kube/pod-metadata.ts';
import { comparison } from './compare.ts';
import { Ephemerals } from './ephemerals.ts';
import { Expectations, type Result } from './expectations.ts';
import { expectedAgain, type Expected } from './expected.ts';
import { Outbox } from './outbox.ts';
import { Proof } from './proof.ts';
import { PodReader, type Reading } from './reader.ts';
import { ResultTally, type ResultCounts } from './tally.ts';

/** As long as the API server lets a request take, in milliseconds. */
const PATIENCE_MS = 60_000;
const GRACE_MS = 300_000;
const CAPACITY = 10_000;
const TICK_MS = 1_000;

/** What results are made of. */
export interface ResultsOptions {
  /** To the cluster whose pods are decided; closed with the results. */
  readonly connection: Connection;
  /** Writes a line into the journal; rejects where it cannot. */
  readonly append: (line: string) => Promise<void>;
  /** Records of before the start of which it is not known what became. */
  readonly awaited: () => Promise<readonly AuditRecord[]>;
  /** The watch fails, once for each outage, or the records of before cannot be had. */
  readonly onError: (error: Error) => void;
  /** How long after its record a pod may come to be, in milliseconds; a minute where it is left out. */
  readonly patienceMs?: number | undefined;
}

/** What looks at pods. */
export interface Results {
  /** A request is about to be answered, and its pod to be looked for. Returns at once. */
  expect(expected: Expected): void;
  counts(): ResultCounts;
  /** Ends the watch, and writes what is known. What is not known yet is looked for at the next start. */
  close(): Promise<void>;
}

class PodResults implements Results {
  readonly #options: ResultsOptions;
  readonly #expectations: Expectations;
  readonly #ephemerals: Ephemerals;
  readonly #watch: PodWatch;
  readonly #reader: PodReader;
  readonly #outbox: Outbox;
  readonly #tally = new ResultTally();
  readonly #proof: Proof;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: ResultsOptions) {
    this.#options = options;
    const { connection, onError, patienceMs = PATIENCE_MS } = options;
    const tell = (expected: Expected, result: Result): void => this.#tell(expected, result);
    const compare = (expected: Expected, pod: SeenPod): void => this.#compare(expected, pod);
    const read = (expected: Expected, done: (reading: Reading) => void): void => this.#reader.ask(expected, done);
    this.#outbox = new Outbox(options.append);
    this.#reader = new PodReader((place) => readPod(connection, place));
    this.#expectations = new Expectations({ patienceMs, graceMs: GRACE_MS, capacity: CAPACITY, tell, compare });
    this.#ephemerals = new Ephemerals({ patienceMs, capacity: CAPACITY, tell, read });
    this.#watch = new PodWatch(connection, {
      onPod: (pod, isNew) => {
        this.#expectations.saw(pod, isNew);
        this.#ephemerals.saw(pod);
      },
      onGap: () => this.#expectations.gap(),
      onWhole: () => this.#expectations.whole(),
      onError,
    });
    this.#proof = new Proof(this.#watch);
  }

  expect(expected: Expected): void {
    const kind = expected.ephemeral ? this.#ephemerals : this.#expectations;
    kind.expect(expected, performance.now());
  }

  counts(): ResultCounts {
    const pending = this.#expectations.size + this.#ephemerals.size + this.#reader.size;
    return { ...this.#tally.counts(), pending, lost: this.#outbox.lost, ...this.#watch.counts() };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#watch.close();
    this.#reader.close();
    this.#options.connection.close();
    await this.#outbox.close();
  }

  /** Those of before come first, for the list that the watch begins with shows their pods. */
  async run(): Promise<void> {
    const records = await this.#options.awaited().catch((error: unknown) => {
      this.#options.onError(error as Error);
      return [];
    });
    for (const record of records) {
      const expected = expectedAgain(record);
      if (expected) this.expect(expected);
    }
    if (this.#isClosed) return;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    await this.#watch.run();
  }

  #tick(): void {
    const now = performance.now();
    const seen = this.#proof.take();
    if (seen !== undefined) this.#expectations.seenUntil(seen);
    this.#expectations.tick(now);
    this.#ephemerals.tick(now);
    if (this.#expectations.isDue(now)) this.#proof.seek(now);
  }

  #compare(expected: Expected, { namespace, name, uid }: SeenPod): void {
    this.#reader.ask({ namespace, name }, (reading) => {
      this.#tell(expected, comparison(expected, { name, uid }, reading));
    });
  }

  #tell({ uid, recorded }: Expected, { status, ...rest }: Result): void {
    this.#tally.add(status);
    const line: ResultLine = { result: { status, time: new Date().toISOString(), ...rest }, uid, recorded };
    this.#outbox.add(JSON.stringify(line));
  }
}

/** Begins to look at pods, in the background: whatever fails is told and tried again. */
export function startResults(options: ResultsOptions): Results {
  const results = new PodResults(options);
  results.run().catch((error: unknown) => options.onError(error as Error));
  return results;
}
