/** A store read in threads beside: the same answers, and questions that can be given up. */
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { openStore } from '../../src/store/open.ts';
import { patientReader, type PatientReader } from '../../src/store/reader-questions.ts';
import { ReaderThread } from '../../src/store/reader-thread.ts';
import { openReader, TooSlow } from '../../src/store/reader.ts';
import { allOf, journalled, RECORDS, storeOf, uidOf } from '../cli/audit-records.ts';
import { folderOf, ROOT } from '../cli/command.ts';

jest.setTimeout(120_000);

/** What is undefined is not in the database. */
const written = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

async function filled(records = RECORDS): Promise<string> {
  const file = await storeOf(records);
  const store = await openStore(file);
  await store.ingest();
  await store.close();
  return file;
}

const MANY = Array.from({ length: 450 }, (_, i) => ({ ...RECORDS[0]!, uid: uidOf(i) }));

let file = '';
let reader: PatientReader;
beforeAll(async () => {
  file = await filled();
});
afterEach(() => reader.close());

describe('a reader', () => {
  test('answers every question as the store itself does', async () => {
    reader = openReader(file);
    const store = await openStore(file, { readOnly: true });
    const filter = { namespace: 'shop', outcome: 'hardened' };
    expect(await reader.list(filter, 2)).toEqual(await store.list(filter, 2));
    expect(await reader.show(uidOf(1))).toEqual(await store.show(uidOf(1)));
    expect(await reader.show('none')).toBeUndefined();
    expect(await reader.uids('0000', 3)).toEqual(await store.uids('0000', 3));
    expect(await reader.stats(filter)).toEqual(await store.stats(filter));
    expect(await reader.postures({}, 5)).toEqual(await store.postures({}, 5));
    expect(await reader.lastUse('keep-chown')).toEqual(await store.lastUse('keep-chown'));
    expect(await reader.lastUse('none')).toBeUndefined();
    expect(await allOf(reader.records({}))).toEqual(written(RECORDS));
    await store.close();
  });

  test('answers many at once', async () => {
    reader = openReader(file);
    const stats = await Promise.all(Array.from({ length: 30 }, () => reader.stats({})));
    expect(new Set(stats.map(({ records }) => records))).toEqual(new Set([RECORDS.length]));
  });

  test('rejects with what is wrong, and answers the next question', async () => {
    reader = openReader(file);
    await expect(reader.list({}, 1, 'x')).rejects.toThrow('no place in the list: x');
    expect((await reader.list({}, 1)).entries).toHaveLength(1);
  });

  test('of a store that is not there says so, and reads it when it is', async () => {
    const missing = join(folderOf(), 'audit.db');
    reader = openReader(missing);
    await expect(reader.stats({})).rejects.toThrow(missing);
    await expect(allOf(reader.records({}))).rejects.toThrow(missing);
    renameSync(await filled(), missing);
    expect((await reader.stats({})).records).toBe(RECORDS.length);
  });

  test('sees what was recorded since', async () => {
    const fresh = await filled(RECORDS.slice(0, 2));
    reader = openReader(fresh);
    expect((await reader.stats({})).records).toBe(2);
    await journalled(fresh, RECORDS.slice(2, 5));
    const store = await openStore(fresh);
    await store.ingest();
    expect((await reader.stats({})).records).toBe(5);
    await store.close();
  });

  test('reads records of any number, as far as they are wanted', async () => {
    const many = await filled(MANY);
    reader = openReader(many);
    expect(await allOf(reader.records({}))).toEqual(written(MANY));
    const lines = Buffer.concat(await allOf(reader.lines({})))
      .toString()
      .split('\n');
    expect(lines.slice(0, -1).map((line) => JSON.parse(line) as unknown)).toEqual(written(MANY));
    const some: string[] = [];
    for await (const { uid } of reader.records({})) {
      some.push(uid);
      if (some.length === 120) break;
    }
    expect(some).toEqual(MANY.slice(0, 120).map(({ uid }) => uid));
  });

  test('keeps no process alive that it does not answer', () => {
    const module = pathToFileURL(join(ROOT, 'src', 'store', 'reader.ts')).href;
    const script = `const { openReader } = await import('${module}');
      console.log((await openReader(process.argv[2]).stats({})).records);`;
    const folder = folderOf({ 'ask.mjs': script });
    const args = ['--disable-warning=ExperimentalWarning', join(folder, 'ask.mjs'), file];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect({ stdout, stderr, status }).toEqual({ stdout: `${RECORDS.length}\n`, stderr: '', status: 0 });
  });
});

describe('a question that hangs', () => {
  // Opening a pipe that nobody writes waits: as a disk that hangs does.
  const pipes: string[] = [];
  function hanging(): string {
    const pipe = join(folderOf(), 'audit.db');
    execFileSync('mkfifo', [pipe]);
    pipes.push(pipe);
    return pipe;
  }

  afterEach(() => {
    // The thread that waits can end only now.
    for (const pipe of pipes.splice(0)) closeSync(openSync(`${pipe}.gone`, constants.O_RDWR | constants.O_NONBLOCK));
  });

  test('ends when it is given up, with the reason, and the next one is answered', async () => {
    const pipe = hanging();
    reader = openReader(pipe);
    const controller = new AbortController();
    const hung = reader.until(controller.signal).stats({});
    const behind = reader.stats({});
    setTimeout(() => {
      renameSync(pipe, `${pipe}.gone`);
      controller.abort(new Error('nobody waits'));
    }, 300);
    await expect(hung).rejects.toThrow('nobody waits');
    await expect(behind).rejects.toThrow(pipe);
    renameSync(await filled(), pipe);
    expect((await reader.stats({})).records).toBe(RECORDS.length);
  });

  test('ends by itself, records too', async () => {
    const pipe = hanging();
    reader = patientReader(new ReaderThread(pipe, 200));
    await expect(reader.stats({})).rejects.toBeInstanceOf(TooSlow);
    const records = allOf(reader.records({}));
    records.catch(() => undefined);
    await expect(reader.stats({})).rejects.toThrow('no answer within 0.2 s');
    renameSync(pipe, `${pipe}.gone`);
    closeSync(openSync(`${pipe}.gone`, constants.O_RDWR | constants.O_NONBLOCK));
    await expect(records).rejects.toBeInstanceOf(TooSlow);
  });

  test('that was given up before its turn is never asked', async () => {
    reader = openReader(file);
    await expect(reader.until(AbortSignal.abort(new Error('too late'))).stats({})).rejects.toThrow('too late');
    expect((await reader.stats({})).records).toBe(RECORDS.length);
  });
});
