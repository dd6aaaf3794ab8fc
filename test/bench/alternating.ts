import { arrive, inGenerations, warmUp, type Bench } from './bench.ts';
import type { Result } from './result.ts';
import type { Server } from './servers.ts';
import { differences, estimate, median } from './statistics.ts';

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
  /** In ms. */
  readonly p99: number;
}

type Sides = Readonly<Record<'on' | 'off', readonly number[]>>;

async function measured(bench: Bench, server: Server): Promise<Slice> {
  const before = await server.usage();
  const { arrivals, p99 } = await arrive(bench, server, sliceMs);
  return { cpu: ((await server.usage()).cpu - before.cpu) / arrivals, p99 };
}

/** A slice of a server that runs only meanwhile: what one does without being asked must not be counted as another's. */
async function sliceOf(bench: Bench, server: Server): Promise<Slice> {
  server.resume();
  await bench.generator.connect(server.port, connections);
  await arrive(bench, server, leadInMs);
  const slice = await measured(bench, server);
  // The server would close those that are idle for a minute.
  await bench.generator.connect(server.port, 0);
  server.pause();
  return slice;
}

async function warmed(bench: Bench, server: Server): Promise<Server> {
  await warmUp(bench, server, 'typical', warmUpMs);
  await bench.generator.connect(server.port, 0);
  server.pause();
  return server;
}

/**
 * The same requests to a server that does something, and to one that is the same but for that. Resolves to what their slices came
 * to, in the same order.
 */
export async function alternating(
  bench: Bench,
  start: Readonly<Record<'on' | 'off', () => Promise<Server>>>,
): Promise<Readonly<Record<keyof Slice, Sides>>> {
  const slices = await inGenerations(bench, async () => {
    const on = await warmed(bench, await start.on());
    const off = await warmed(bench, await start.off());
    for (let slice = 0; slice < warmUpSlices; slice++) for (const server of [on, off]) await sliceOf(bench, server);
    return { servers: [on, off], sides: { on: () => sliceOf(bench, on), off: () => sliceOf(bench, off) } };
  });
  const of = (field: keyof Slice): Sides => ({
    on: slices.on.map((slice) => slice[field]),
    off: slices.off.map((slice) => slice[field]),
  });
  return { cpu: of('cpu'), p99: of('p99') };
}

/** By how much the p99 of the one is above that of the other. */
export const later = (p99: Sides, random: () => number): Pick<Result, 'unit' | 'measured' | 'note'> => ({
  unit: ' ms',
  measured: estimate(differences(p99.on, p99.off), random),
  note: `${median(p99.on).toFixed(2)} ms − ${median(p99.off).toFixed(2)} ms`,
});
