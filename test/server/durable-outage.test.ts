import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { openStore } from '../../src/store/open.ts';
import { startPostgres, whyNoPostgres, type PostgresServer } from '../store/postgres-server.ts';
import { askOn, prepare, startProcess, type Received, type ServerProcess } from './durable-process.ts';
import { temporaryFolder } from './harness.ts';

/** How often the database goes away; every third time the webhook is killed meanwhile, too. */
const OUTAGES = Number(process.env['DROPCAP_OUTAGES'] ?? 3);
const CONNECTIONS = 4;
const DATABASE = 'audit';
const CUT = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${DATABASE}' AND pid <> pg_backend_pid()`;

jest.setTimeout(120_000 + OUTAGES * 30_000);

let folder: string;
let remove: () => void;
let postgres: PostgresServer | undefined;
let load: Load | undefined;
beforeEach(() => void ({ folder, remove } = temporaryFolder()));
afterEach(async () => {
  await load?.end('SIGKILL');
  postgres?.remove();
  remove();
});

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');

/** Patches in the database by uid, and the uids that come twice. */
async function recorded(location: string, journal: string): Promise<[Map<string, string>, string[]]> {
  const [patches, twice] = [new Map<string, string>(), [] as string[]];
  const store = await openStore(location, { journal });
  await store.ingest();
  for await (const { uid, patch } of store.records({})) {
    if (patches.has(uid)) twice.push(uid);
    patches.set(uid, base64(patch));
  }
  const { records } = await store.stats({});
  expect(records).toBe(patches.size + twice.length);
  await store.close();
  return [patches, twice];
}

/** A webhook that is asked all the time, whatever becomes of it. */
class Load {
  readonly received: Received = new Map();
  readonly #start: () => Promise<ServerProcess>;
  #server: ServerProcess | undefined;
  #clients: Promise<number>[] = [];

  constructor(start: () => Promise<ServerProcess>) {
    this.#start = start;
  }

  async begin(): Promise<void> {
    const server = (this.#server = await this.#start());
    this.#clients = Array.from({ length: CONNECTIONS }, () => askOn(server.port, this.received));
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    const status = await this.#server?.end(signal);
    this.#server = undefined;
    await Promise.all(this.#clients);
    return status ?? null;
  }

  /** Waits until more was answered. */
  async goOn(): Promise<void> {
    const before = this.received.size;
    while (this.received.size <= before) await sleep(5);
  }
}

async function outage(load: Load, server: PostgresServer, isKilled: boolean): Promise<void> {
  await sleep(Math.random() * 2_000);
  server.sql(DATABASE, CUT);
  await sleep(Math.random() * 1_000);
  server.stop('immediate');
  // Whatever the database does, pods are admitted.
  await load.goOn();
  if (isKilled) {
    await load.end('SIGKILL');
    await load.begin();
    await load.goOn();
  }
  await sleep(Math.random() * 1_000);
  server.start();
}

const why = whyNoPostgres();
const name = `through ${OUTAGES} outages of its database each patch that a client received is recorded there, and once`;

(why === undefined ? test : test.skip)(why === undefined ? name : `${name} (skipped: ${why})`, async () => {
  const server = (postgres = await startPostgres('fsync=off'));
  server.sql('postgres', `CREATE DATABASE ${DATABASE}`);
  const [location, journal] = [server.url(DATABASE), join(folder, 'journal')];
  mkdirSync(journal);
  await prepare(folder);
  const asked = (load = new Load(() => startProcess(folder, '--audit-store', location, '--audit-journal', journal)));
  await asked.begin();
  for (let i = 0; i < OUTAGES; i++) await outage(asked, server, i % 3 === 1);
  await asked.goOn();
  expect(await asked.end('SIGTERM')).toBe(0);
  const [records, twice] = await recorded(location, journal);
  const wrong = [...asked.received].filter(([uid, patch]) => records.get(uid) !== patch).map(([uid]) => uid);
  if (process.env['DROPCAP_OUTAGES'])
    process.stderr.write(
      `${OUTAGES} outages: ${asked.received.size} patches received, ${wrong.length} of them without their record, ` +
        `${twice.length} records twice, ${records.size - asked.received.size} whose answer nobody received\n`,
    );
  expect([wrong, twice]).toEqual([[], []]);
  expect(asked.received.size).toBeGreaterThanOrEqual(OUTAGES);
  expect(existsSync(join(journal, 'id'))).toBe(true);
});
