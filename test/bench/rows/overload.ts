import { freemem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { dropcap, floor, warmUp, type Bench } from '../bench.ts';
import type { Planned } from '../loops.ts';
import type { PayloadName } from '../payloads.ts';
import type { Goal, Result } from '../result.ts';
import type { Server } from '../servers.ts';
import { estimate, median, ratios, shuffled } from '../statistics.ts';
import type { Row } from './row.ts';

/** Short enough that at twice the capacity the waiting soon exceeds it, in ms. */
const deadline = 250;

/** Connections that saturate a server without making anything wait long: its capacity is measured with these. */
const busy = 64;

/**
 * Enough connections that the server and not the pool is the limit: all that can be under way before the deadline, and as
 * many again for answers that come late. Bounded by memory, about 0.5 MB for both ends of a connection, and by 4,000.
 */
const poolFor = (rate: number): number =>
  Math.min(4000, Math.floor(freemem() / 2 ** 19), Math.ceil((rate * deadline * 2) / 1000) + busy);

type Arrived = Planned & { readonly lost: number };

interface Block {
  /** Answers a second in a closed loop, just before. */
  readonly capacity: number;
  /** Whether nothing else used the server's core, as far as the capacity before and after can tell. */
  readonly undisturbed: boolean;
  readonly once: Arrived;
  readonly twice: Arrived;
}

/** What a server can do in a closed loop, and the share of its core that it got for it. */
async function capacityOf(bench: Bench, { port, usage }: Server, payload: PayloadName): Promise<[number, number]> {
  const before = await usage();
  const run = await bench.generator.saturate({ port, payload, timeout: 5000, ms: 750, connections: busy });
  const after = await usage();
  return [run.answers / run.seconds, (after.cpu - before.cpu) / 1e6 / run.seconds];
}

async function blockOf(bench: Bench, server: Server, payload: PayloadName, size: number): Promise<Block> {
  const { port } = server;
  const ms = bench.quick ? 1000 : 2000;
  const seed = 1 + Math.floor(bench.random() * 2 ** 30);
  await bench.generator.connect(port, size);
  const [capacity, share] = await capacityOf(bench, server, payload);
  const arrived: Arrived[] = [];
  for (const factor of shuffled([1, 2], bench.random)) {
    await bench.generator.connect(port, size);
    await sleep(200);
    arrived[factor] = await bench.generator.follow({ port, payload, timeout: deadline, ms }, factor * capacity, seed);
  }
  const [later, laterShare] = await capacityOf(bench, server, payload);
  const undisturbed = Math.min(share, laterShare) > 0.9 && Math.abs(later / capacity - 1) < 0.15;
  return { capacity, undisturbed, once: arrived[1]!, twice: arrived[2]! };
}

/** Blocks in which nobody else used the core, if need be from three times as many; all there are if that was too few. */
async function blocksOf(bench: Bench, server: Server, payload: PayloadName, count: number): Promise<Block[]> {
  await warmUp(bench, server, payload);
  await bench.generator.connect(server.port, busy);
  const [capacity] = await capacityOf(bench, server, payload);
  const blocks: Block[] = [];
  const undisturbed = (): Block[] => blocks.filter((block) => block.undisturbed);
  while (undisturbed().length < count && blocks.length < 3 * count) {
    blocks.push(await blockOf(bench, server, payload, poolFor(2 * capacity)));
  }
  return undisturbed().length >= count / 2 ? undisturbed() : blocks;
}

const words = {
  inTime: 'in time',
  late: 'late',
  refused: 'refused',
  missed: 'no connection',
  failed: 'failed',
} as const;
const kinds = Object.keys(words) as (keyof typeof words)[];

/** What became of all the arrivals of some slices, in percent. */
function shares(slices: readonly Arrived[]): string {
  const sum = (kind: keyof Planned): number => slices.reduce((total, slice) => total + slice[kind], 0);
  const share = (kind: keyof typeof words): number => Math.round((100 * sum(kind)) / sum('arrivals'));
  return kinds
    .filter((kind) => share(kind) > 0)
    .map((kind) => `${share(kind)} % ${words[kind]}`)
    .join(', ');
}

function noteOn(blocks: readonly Block[]): string {
  const [once, twice] = [blocks.map((block) => block.once), blocks.map((block) => block.twice)];
  const lag = median(twice.map((slice) => slice.lag));
  const lost = twice.reduce((total, slice) => total + slice.lost, 0);
  return [
    `capacity ${median(blocks.map(({ capacity }) => capacity)).toFixed(0)}/s`,
    `at 1×: ${shares(once)}`,
    `at 2×: ${shares(twice)}, p99 ${median(twice.map(({ p99 }) => p99)).toFixed(0)} ms`,
    ...(lost > 0 ? [`${lost} connections closed by the server`] : []),
    ...(blocks.every(({ undisturbed }) => undisturbed) ? [] : ["DISTURBED: something else used the server's core"]),
    ...(lag > deadline / 10 ? [`DISTURBED: the generator itself was ${lag.toFixed(0)} ms late`] : []),
  ].join('; ');
}

async function overloaded(
  bench: Bench,
  server: Server,
  payload: PayloadName,
  goal: Goal,
  count: number,
): Promise<Result> {
  const blocks = await blocksOf(bench, server, payload, count);
  await server.stop();
  const inTime = ratios(
    blocks.map(({ twice }) => twice.inTime),
    blocks.map(({ once }) => once.inTime),
  );
  return { ...goal, measured: estimate(inTime, bench.random), note: noteOn(blocks) };
}

/** Whether a server that is asked for twice what it can do still does what it can: answers within a deadline of 250 ms. */
export const overload: Row = {
  name: 'overload',
  async measure(bench) {
    const results: Result[] = [];
    for (const payload of ['typical', 'large'] as const) {
      const goal = {
        title: `answers in time at 2× ÷ at capacity, ${payload}`,
        must: 0.8,
        aim: 0.95,
        unit: '',
      } as const;
      results.push(await overloaded(bench, await dropcap(bench), payload, goal, bench.quick ? 4 : 10));
      const floors = { title: `the floor's, which never refuses, ${payload}`, unit: '' } as const;
      results.push(await overloaded(bench, await floor(bench), payload, floors, bench.quick ? 2 : 4));
    }
    return results;
  },
};
