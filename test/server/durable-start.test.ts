import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../../src/store/open.ts';
import { askOn, prepare, startProcess, type Received, type ServerProcess } from './durable-process.ts';
import { eventually, temporaryFolder } from './harness.ts';

jest.setTimeout(60_000);

let folder: string;
let remove: () => void;
let store: string;
let server: ServerProcess | undefined;
beforeEach(async () => {
  ({ folder, remove } = temporaryFolder());
  store = await prepare(folder);
});
afterEach(async () => {
  await server?.end('SIGKILL');
  server = undefined;
  remove();
});

async function uidsIn(file: string, take: boolean): Promise<string[]> {
  const opened = await openStore(file, { readOnly: !take });
  if (take) await opened.ingest();
  const uids: string[] = [];
  for await (const { uid } of opened.records({})) uids.push(uid);
  await opened.close();
  return uids;
}

test('a server fills its database while it runs', async () => {
  server = await startProcess(folder);
  const received: Received = new Map();
  void askOn(server.port, received);
  await eventually(
    () => uidsIn(store, false),
    (uids) => uids.length > 10,
  );
});

test('a server that is told to end under load has the record of every answer, and no other', async () => {
  server = await startProcess(folder);
  const received: Received = new Map();
  const clients = Array.from({ length: 8 }, () => askOn(server!.port, received));
  await sleep(500);
  expect(await server.end('SIGTERM')).toBe(0);
  await Promise.all(clients);
  expect(received.size).toBeGreaterThan(0);
  expect((await uidsIn(store, true)).toSorted()).toEqual([...received.keys()].toSorted());
});

test('a store that another server writes to is refused', async () => {
  server = await startProcess(folder);
  await expect(startProcess(folder)).rejects.toThrow(
    'error: --audit-store: audit.db.journal: another dropcap writes to this audit store; each needs one of its own',
  );
});

test('a store that cannot be used is refused at the start, with the file and the reason', async () => {
  await expect(startProcess(folder, '--audit-store', 'missing/audit.db')).rejects.toThrow(
    /error: --audit-store: missing\/audit\.db: /,
  );
  writeFileSync(join(folder, 'text.db'), 'this is no database, and it is long enough to be seen as none\n'.repeat(10));
  await expect(startProcess(folder, '--audit-store', 'text.db')).rejects.toThrow(/error: --audit-store: text\.db: /);
  mkdirSync(join(folder, 'folder.db'));
  await expect(startProcess(folder, '--audit-store', 'folder.db')).rejects.toThrow(
    /error: --audit-store: folder\.db: /,
  );
});

test('what a failing store means is one of two words', async () => {
  await expect(startProcess(folder, '--audit-failure', 'requird')).rejects.toThrow(
    'error: --audit-failure: found requird, expected best-effort or required; did you mean required?',
  );
});
