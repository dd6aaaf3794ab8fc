import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchFolders } from '../../src/files/watch.ts';

let folder: string;
let changes: number;
let stop: () => void;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropcap-watch-'));
  changes = 0;
});
afterEach(() => {
  stop();
  jest.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

const watching = (...folders: string[]): void => {
  stop = watchFolders(folders, () => {
    changes++;
  });
};

// Far below the interval at which it looks all the same; only notifications can be this quick.
const told = async (): Promise<boolean> => {
  for (let waited = 0; waited < 5_000 && changes === 0; waited += 10) await sleep(10);
  return changes > 0;
};

describe('a watched folder', () => {
  test('tells of a file that is written', async () => {
    watching(folder);
    await sleep(150);
    expect(changes).toBe(0);
    writeFileSync(join(folder, 'a.yaml'), 'x');
    expect(await told()).toBe(true);
  });

  test('tells of the swap of a symlink, which is all that happens when a mount changes', async () => {
    for (const version of ['..1', '..2']) {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, 'a.yaml'), version);
    }
    symlinkSync('..1', join(folder, '..data'));
    symlinkSync(join('..data', 'a.yaml'), join(folder, 'a.yaml'));
    watching(folder);
    symlinkSync('..2', join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    expect(await told()).toBe(true);
  });

  test('tells once of many changes that come together', async () => {
    watching(folder, folder);
    for (let i = 0; i < 50; i++) writeFileSync(join(folder, `${i}.yaml`), 'x');
    expect(await told()).toBe(true);
    await sleep(300);
    expect(changes).toBe(1);
  });

  test('tells of one among several', async () => {
    const other = join(folder, 'other');
    mkdirSync(other);
    watching(folder, other);
    await sleep(150);
    changes = 0;
    writeFileSync(join(other, 'a.yaml'), 'x');
    expect(await told()).toBe(true);
  });

  test('is quiet after stopping, even about what has just changed', async () => {
    watching(folder);
    writeFileSync(join(folder, 'a.yaml'), 'x');
    await sleep(20);
    stop();
    await sleep(300);
    expect(changes).toBe(0);
  });
});

describe('a folder that does not exist, or goes away', () => {
  test('is looked after every few seconds all the same', () => {
    jest.useFakeTimers();
    watching(join(folder, 'missing'));
    expect(changes).toBe(0);
    jest.advanceTimersByTime(60_000);
    expect(changes).toBeGreaterThanOrEqual(2);
    stop();
    const before = changes;
    jest.advanceTimersByTime(60_000);
    expect(changes).toBe(before);
  });

  test('does not keep the others from being watched', async () => {
    watching(join(folder, 'missing'), folder);
    writeFileSync(join(folder, 'a.yaml'), 'x');
    expect(await told()).toBe(true);
  });

  test('ends nothing when it is removed', async () => {
    const there = join(folder, 'there');
    mkdirSync(there);
    watching(there);
    rmSync(there, { recursive: true });
    await told();
    expect(changes).toBeLessThanOrEqual(2);
  });
});
