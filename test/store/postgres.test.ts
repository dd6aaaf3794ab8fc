import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { segmentsIn } from '../../src/audit/journal-segments.ts';
import { nameOf, openStore } from '../../src/store/open.ts';
import { STEPS } from '../../src/store/schema.ts';
import { startPostgres, whyNoPostgres, type PostgresServer } from './postgres-server.ts';
import { addToJournal, linesOf, numbered } from './stores.ts';

const why = whyNoPostgres();
const title = 'a store in PostgreSQL';

describe('the URL of a store', () => {
  test('is named without its password, wherever that is', () => {
    expect(nameOf('postgres://dropcap:s3cret@db.example:5433/audit?sslmode=require')).toBe(
      'postgres://dropcap@db.example:5433/audit',
    );
    expect(nameOf('postgresql://dropcap@/audit?host=/run/postgresql&password=s3cret')).toBe(
      'postgres://dropcap@/run/postgresql/audit',
    );
  });

  test('that cannot be read is not repeated', () => {
    expect(() => nameOf('postgres://dropcap:s3cret@[/audit')).toThrow(
      'a URL of PostgreSQL that cannot be read, expected postgres://USER@HOST:PORT/DATABASE',
    );
  });

  test('of a server that is not there says so, and nothing of the password', async () => {
    await expect(openStore('postgres://dropcap:s3cret@127.0.0.1:1/audit')).rejects.toThrow(
      /^postgres:\/\/dropcap@127\.0\.0\.1:1\/audit: connect ECONNREFUSED 127\.0\.0\.1:1$/,
    );
  });
});

(why === undefined ? describe : describe.skip)(why === undefined ? title : `${title} (skipped: ${why})`, () => {
  let server: PostgresServer;
  let folder: string;
  let made = 0;
  const count = (database: string, table: string): number =>
    Number(server.sql(database, `SELECT count(*) FROM dropcap.${table}`));

  /** A database, and its URL. */
  function newDatabase(): [database: string, location: string] {
    const database = `store${++made}`;
    server.sql('postgres', `CREATE DATABASE ${database}`);
    return [database, server.url(database)];
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dropcap-journals-'));
    server = await startPostgres('fsync=off');
  }, 60_000);
  afterAll(() => {
    server.remove();
    rmSync(folder, { recursive: true });
  });

  test('is made once, however many open it at the same time', async () => {
    const [database, location] = newDatabase();
    const stores = await Promise.all([1, 2, 3].map(() => openStore(location)));
    await Promise.all(stores.map((store) => store.close()));
    expect(server.sql(database, 'SELECT version FROM dropcap.version')).toBe(`${STEPS.length}\n`);
  });

  test('of a newer release is refused, and changed in nothing', async () => {
    const [database, location] = newDatabase();
    await (await openStore(location)).close();
    server.sql(database, 'UPDATE dropcap.version SET version = 99');
    for (const readOnly of [true, false])
      await expect(openStore(location, { readOnly })).rejects.toThrow(
        `${nameOf(location)}: written by a newer dropcap: version 99 of the store, expected at most ${STEPS.length}`,
      );
    expect(server.sql(database, 'SELECT version FROM dropcap.version')).toBe('99\n');
  });

  test('that is only read is neither made nor written', async () => {
    const [database, location] = newDatabase();
    await expect(openStore(location, { readOnly: true })).rejects.toThrow('no audit store yet');
    expect(server.sql(database, "SELECT count(*) FROM pg_namespace WHERE nspname = 'dropcap'")).toBe('0\n');
    await (await openStore(location)).close();
    const store = await openStore(location, { readOnly: true });
    await expect(store.prune({ before: 0 })).rejects.toThrow(`${nameOf(location)}: opened only to be read`);
    await store.close();
  });

  test('holds what three replicas record at the same time, each line once, and each removes what it has handed in', async () => {
    const [, location] = newDatabase();
    const journals = ['a', 'b', 'c'].map((name) => join(folder, name));
    for (const [i, journal] of journals.entries()) {
      const own = numbered(0, 2_000).map((record) => ({ ...record, uid: `${i}-${record.uid}` }));
      addToJournal(journal, 1, linesOf(own));
      addToJournal(journal, 2, linesOf([{ ...own[0]!, uid: `${i}-last` }]));
    }
    const stores = await Promise.all(journals.map((journal) => openStore(location, { journal })));
    expect(await Promise.all(stores.map((store) => store.ingest()))).toEqual([2_001, 2_001, 2_001]);
    const uids = await stores[0]!.uids('', 10_000);
    expect([uids.length, (await stores[0]!.stats({})).records]).toEqual([6_003, 6_003]);
    expect(journals.map(segmentsIn)).toEqual([[2], [2], [2]]);
    await Promise.all(stores.map((store) => store.close()));
  }, 60_000);

  test('keeps the newest records within its bytes, and of those that it does not keep nothing, in no table', async () => {
    const [database, location] = newDatabase();
    const journal = join(folder, 'pruned');
    const store = await openStore(location, { journal });
    const lines = linesOf(numbered(0, 1_000));
    addToJournal(journal, 1, [
      ...lines,
      ...linesOf([
        {
          uid: '999',
          recorded: numbered(999, 1_000)[0]!.time,
          result: { status: 'admitted', time: '2026-11-22T17:00:00Z' },
        },
      ]),
    ]);
    await store.ingest();
    const maxBytes = Buffer.byteLength(lines.slice(700).join(''));
    const removed = await store.prune({ maxBytes });
    expect([removed % 250, removed >= 700, (await store.list({}, 1)).entries[0]!.uid]).toEqual([0, true, '999']);
    expect(await store.prune({ before: Infinity })).toBe(1_000 - removed);
    await store.close();
    const tables = ['passes', 'bodies', 'results', 'uids', 'followers', 'postings', 'rollups', 'spans'];
    expect(tables.map((table) => count(database, table))).toEqual(tables.map(() => 0));
    expect([count(database, 'words'), server.sql(database, 'SELECT bytes FROM dropcap.state')]).toEqual([1, '0\n']);
  }, 60_000);
});
