/** Runs side by side on a model of the cluster, in an order that fast-check chooses, with ends anywhere. */
import fc from 'fast-check';
import type { Cluster } from '../../src/certificates/cluster.ts';
import { issue } from '../../src/certificates/issue.ts';
import { settle, Unsettled } from '../../src/certificates/settle.ts';
import type { Gate, ModelCluster } from './model.ts';

export const DNS_NAME = 'dropcap-webhook.dropcap-system.svc';
export const PROPAGATION_MS = 10_000;

/** One run. */
export interface Run {
  readonly renew: boolean;
  /** Ends for good at this request, counted from 0, before or after it is done; undefined: never. */
  readonly crash: { readonly at: number; readonly done: boolean } | undefined;
  /** How far its clock is off, in milliseconds. */
  readonly skew: number;
}

/** Runs that begin together, some time after those before. */
export interface Phase {
  readonly after: number;
  readonly runs: readonly Run[];
  /** What passes at each request, in milliseconds; begins anew where it ends. */
  readonly delays: readonly number[];
}

/** How a run ended. */
export type Ended = 'settled' | 'crashed' | 'refused';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

const run: fc.Arbitrary<Run> = fc.record({
  renew: fc.boolean(),
  crash: fc.option(fc.record({ at: fc.nat(12), done: fc.boolean() }), { nil: undefined }),
  skew: fc.integer({ min: -MINUTE, max: MINUTE }),
});

const phase: fc.Arbitrary<Phase> = fc.record({
  after: fc.oneof(fc.nat(MINUTE), fc.nat(20 * MINUTE), fc.nat(70 * DAY)),
  runs: fc.array(run, { minLength: 1, maxLength: 4 }),
  delays: fc.array(fc.oneof(fc.nat(100), fc.nat(20_000)), { minLength: 1, maxLength: 20 }),
});

/** A few phases of a cluster's life. */
export const lives = fc.array(phase, { minLength: 1, maxLength: 4 });

class Crash extends Error {}

/** How runs are made to differ from what they should be, to see that the laws notice. */
export interface Fault {
  readonly locks?: boolean;
  readonly propagationMs?: number;
  readonly through?: (cluster: Cluster) => Cluster;
}

/** One run through a gate. Rejects where it gives up. */
export async function oneRun(
  cluster: ModelCluster,
  { renew, crash, skew }: Run,
  gate: Gate,
  fault: Fault = {},
): Promise<Ended> {
  let requests = 0;
  const mortal: Gate = (label, act) =>
    gate(label, () => {
      const last = requests++ === crash?.at;
      if (last && !crash.done) throw new Crash();
      const result = act();
      if (last) throw new Crash();
      return result;
    });
  const { through = (same: Cluster) => same, propagationMs = PROPAGATION_MS } = fault;
  const wants = { dnsName: DNS_NAME, validDays: 90, renew, propagationMs };
  try {
    await settle(through(cluster.seenThrough(mortal)), wants, {
      now: () => new Date(cluster.now + skew),
      sleep: (ms) => {
        const wake = cluster.now + ms;
        return gate('sleep', () => (cluster.now = Math.max(cluster.now, wake)));
      },
      random: () => 0.5,
      issue: async (order) => {
        const issued = await issue(order);
        return gate('issue', () => issued);
      },
      tell: () => undefined,
    });
    return 'settled';
  } catch (error) {
    if (error instanceof Crash) return 'crashed';
    if (error instanceof Unsettled && error.message.startsWith('renewed too often')) return 'refused';
    throw error;
  }
}

/** Runs one phase after the other. Rejects where a run gives up. */
export async function live(
  cluster: ModelCluster,
  phases: readonly Phase[],
  scheduler: fc.Scheduler,
  fault: Fault = {},
): Promise<Ended[]> {
  const ended: Ended[] = [];
  cluster.locks = fault.locks ?? true;
  for (const { after, runs, delays } of phases) {
    cluster.now += after;
    let requests = 0;
    const gate: Gate = async (label, act) => {
      await scheduler.schedule(Promise.resolve(), label);
      cluster.now += delays[requests++ % delays.length]!;
      return act();
    };
    const all = Promise.all(runs.map((one) => oneRun(cluster, one, gate, fault)));
    ended.push(...(await scheduler.waitFor(all)));
  }
  return ended;
}
