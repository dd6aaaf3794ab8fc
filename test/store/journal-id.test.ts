import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from '@jest/globals';
import { journalId } from '../../src/store/journal-id.ts';
import { newFile } from './stores.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const THREADS = 2;

function newFolder(): string {
  const folder = newFile();
  mkdirSync(folder);
  return folder;
}

async function answers(workerData: unknown): Promise<string[]> {
  const worker = new Worker(join(import.meta.dirname, 'journal-ids.ts'), { workerData });
  return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
}

describe('the identity of a journal', () => {
  test('is made once, lasts, and is all that is left in the folder', () => {
    const folder = newFolder();
    const id = journalId(folder);
    expect(id).toMatch(UUID);
    expect([journalId(folder), readFileSync(join(folder, 'id'), 'utf8')]).toEqual([id, `${id}\n`]);
    expect(readdirSync(folder)).toEqual(['id']);
  });

  test('is one for all who ask for it first, at the same moment', async () => {
    const folders = Array.from({ length: 300 }, newFolder);
    const arrivals = new Int32Array(new SharedArrayBuffer(4 * folders.length));
    const asked = { folders, arrivals, threads: THREADS };
    const given = await Promise.all(Array.from({ length: THREADS }, () => answers(asked)));
    const kept = folders.map((folder) => journalId(folder));
    expect(given).toEqual(Array.from({ length: THREADS }, () => kept));
    expect(new Set(folders.map((folder) => readdirSync(folder).join()))).toEqual(new Set(['id']));
  }, 30_000);

  test('is not made up where the file holds something else', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'id'), 'mine\n');
    expect(() => journalId(folder)).toThrow(
      `${join(folder, 'id')}: "mine" is no identity of a journal, expected a UUID`,
    );
  });
});
