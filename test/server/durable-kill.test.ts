import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../../src/store/open.ts';
import { askOn, prepare, startProcess, type Received } from './durable-process.ts';
import { temporaryFolder } from './harness.ts';

/** How often the server is killed; each time it goes on in the same store. */
const KILLS = Number(process.env['DROPCAP_KILLS'] ?? 15);
const CONNECTIONS = 8;

jest.setTimeout(60_000 + KILLS * 20_000);

let folder: string;
let remove: () => void;
beforeEach(() => void ({ folder, remove } = temporaryFolder()));
afterEach(() => remove());

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');

/** Every patch in the store, by uid, once it has taken in its journal. Throws where a uid comes twice. */
async function recorded(file: string): Promise<Map<string, string>> {
  const patches = new Map<string, string>();
  const store = await openStore(file);
  await store.ingest();
  for await (const { uid, patch } of store.records({})) {
    if (patches.has(uid)) throw new Error(`${uid} twice`);
    patches.set(uid, base64(patch));
  }
  await store.close();
  return patches;
}

test(`a server that is killed ${KILLS} times under load leaves no patch that a client received without its record`, async () => {
  const store = await prepare(folder);
  const received: Received = new Map();
  for (let kill = 0; kill < KILLS; kill++) {
    const server = await startProcess(folder);
    const before = received.size;
    const clients = Array.from({ length: CONNECTIONS }, () => askOn(server.port, received));
    while (received.size === before) await sleep(1);
    // Mostly soon, sometimes while the database is being filled.
    await sleep(Math.random() ** 2 * 1_500);
    await server.end('SIGKILL');
    await Promise.all(clients);
  }
  const records = await recorded(store);
  const wrong = [...received].filter(([uid, patch]) => records.get(uid) !== patch).map(([uid]) => uid);
  const unseen = records.size - received.size;
  if (process.env['DROPCAP_KILLS'])
    process.stderr.write(
      `${KILLS} kills: ${received.size} patches received, ${wrong.length} of them without their record, ` +
        `${unseen} records whose answer nobody received\n`,
    );
  expect(wrong).toEqual([]);
  expect(received.size).toBeGreaterThanOrEqual(KILLS);
  // Kills hit requests that are under way, so this is the test of the test: some were recorded and not yet answered.
  expect(unseen).toBeGreaterThan(0);
});
