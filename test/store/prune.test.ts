import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from '@jest/globals';
import { openStore } from '../../src/store/open.ts';
import { addRecords, newFile, numbered } from './stores.ts';

const RECORDS = 6_000;

describe('retention', () => {
  test('by size keeps the newest records, and the file within its bytes', async () => {
    const file = newFile();
    const store = await openStore(file);
    addRecords(file, 1, numbered(0, RECORDS));
    await store.ingest();
    const maxBytes = 2 * 1024 * 1024;
    const removed = await store.prune({ maxBytes });
    const { records, first, last } = await store.stats({});
    expect([removed + records, last! - first!]).toEqual([RECORDS, (records - 1) * 1_000]);
    expect((await store.list({}, 1)).entries[0]!.uid).toBe(String(RECORDS - 1));
    await store.close();
    const bytes = statSync(file).size;
    expect(bytes).toBeLessThanOrEqual(maxBytes);
    // And no less than need be.
    expect(bytes).toBeGreaterThan(maxBytes / 2);
  }, 30_000);

  test('uses the room of what was removed: a file that is filled and pruned again and again stays as small', async () => {
    const file = newFile();
    const store = await openStore(file);
    const maxBytes = 2 * 1024 * 1024;
    const sizes: number[] = [];
    for (let i = 0; i < 6; i++) {
      addRecords(file, i, numbered(i * 2_000, (i + 1) * 2_000));
      await store.ingest();
      await store.prune({ maxBytes });
      sizes.push(statSync(file).size);
    }
    await store.close();
    expect(statSync(file).size).toBeLessThanOrEqual(maxBytes);
    expect(Math.max(...sizes)).toBeLessThan(3 * maxBytes);
  }, 30_000);

  test('that keeps nothing leaves nothing behind, in no table', async () => {
    const file = newFile();
    const store = await openStore(file);
    addRecords(file, 1, numbered(0, RECORDS));
    await store.ingest();
    expect(await store.prune({ before: Infinity })).toBe(RECORDS);
    await store.close();
    const database = new DatabaseSync(file);
    const rows = ['passes', 'bodies', 'results', 'uids', 'followers', 'postings', 'rollups', 'spans', 'words'].map(
      (table) => [table, database.prepare(`SELECT count(*) AS n FROM ${table}`).get()!['n']],
    );
    database.close();
    // The word for "how many records" is part of the schema.
    expect(Object.fromEntries(rows)).toEqual({
      ...{ passes: 0, bodies: 0, results: 0, uids: 0, followers: 0, postings: 0, rollups: 0, spans: 0 },
      words: 1,
    });
  });

  test('by one process takes no words from what another takes in', async () => {
    const file = newFile();
    const [taking, pruning] = [await openStore(file), await openStore(file)];
    addRecords(file, 1, numbered(0, 5));
    await taking.ingest();
    await pruning.prune({ before: Infinity });
    addRecords(file, 1, numbered(5, 8));
    await taking.ingest();
    expect(await pruning.stats({ namespace: 'team-a', policy: 'restricted' })).toMatchObject({ records: 3 });
    await Promise.all([taking.close(), pruning.close()]);
  });

  test('keeps everything where nothing is asked', async () => {
    const file = newFile();
    const store = await openStore(file);
    addRecords(file, 1, numbered(0, 10));
    await store.ingest();
    expect(await store.prune({})).toBe(0);
    expect((await store.stats({})).records).toBe(10);
    await store.close();
  });
});
