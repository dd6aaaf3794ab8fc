/** Pods made at a steady rate in dry run, planned ahead: a slow answer does not slow the next request down. */
import { isDeepStrictEqual } from 'node:util';
import { createPod } from './api.ts';
import { HARDENED, pod, type StoredPod } from './pods.ts';

/** A request that was not answered with a hardened pod. */
export interface Failure {
  /** Milliseconds since the load began. */
  readonly at: number;
  readonly why: string;
}

/** What became of a load. */
export interface LoadResult {
  readonly requests: number;
  readonly failures: readonly Failure[];
  /** Of the answers, in milliseconds. */
  readonly slowest: number;
}

/** A load that goes on. */
export interface Load {
  /** Requests that were sent and not answered yet. */
  readonly inFlight: () => number;
  readonly sent: () => number;
  /** Milliseconds since it began. */
  readonly now: () => number;
}

async function one(namespace: string, i: number): Promise<string> {
  const { status, body } = await createPod(namespace, pod(`load-${i}`), true);
  if (status !== 201) return String(body['message']);
  const { securityContext } = (body as unknown as StoredPod).spec.containers[0]!;
  return isDeepStrictEqual(securityContext, HARDENED) ? '' : 'not hardened';
}

function start(namespace: string, perSecond: number): Load & { stop(): Promise<LoadResult> } {
  const began = performance.now();
  const now = (): number => Math.round(performance.now() - began);
  const failures: Failure[] = [];
  const running = new Set<Promise<void>>();
  let sent = 0;
  let slowest = 0;
  const send = (): void => {
    const from = performance.now();
    const request = one(namespace, sent++)
      .catch((error: unknown) => `no answer: ${String(error)}`)
      .then((why) => {
        running.delete(request);
        slowest = Math.max(slowest, performance.now() - from);
        if (why !== '') failures.push({ at: now(), why });
      });
    running.add(request);
  };
  const timer = setInterval(() => {
    while (sent < (now() / 1000) * perSecond) send();
  }, 5);
  return {
    inFlight: () => running.size,
    sent: () => sent,
    now,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(running);
      return { requests: sent, failures, slowest: Math.round(slowest) };
    },
  };
}

/** Makes so many pods a second in a namespace where `restricted` is enforced, while something else goes on. */
export async function underLoad(
  namespace: string,
  meanwhile: (load: Load) => Promise<void>,
  perSecond = 50,
): Promise<LoadResult> {
  const load = start(namespace, perSecond);
  try {
    await meanwhile(load);
  } finally {
    await load.stop();
  }
  return load.stop();
}
