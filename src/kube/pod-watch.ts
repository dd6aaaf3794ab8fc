/**
 * All pods of a cluster as they come, by their metadata alone: listed once, then watched from that version on. A watch that ends
 * goes on from where it was, and nothing is missed. What the cluster no longer remembers is a gap, and a new list follows.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterFailure } from './api.ts';
import type { Connection } from './connection.ts';
import { linesOf } from './lines.ts';
import { METADATA, podPage, PODS, type PodEvent } from './pod-pages.ts';
import { seenPod, type SeenPod } from './pod-metadata.ts';

/** Longer than any pod can be. */
const MAX_LINE_BYTES = 8 * 1024 * 1024;
/** A bookmark comes each minute, so that after this the connection is dead. */
const SILENCE_MS = 150_000;
/** The API server ends a watch after this, in seconds, and half as much again at most. */
const WATCH_SECONDS = 300;
const PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 30_000;
/** Refusals in a row after which the version itself is in doubt, as after the cluster was restored from an older copy. */
const DOUBTS = 5;

const PAGE = 500;
const GONE = 410;

/** Whom the watch tells. */
export interface PodWatcher {
  /** A pod as it is, or was last; `isNew` where it was made a moment ago. */
  readonly onPod: (pod: SeenPod, isNew: boolean) => void;
  /** From now on pods may come and go unseen, until `onWhole`. */
  readonly onGap: () => void;
  readonly onWhole: () => void;
  /** Once for each outage. */
  readonly onError: (error: Error) => void;
}

/** How often it had to begin again. */
export interface PodWatchCounts {
  /** Lists made, the first included: each but that is a gap. */
  readonly lists: number;
  /** Watches opened. */
  readonly watches: number;
}

/** One watch over the pods of a cluster. */
export class PodWatch {
  readonly #connection: Connection;
  readonly #watcher: PodWatcher;
  readonly #closed = new AbortController();
  readonly #isClosed = (): boolean => this.#closed.signal.aborted;
  #lists = 0;
  #watches = 0;
  #failures = 0;
  #refusals = 0;
  #version = '';

  constructor(connection: Connection, watcher: PodWatcher) {
    this.#connection = connection;
    this.#watcher = watcher;
  }

  /** How far the watch is; empty before the first list. */
  get version(): string {
    return this.#version;
  }

  counts(): PodWatchCounts {
    return { lists: this.#lists, watches: this.#watches };
  }

  /** The version of all pods now, as the cluster has it: what was made before is no newer. */
  async newest(): Promise<string> {
    return (await podPage(this.#connection, 1, '')).metadata.resourceVersion;
  }

  /** Lists and watches until it is closed. Never rejects. */
  async run(): Promise<void> {
    while (!this.#isClosed()) {
      try {
        if (this.#version === '') await this.#list();
        await this.#watch();
      } catch (error) {
        if (this.#isClosed()) return;
        if (this.#failures++ === 0) this.#watcher.onError(error as Error);
      }
      const pause = Math.min(PAUSE_MS * 2 ** Math.max(this.#failures - 1, 0), MAX_PAUSE_MS) * (0.5 + Math.random() / 2);
      await sleep(pause, undefined, { signal: this.#closed.signal }).catch(() => undefined);
    }
  }

  /** Ends it; the connection is the caller's. */
  close(): void {
    this.#closed.abort();
  }

  async #list(): Promise<void> {
    this.#lists++;
    this.#watcher.onGap();
    let from = '';
    do {
      const { metadata, items } = await podPage(this.#connection, PAGE, from);
      for (const item of items ?? []) this.#watcher.onPod(seenPod(item), false);
      from = metadata.continue ?? '';
      if (from === '') this.#version = metadata.resourceVersion;
    } while (from !== '');
    this.#watcher.onWhole();
  }

  async #watch(): Promise<void> {
    const seconds = Math.round(WATCH_SECONDS * (1 + Math.random() / 2));
    const path = `${PODS}?watch=true&allowWatchBookmarks=true&timeoutSeconds=${seconds}&resourceVersion=${this.#version}`;
    this.#watches++;
    const response = await this.#connection.open({ path, accept: METADATA, silenceMs: SILENCE_MS });
    const close = (): void => void response.destroy();
    this.#closed.signal.addEventListener('abort', close);
    try {
      if (response.statusCode !== 200) this.#refuse(response.statusCode);
      else for await (const line of linesOf(response, MAX_LINE_BYTES)) this.#take(line);
    } finally {
      this.#closed.signal.removeEventListener('abort', close);
      response.destroy();
    }
  }

  #take(line: string | undefined): void {
    if (line === undefined) {
      // One pod was passed over; the next event tells how far the watch is.
      this.#watcher.onGap();
      this.#watcher.onWhole();
      return;
    }
    const { type, object } = JSON.parse(line) as PodEvent;
    if (type === 'ERROR') {
      this.#refuse(object.code);
      return;
    }
    this.#failures = this.#refusals = 0;
    // Before the version: whoever sees that has seen the pod.
    if (type !== 'BOOKMARK') this.#watcher.onPod(seenPod(object), type === 'ADDED');
    this.#version = object.metadata.resourceVersion;
  }

  #refuse(status: number | undefined): void {
    this.#refusals++;
    if (status === GONE || this.#refusals % DOUBTS === 0) this.#version = '';
    if (status !== GONE) throw new ClusterFailure(`pods: watch: HTTP ${status}`);
  }
}
