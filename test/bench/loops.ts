import type { Connection } from './connection.ts';
import type { Pool } from './pool.ts';
import { percentile } from './statistics.ts';

/** What a closed loop saw: how often each status came back (0 is a broken connection), and in how many seconds. */
export interface Saturated {
  readonly answers: number;
  readonly seconds: number;
  readonly statuses: Readonly<Record<number, number>>;
}

/** What became of the planned arrivals of an open loop, times in ms from the planned arrival. */
export interface Planned {
  readonly arrivals: number;
  /** Answered 200 within the deadline. */
  readonly inTime: number;
  /** Answered 200 after the deadline. */
  readonly late: number;
  /** Answered 503. */
  readonly refused: number;
  /** No idle connection at the planned time. */
  readonly missed: number;
  /** Any other status, a broken connection, or no answer at all. */
  readonly failed: number;
  readonly p50: number;
  readonly p99: number;
  /** The 99th percentile of how late this generator itself was. */
  readonly lag: number;
}

/** Keeps so many connections of the pool busy for `ms`, then waits for what is under way. */
export function saturate(pool: Pool, requests: readonly Buffer[], connections: number, ms: number): Promise<Saturated> {
  const statuses: Record<number, number> = {};
  const begin = performance.now();
  let [answers, busy, turn] = [0, 0, 0];
  return new Promise((resolve) => {
    const ask = (connection: Connection): void => {
      connection.ask(requests[turn++ % requests.length]!, (status) => {
        answers++;
        statuses[status] = (statuses[status] ?? 0) + 1;
        const now = performance.now();
        if (now - begin < ms && connection.usable) {
          ask(connection);
          return;
        }
        pool.give(connection);
        if (--busy === 0) resolve({ answers, seconds: (now - begin) / 1000, statuses });
      });
    };
    const idle: Connection[] = [];
    while (idle.length < connections) {
      const connection = pool.take();
      if (connection === undefined) break;
      idle.push(connection);
    }
    busy = idle.length;
    idle.forEach(ask);
    if (busy === 0) resolve({ answers, seconds: 0, statuses });
  });
}

// Between two bursts of sending, answers must be read, or the generator measures its own blindness.
const burst = 32;

/** What one arrival came to, before it is known otherwise. */
const unanswered = -1;
const noConnection = -2;

/**
 * Sends a request at each planned time (ms from now), whether or not earlier ones are answered, and classes the answers.
 * After the last arrival it waits `patience` ms for answers, then breaks the connections that are still waiting.
 */
export async function follow(
  pool: Pool,
  requests: readonly Buffer[],
  plan: readonly number[],
  deadline: number,
  patience: number,
): Promise<Planned> {
  const size = pool.size;
  const statuses = new Int16Array(plan.length).fill(unanswered);
  const latencies = new Float64Array(plan.length);
  const lags: number[] = [];
  const begin = performance.now();
  let [next, waiting] = [0, 0];

  const send = (arrival: number): void => {
    const connection = pool.take();
    if (connection === undefined) {
      statuses[arrival] = noConnection;
      pool.refill(size);
      return;
    }
    waiting++;
    lags.push(performance.now() - begin - plan[arrival]!);
    connection.ask(requests[arrival % requests.length]!, (status) => {
      waiting--;
      statuses[arrival] = status;
      latencies[arrival] = performance.now() - begin - plan[arrival]!;
      pool.give(connection);
      if (!connection.usable) pool.refill(size);
    });
  };
  const end = (plan.at(-1) ?? 0) + patience;
  const idle = (): boolean => next === plan.length && waiting === 0;
  // A timer is a millisecond coarse, so the generator spins: it has a core of its own.
  for (let now = 0; !idle() && now < end; now = performance.now() - begin) {
    for (let sent = 0; sent < burst && next < plan.length && plan[next]! <= now; sent++) send(next++);
    await new Promise(setImmediate);
  }
  pool.abandon();
  return summary(statuses, latencies, lags, deadline);
}

function summary(statuses: Int16Array, latencies: Float64Array, lags: readonly number[], deadline: number): Planned {
  const count = (is: (status: number, latency: number) => boolean): number =>
    statuses.reduce((sum, status, arrival) => sum + (is(status, latencies[arrival]!) ? 1 : 0), 0);
  const answered = [...latencies.filter((_, arrival) => statuses[arrival] === 200)];
  return {
    arrivals: statuses.length,
    inTime: count((status, latency) => status === 200 && latency <= deadline),
    late: count((status, latency) => status === 200 && latency > deadline),
    refused: count((status) => status === 503),
    missed: count((status) => status === noConnection),
    failed: count((status) => status !== 200 && status !== 503 && status !== noConnection),
    p50: percentile(answered, 0.5),
    p99: percentile(answered, 0.99),
    lag: percentile(lags, 0.99),
  };
}
