import { dropcap, inGenerations, warmUp, type Bench } from '../bench.ts';
import type { Server } from '../servers.ts';
import { estimate, median, ratios } from '../statistics.ts';
import type { Row } from './row.ts';

const rate = 500;
/** Enough for a disk that says nothing for a second: that is to be seen as late answers and not as missing connections. */
const connections = 500;
/** Saturated, then some slices: until then threads that compile code take the core for as long as a p99 is. */
const warmUpMs = 8_000;
const warmUpSlices = 6;
/** What a server put off until it went on comes before its slice, at the same rate. */
const leadInMs = 1_000;
/** The store is filled every third second: each slice is to have its share. */
const sliceMs = 3_000;

interface Slice {
  /** CPU time in µs that the server spent on each request. */
  readonly cpu: number;
  readonly p99: number;
}

async function follow(bench: Bench, { port, usage }: Server, ms: number): Promise<Slice> {
  const seed = 1 + Math.floor(bench.random() * 2 ** 30);
  const before = await usage();
  const planned = await bench.generator.follow({ port, payload: 'typical', timeout: 5000, ms }, rate, seed);
  const spent = (await usage()).cpu - before.cpu;
  if (planned.inTime < 0.99 * planned.arrivals)
    throw new Error(`at ${rate}/s too few were answered to know the p99: ${JSON.stringify(planned)}`);
  return { cpu: spent / planned.arrivals, p99: planned.p99 };
}

/** A slice of a server that runs only meanwhile: what one does without being asked must not be counted as another's. */
async function sliceOf(bench: Bench, server: Server): Promise<Slice> {
  server.resume();
  await bench.generator.connect(server.port, connections);
  await follow(bench, server, leadInMs);
  const slice = await follow(bench, server, sliceMs);
  // The server would close those that are idle for a minute.
  await bench.generator.connect(server.port, 0);
  server.pause();
  return slice;
}

async function start(bench: Bench, wishes?: { readonly store: boolean }): Promise<Server> {
  const server = await dropcap(bench, undefined, wishes);
  await warmUp(bench, server, 'typical', warmUpMs);
  await bench.generator.connect(server.port, 0);
  server.pause();
  return server;
}

/** What it costs that each answer waits until its record is on disk, over the same server without a store. */
export const durable: Row = {
  name: 'durable',
  async measure(bench) {
    const p99s = { on: [] as number[], off: [] as number[] };
    const cpus = await inGenerations(bench, async () => {
      const servers = [await start(bench, { store: true }), await start(bench)] as const;
      const [on, off] = servers;
      for (let slice = 0; slice < warmUpSlices; slice++) for (const server of servers) await sliceOf(bench, server);
      const side = (server: Server, to: number[]) => async () => {
        const { cpu, p99 } = await sliceOf(bench, server);
        to.push(p99);
        return cpu;
      };
      return { servers, sides: { on: side(on, p99s.on), off: side(off, p99s.off) } };
    });
    const later = p99s.on.map((p99, block) => p99 - p99s.off[block]!);
    return [
      {
        title: `CPU at ${rate} requests/s with an audit store ÷ without, typical`,
        must: 1.25,
        aim: 1.15,
        unit: '',
        measured: estimate(ratios(cpus.on, cpus.off), bench.random),
        note: `${median(cpus.on).toFixed(0)} µs ÷ ${median(cpus.off).toFixed(0)} µs`,
      },
      {
        title: `p99 at ${rate} requests/s with an audit store − without, typical`,
        must: 5,
        aim: 3,
        unit: ' ms',
        measured: estimate(later, bench.random),
        note: `${median(p99s.on).toFixed(2)} ms − ${median(p99s.off).toFixed(2)} ms`,
      },
    ];
  },
};
