import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { startIngester } from '../../src/store/ingester.ts';
import { openStore } from '../../src/store/open.ts';
import { addLines, addRecords, newFile, numbered } from './stores.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

async function recordsIn(file: string): Promise<number> {
  if (!existsSync(file)) return 0;
  const store = await openStore(file);
  const { records } = await store.stats({});
  await store.close();
  return records;
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await holds()) return;
    await sleep(50);
  }
  throw new Error('waited for 10 s');
}

describe('the thread that takes records in', () => {
  test('does so while the server runs, and says nothing', async () => {
    const file = newFile();
    const told: string[] = [];
    addRecords(file, 1, numbered(0, 5));
    const ingester = startIngester(file, ({ message }) => told.push(message));
    await until(async () => (await recordsIn(file)) === 5);
    addRecords(file, 1, numbered(5, 7));
    await until(async () => (await recordsIn(file)) === 7);
    await ingester.close();
    expect(told).toEqual([]);
    // What is left beside a database is what was not closed in order.
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  test('tells an outage once, goes on when it is over, and tells the next', async () => {
    const file = newFile();
    const told: string[] = [];
    mkdirSync(file);
    addRecords(file, 1, numbered(0, 5));
    const ingester = startIngester(file, ({ message }) => told.push(message));
    await until(() => told.length > 0);
    // Long enough for it to have failed again.
    await sleep(2_500);
    expect(told).toEqual([`EISDIR: illegal operation on a directory, open '${file}'`]);
    rmSync(file, { recursive: true });
    await until(async () => (await recordsIn(file)) === 5);
    rmSync(file);
    await until(() => told.length > 1);
    expect(told[1]).toBe(`${file}: was removed or replaced while it was open`);
    await ingester.close();
  }, 20_000);

  test('says when all was last in the database, and that it is not where it cannot be filled', async () => {
    const file = newFile();
    const ingester = startIngester(file, () => undefined);
    const before = Date.now();
    addRecords(file, 1, numbered(0, 5));
    await until(() => ingester.filledAt() > before);
    for (const end of ['', '-shm', '-wal']) rmSync(file + end, { force: true });
    mkdirSync(file);
    await sleep(2_000);
    const failing = Date.now();
    await sleep(2_500);
    expect(ingester.filledAt()).toBeLessThan(failing);
    rmSync(file, { recursive: true });
    await until(() => ingester.filledAt() > failing);
    await ingester.close();
  }, 20_000);

  test('tells of lines that are no records', async () => {
    const file = newFile();
    const told: string[] = [];
    addLines(file, 1, ['no record']);
    const ingester = startIngester(file, ({ message }) => told.push(message));
    await until(() => told.length > 0);
    await ingester.close();
    expect(told[0]).toContain('lines that are no audit records are kept in the table "unreadable": 1');
  });

  test('removes what need not be kept', async () => {
    const file = newFile();
    addRecords(file, 1, [...numbered(0, 5), { ...numbered(5, 6)[0]!, time: new Date().toISOString() }]);
    const ingester = startIngester(file, () => undefined, { maxAgeMs: 3_600_000 });
    await until(async () => (await recordsIn(file)) === 1);
    await ingester.close();
  });

  test('does not keep a process alive', async () => {
    const file = newFile();
    const start = `import(process.argv[1]).then(({ startIngester }) => {
      startIngester(process.argv[2], console.log);
      setTimeout(() => console.log('over'), 300);
    })`;
    const { stdout } = await run(process.execPath, ['-e', start, join(root, 'src/store/ingester.ts'), file], {
      timeout: 10_000,
    });
    expect(stdout).toBe('over\n');
  }, 20_000);

  test('closes at once, again and again, whatever it is doing', async () => {
    const file = newFile();
    addRecords(file, 1, numbered(0, 3_000));
    for (const wait of [0, 20, 100, 200, 300]) {
      const ingester = startIngester(file, () => undefined);
      await sleep(wait);
      await Promise.all([ingester.close(), ingester.close()]);
    }
    const store = await openStore(file);
    await store.ingest();
    expect((await store.stats({})).records).toBe(3_000);
    await store.close();
  }, 20_000);
});
