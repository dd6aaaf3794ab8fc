import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { openJournal } from '../../src/audit/journal.ts';
import { journalFolder, segmentsIn } from '../../src/audit/journal-segments.ts';
import { textOf } from '../../src/audit/body.ts';
import { openStore, type AuditStore } from '../../src/store/open.ts';
import { addLines, addRecords, newFile, numbered } from './stores.ts';

const CHILD = join(import.meta.dirname, 'take-in.ts');

async function uidsIn(store: AuditStore): Promise<string[]> {
  const uids: string[] = [];
  for await (const { uid } of store.records({})) uids.push(uid);
  return uids;
}

const uidsOf = (from: number, to: number): string[] => numbered(from, to).map(({ uid }) => uid);

/** A process that takes the journal in; kills it after a while, if it has not ended. */
async function takeIn(file: string, killAfterMs?: number): Promise<string | number> {
  const child = spawn(process.execPath, [CHILD, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<string | number>((resolve) =>
    child.once('exit', (status, signal) => resolve(signal ?? status!)),
  );
  if (killAfterMs === undefined) return ended;
  // It says that it has begun: starting Node takes longer than the work.
  await new Promise((resolve) => child.stdout.once('data', resolve));
  await sleep(killAfterMs);
  child.kill('SIGKILL');
  return ended;
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

describe('taking in', () => {
  test('goes on where a killed process was, at whatever moment: each record is there once', async () => {
    const file = newFile();
    const SEGMENT = 5_000;
    const [kills, segments] = [12, 4];
    for (let i = 0; i < segments; i++) addRecords(file, i + 1, numbered(i * SEGMENT, (i + 1) * SEGMENT));
    const ends: (string | number)[] = [];
    for (let i = 0; i < kills; i++) ends.push(await takeIn(file, i * 15));
    expect(ends).toContain('SIGKILL');
    const store = await openStore(file);
    await store.ingest();
    expect(await uidsIn(store)).toEqual(uidsOf(0, segments * SEGMENT));
    const { records, hours } = await store.stats({});
    expect([records, sumOf(hours.map(({ count }) => count))]).toEqual([segments * SEGMENT, segments * SEGMENT]);
    expect(segmentsIn(journalFolder(file))).toEqual([segments]);
    await store.close();
  }, 60_000);

  test('by three processes at once gives each record once', async () => {
    const file = newFile();
    for (let i = 0; i < 3; i++) addRecords(file, i + 1, numbered(i * 3_000, (i + 1) * 3_000));
    // The third opens what is not there yet, too.
    expect(await Promise.all([takeIn(file), takeIn(file), takeIn(file)])).toEqual([0, 0, 0]);
    const store = await openStore(file, { readOnly: true });
    expect(await uidsIn(store)).toEqual(uidsOf(0, 9_000));
    await store.close();
  }, 60_000);

  test('follows a journal while it is written, and takes no line before it is whole', async () => {
    const file = newFile();
    const journal = await openJournal(journalFolder(file), 20_000);
    const store = await openStore(file);
    let taken = 0;
    const writing = (async () => {
      for (const record of numbered(0, 300)) await journal.append(JSON.stringify(record));
    })();
    for (let i = 0; i < 20; i++) taken += await store.ingest();
    await writing;
    await journal.close();
    taken += await store.ingest();
    expect([taken, await uidsIn(store)]).toEqual([300, uidsOf(0, 300)]);
    await store.close();
    // Whoever opens it anew removes all that was taken in.
    const again = await openStore(file);
    await again.ingest();
    expect(segmentsIn(journalFolder(file))).toHaveLength(1);
    await again.close();
  });

  test('keeps the newest segment, and removes one only when a line of the next is taken in', async () => {
    const file = newFile();
    const store = await openStore(file);
    addRecords(file, 1, numbered(0, 2));
    await store.ingest();
    addLines(file, 2, []);
    await store.ingest();
    expect(segmentsIn(journalFolder(file))).toEqual([1, 2]);
    addRecords(file, 2, numbered(2, 3));
    await store.ingest();
    expect(segmentsIn(journalFolder(file))).toEqual([2]);
    await store.close();
  });

  test('removes a few segments at a time, for the log is copied into the database for it', async () => {
    const file = newFile();
    const store = await openStore(file);
    const left: number[][] = [];
    for (const segment of [1, 2, 3, 4, 5, 6]) {
      addRecords(file, segment, numbered(segment * 10, segment * 10 + 10));
      await store.ingest();
      left.push(segmentsIn(journalFolder(file)));
    }
    expect(left).toEqual([[1], [2], [2, 3], [2, 3, 4], [5], [5, 6]]);
    await store.close();
  });

  test('removes no segment while a reader keeps the log from being copied into the database', async () => {
    const file = newFile();
    const store = await openStore(file);
    addRecords(file, 1, numbered(0, 2));
    await store.ingest();
    const reader = new DatabaseSync(file, { readOnly: true });
    reader.exec('BEGIN; SELECT count(*) FROM passes');
    addRecords(file, 2, numbered(2, 4));
    await store.ingest();
    expect(segmentsIn(journalFolder(file))).toEqual([1, 2]);
    reader.close();
    await store.ingest();
    expect(segmentsIn(journalFolder(file))).toEqual([2]);
    await store.close();
  });

  test('takes in a journal that was removed and began anew with lower numbers', async () => {
    const file = newFile();
    const store = await openStore(file);
    addRecords(file, 7, numbered(0, 2));
    await store.ingest();
    rmSync(journalFolder(file), { recursive: true });
    expect(await store.ingest()).toBe(0);
    addLines(file, 1, []);
    addLines(file, 2, []);
    expect([await store.ingest(), segmentsIn(journalFolder(file))]).toEqual([0, [1, 2]]);
    addRecords(file, 1, numbered(2, 4));
    expect(await store.ingest()).toBe(2);
    addRecords(file, 2, numbered(4, 5));
    expect(await store.ingest()).toBe(1);
    expect(await uidsIn(store)).toEqual(uidsOf(0, 5));
    await store.close();
  });

  test('keeps lines that are no records aside, tells of them once, and goes on', async () => {
    const file = newFile();
    const [first, second] = numbered(0, 2).map((record) => JSON.stringify(record));
    const odd = ['{"uid":', '{}', '"text"', 'null', first!.replace(/"time":"[^"]*"/, '"time":"yesterday"')];
    addLines(file, 1, [first!, ...odd, second!]);
    const told: string[] = [];
    const store = await openStore(file, { onUnreadable: ({ message }) => told.push(message) });
    expect([await store.ingest(), await store.ingest()]).toEqual([2, 0]);
    await store.close();
    expect(told).toEqual([
      `${journalFolder(file)}: lines that are no audit records are kept in the table "unreadable": 5`,
    ]);
    const database = new DatabaseSync(file);
    expect(
      database
        .prepare('SELECT line FROM unreadable')
        .all()
        .map(({ line }) => line),
    ).toEqual(odd);
    database.close();
  });

  test.each([
    ['in one part', '1'],
    ['in two', '5e6f1c1e-52b6-4f0a-9a27-3c1f0d9b7a10'],
  ])('keeps records as they were written, to the byte, %s', async (_, uid) => {
    const file = newFile();
    const line = JSON.stringify({ ...numbered(0, 1)[0]!, uid, user: 'Ünïcode "quoted"\n𝄞 ', extra: [1, null] });
    addLines(file, 1, [line]);
    const store = await openStore(file);
    await store.ingest();
    await store.close();
    const database = new DatabaseSync(file);
    const kept = database.prepare('SELECT head, json AS shape FROM bodies b LEFT JOIN shape_texts s ON s.id = b.shape');
    const { head, shape } = kept.get() as { head: string; shape: string | null };
    expect([textOf({ head, shape: shape ?? '' }), shape === null]).toEqual([line, uid === '1']);
    database.close();
  });

  test('keeps what pods of one template share once', async () => {
    const file = newFile();
    const [first] = numbered(0, 1);
    const uids = Array.from({ length: 500 }, () => randomUUID());
    const lines = uids.map((uid, i) => JSON.stringify({ ...first, uid, name: `web-${i}` }));
    addLines(file, 1, lines);
    const store = await openStore(file);
    await store.ingest();
    const { entries } = await store.list({}, 500);
    expect(entries.map(({ uid, passes }) => [uid, passes[0]!.name]).sort()).toEqual(
      uids.map((uid, i) => [uid, `web-${i}`]).sort(),
    );
    await store.close();
    const database = new DatabaseSync(file);
    expect(database.prepare('SELECT count(*) AS n FROM shape_texts').get()).toEqual({ n: 1 });
    database.close();
  });

  test('ends where the database was removed meanwhile, and leaves the journal', async () => {
    const file = newFile();
    const store = await openStore(file);
    addRecords(file, 1, numbered(0, 2));
    rmSync(file);
    addRecords(file, 2, numbered(2, 3));
    await expect(store.ingest()).rejects.toThrow(`${file}: was removed or replaced while it was open`);
    expect(segmentsIn(journalFolder(file))).toEqual([1, 2]);
    await store.close();
  });
});

describe('what a store writes', () => {
  test('only its owner may read', async () => {
    const file = newFile();
    const store = await openStore(file);
    expect(existsSync(file)).toBe(true);
    const { mode } = await import('node:fs').then(({ statSync }) => statSync(file));
    expect((mode & 0o777).toString(8)).toBe('600');
    await store.close();
    expect(readFileSync(file).subarray(0, 15).toString()).toBe('SQLite format 3');
  });

  const ALONE = 'mount --bind "$0" "$0" && mount -o remount,bind,ro / && cd / && exec "$@"';
  const mayUnshare = spawnSync('unshare', ['--mount', 'mount', '-o', 'remount,bind,ro', '/']).status === 0;

  (mayUnshare ? test : test.skip)(
    'needs no folder but its own to write to, however much comes at once',
    () => {
      const file = newFile();
      addRecords(
        file,
        1,
        numbered(0, 5_000).map((record, i) => ({ ...record, user: `user-${i}` })),
      );
      const args = ['--mount', 'sh', '-c', ALONE, dirname(file), process.execPath, CHILD, file];
      const { status, stderr } = spawnSync('unshare', args, { encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const database = new DatabaseSync(file);
      expect(database.prepare('SELECT count(*) AS n FROM passes').get()).toEqual({ n: 5_000 });
      database.close();
    },
    60_000,
  );
});
