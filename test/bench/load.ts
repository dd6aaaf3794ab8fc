/** The load generator, a process of its own so that it never shares a core with what it measures. Argument: the CA file. */
import { readFileSync } from 'node:fs';
import { follow, saturate, type Planned, type Saturated } from './loops.ts';
import { requests, type PayloadName } from './payloads.ts';
import { Pool } from './pool.ts';
import { arrivals, seeded } from './statistics.ts';

/** What is sent to which server; `timeout` in ms is what the API server would write in the address. */
export interface Sending {
  readonly port: number;
  readonly payload: PayloadName;
  readonly timeout: number;
  readonly ms: number;
}

/** What the generator can be told to do. */
export type Command =
  | { readonly do: 'connect'; readonly port: number; readonly connections: number }
  | ({ readonly do: 'saturate'; readonly connections: number } & Sending)
  | ({ readonly do: 'follow'; readonly rate: number; readonly seed: number } & Sending);

/** What the generator answers; `lost` counts the connections that the server closed meanwhile. */
export type Report = { readonly lost: number } & Partial<Saturated> & Partial<Planned> & { readonly error?: string };

const ca = readFileSync(process.argv[2]!, 'utf8');
const pools = new Map<number, Pool>();
const prepared = new Map<string, Buffer[]>();
const patience = 5000;

function poolOf(port: number): Pool {
  const pool = pools.get(port) ?? new Pool(port, ca);
  pools.set(port, pool);
  return pool;
}

function requestsOf({ payload, timeout }: Sending): Buffer[] {
  const key = `${payload} ${timeout}`;
  const ready = prepared.get(key) ?? requests(payload, `${timeout}ms`);
  prepared.set(key, ready);
  return ready;
}

async function obey(command: Command): Promise<Report> {
  const pool = poolOf(command.port);
  const before = pool.lost;
  const result = await run(pool, command);
  return { ...result, lost: pool.lost - before };
}

async function run(pool: Pool, command: Command): Promise<Partial<Saturated & Planned>> {
  switch (command.do) {
    case 'connect':
      await pool.resize(command.connections);
      return {};
    case 'saturate':
      return saturate(pool, requestsOf(command), command.connections, command.ms);
    case 'follow': {
      const plan = arrivals(command.rate, command.ms, seeded(command.seed));
      return follow(pool, requestsOf(command), plan, command.timeout, patience);
    }
  }
}

process.on('message', (command: Command) => {
  obey(command).then(
    (report) => process.send?.(report),
    (error: unknown) => process.send?.({ lost: 0, error: String(error) } satisfies Report),
  );
});
