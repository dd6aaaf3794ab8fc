import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Certificate } from '../certificate.ts';
import { mustHarden } from './check.ts';
import type { Generator } from './generator.ts';
import type { Planned } from './loops.ts';
import type { PayloadName } from './payloads.ts';
import { single, writePolicies, type Layout } from './policies.ts';
import { startDropcap, startFloor, type FloorWishes, type Server, type Setting } from './servers.ts';
import { shuffled } from './statistics.ts';

/** What a row needs to measure with. */
export interface Bench {
  readonly folder: string;
  readonly certificate: Certificate;
  readonly namespaces: string;
  readonly generator: Generator;
  readonly random: () => number;
  readonly quick: boolean;
}

/** The API server keeps at most 25 idle connections to a webhook. */
export const connections = 25;

/** Requests a second where it matters how late their answers are. */
export const rate = 500;

let started = 0;

/** Where and how a dropcap with these policies is started. */
export function settingOf(bench: Bench, layout: Layout = single, { store = false } = {}): Setting {
  const { certificate, namespaces, folder } = bench;
  const own = join(folder, `dropcap-${started++}`);
  const files = { auditLog: `${own}.audit`, log: `${own}.log` };
  const auditStore = store ? `${own}.db` : undefined;
  return { certificate, namespaces, ...files, auditStore, policies: writePolicies(folder, layout) };
}

/** Starts a dropcap and sees that it does its work. */
export async function dropcap(bench: Bench, layout?: Layout, wishes?: { readonly store: boolean }): Promise<Server> {
  const server = await startDropcap(settingOf(bench, layout, wishes));
  await mustHarden(server.port, bench.certificate.certFile);
  return server;
}

/** Starts a floor. */
export const floor = (bench: Bench, wishes?: FloorWishes): Promise<Server> => startFloor(bench.certificate, wishes);

/** Keeps a server busy until its code is compiled and its heap has found its size. */
export async function warmUp(bench: Bench, server: Server, payload: PayloadName, ms = 1500): Promise<void> {
  await bench.generator.connect(server.port, connections);
  await bench.generator.saturate({ port: server.port, payload, timeout: 5000, ms, connections });
}

/** CPU time in µs that a server spent on each request of a slice of 250 ms, and the share of its core that it got. */
async function slice(
  bench: Bench,
  { port, usage }: Server,
  payload: PayloadName,
): Promise<{ cpu: number; share: number }> {
  await bench.generator.connect(port, connections);
  const before = await usage();
  const { answers, seconds } = await bench.generator.saturate({ port, payload, timeout: 5000, ms: 250, connections });
  // What was put off, an audit trail's last batch, belongs to these requests as well.
  await sleep(50);
  const spent = (await usage()).cpu - before.cpu;
  return { cpu: spent / answers, share: spent / 1e6 / seconds };
}

/**
 * CPU time in µs that a server spends on a request. Whoever else runs on its core cools its caches, so a slice in which it
 * got less than 0.9 of the core is repeated up to three times, and the one with the largest share counts.
 */
export async function cpuPerRequest(bench: Bench, server: Server, payload: PayloadName): Promise<number> {
  let best = await slice(bench, server, payload);
  for (let again = 0; again < 3 && best.share < 0.9; again++) {
    const next = await slice(bench, server, payload);
    if (next.share > best.share) best = next;
  }
  return best.cpu;
}

/** What became of `ms` milliseconds of typical requests, independent of each other. Throws where too few were answered in time. */
export async function arrive(bench: Bench, { port }: Server, ms: number): Promise<Planned> {
  const seed = 1 + Math.floor(bench.random() * 2 ** 30);
  const planned = await bench.generator.follow({ port, payload: 'typical', timeout: 5000, ms }, rate, seed);
  if (planned.inTime < 0.99 * planned.arrivals)
    throw new Error(`at ${rate}/s too few were answered to know the p99: ${JSON.stringify(planned)}`);
  return planned;
}

/** One measurement of each side per block, in an order that changes from block to block. */
export async function inBlocks<Side extends string, Measured>(
  bench: Bench,
  count: number,
  sides: Readonly<Record<Side, () => Promise<Measured>>>,
): Promise<Record<Side, Measured[]>> {
  const names = Object.keys(sides) as Side[];
  const measured = Object.fromEntries(names.map((name) => [name, [] as Measured[]])) as Record<Side, Measured[]>;
  for (let block = 0; block < count; block++) {
    for (const name of shuffled(names, bench.random)) measured[name].push(await sides[name]());
  }
  return measured;
}

/**
 * Blocks over several generations of processes: two processes of the same code can differ by 6 %, and only new ones show it.
 * `begin` starts and warms the servers of one generation.
 */
export async function inGenerations<Side extends string, Measured>(
  bench: Bench,
  begin: () => Promise<{ servers: readonly Server[]; sides: Readonly<Record<Side, () => Promise<Measured>>> }>,
): Promise<Record<Side, Measured[]>> {
  const [generations, blocks] = bench.quick ? [2, 4] : [4, 5];
  let all: Record<Side, Measured[]> | undefined;
  for (let generation = 0; generation < generations; generation++) {
    const { servers, sides } = await begin();
    const measured = await inBlocks(bench, blocks, sides);
    for (const side of Object.keys(measured) as Side[]) measured[side].unshift(...(all?.[side] ?? []));
    all = measured;
    await Promise.all(servers.map((server) => server.stop()));
  }
  return all!;
}
