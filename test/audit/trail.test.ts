import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrailCounts } from '../../src/audit/counts.ts';
import { AuditTrail, type TrailOptions } from '../../src/audit/trail.ts';
import type { Decision } from '../../src/engine/decision.ts';
import { circumstances, decision, numbers, uidsIn, writer } from './decisions.ts';

jest.setTimeout(30_000);

let folder: string;
let file: string;
let errors: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropcap-trail-'));
  file = join(folder, 'audit.log');
  errors = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (changes: Partial<TrailOptions> = {}): AuditTrail =>
  new AuditTrail({ file, writer, onError: ({ message }) => void errors.push(message), ...changes });

const fill = (trail: AuditTrail, from: number, to: number): void => {
  for (let i = from; i < to; i++) void trail.push(circumstances(i), decision);
};

const empty = async (trail: AuditTrail): Promise<void> => {
  while (trail.counts().backlog > 0) await sleep(5);
};

describe('a file', () => {
  test('holds one line of JSON for each record, in order', async () => {
    const trail = open();
    fill(trail, 0, 1_000);
    await empty(trail);
    expect(uidsIn(readFileSync(file, 'utf8'))).toEqual(numbers(0, 1_000));
    expect(trail.counts()).toEqual({ backlog: 0, written: 1_000, lost: 0 });
    await trail.close();
    expect(errors).toEqual([]);
  });

  test('is appended to after a restart', async () => {
    for (const from of [0, 10]) {
      const trail = open();
      fill(trail, from, from + 10);
      await trail.close();
    }
    expect(uidsIn(readFileSync(file, 'utf8'))).toEqual(numbers(0, 20));
  });

  test('is set aside when it is full, and no line is lost, cut or written twice', async () => {
    const trail = open({ maxFileBytes: 200_000 });
    for (let from = 0; from < 2_000; from += 100) {
      fill(trail, from, from + 100);
      await empty(trail);
    }
    await trail.close();
    const names = readdirSync(folder).toSorted();
    expect(names.length).toBeGreaterThan(3);
    expect(names.slice(0, 3)).toEqual(['audit.log', 'audit.log.1', 'audit.log.2']);
    const texts = [...names.slice(1).toReversed(), 'audit.log'].map((name) => readFileSync(join(folder, name), 'utf8'));
    for (const content of texts) expect(content.length).toBeLessThanOrEqual(200_000);
    expect(texts.flatMap(uidsIn)).toEqual(numbers(0, 2_000));
  });

  test('the oldest files go when there are ten', async () => {
    const trail = open({ maxFileBytes: 1 });
    for (let from = 0; from < 15; from++) {
      fill(trail, from, from + 1);
      await empty(trail);
    }
    await trail.close();
    expect(readdirSync(folder)).toHaveLength(10);
    expect(uidsIn(readFileSync(file, 'utf8'))).toEqual(['14']);
    expect(uidsIn(readFileSync(`${file}.9`, 'utf8'))).toEqual(['5']);
  });

  test('is whole when the trail is closed right after the last record', async () => {
    const trail = open({ maxFileBytes: 1_000_000 });
    fill(trail, 0, 5_000);
    await trail.close();
    const names = readdirSync(folder).toSorted();
    const texts = [...names.slice(1).toReversed(), 'audit.log'].map((name) => readFileSync(join(folder, name), 'utf8'));
    expect(texts.flatMap(uidsIn)).toEqual(numbers(0, 5_000));
  });
});

describe('a queue that is full', () => {
  test('loses what is too much, and counts it', async () => {
    const trail = open();
    fill(trail, 0, 10_050);
    expect(trail.counts()).toEqual({ backlog: 10_000, written: 0, lost: 50 });
    await trail.close();
    expect(trail.counts()).toEqual({ backlog: 0, written: 10_000, lost: 50 });
    expect(uidsIn(readFileSync(file, 'utf8'))).toEqual(numbers(0, 10_000));
  });
});

describe('a file that cannot be written', () => {
  test('is refused at the start where it cannot even be opened', () => {
    expect(() => open({ file: folder })).toThrow('EISDIR');
    expect(() => open({ file: join(folder, 'missing', 'audit.log') })).toThrow('ENOENT');
  });

  test('on a full disk is told of once, holds records back, loses none while they fit, and ends in time', async () => {
    const trail = open({ file: '/dev/full' });
    fill(trail, 0, 300);
    await sleep(200);
    fill(trail, 300, 500);
    expect(trail.counts()).toEqual({ backlog: 500, written: 0, lost: 0 });
    expect(errors).toEqual([expect.stringContaining('ENOSPC')]);
    await trail.close();
    expect(trail.counts()).toEqual({ backlog: 0, written: 0, lost: 500 });
    expect(errors.slice(1)).toEqual(['500 records could not be written in time and are lost']);
  });

  test('because its successor cannot be made is written to when it can be again', async () => {
    const trail = open({ maxFileBytes: 1 });
    fill(trail, 0, 1);
    await empty(trail);
    // The ninth file cannot take the place of a folder.
    mkdirSync(join(`${file}.9`, 'x'), { recursive: true });
    writeFileSync(`${file}.8`, '');
    fill(trail, 1, 2);
    while (errors.length === 0) await sleep(5);
    expect(trail.counts()).toMatchObject({ backlog: 1, lost: 0 });
    rmSync(`${file}.9`, { recursive: true });
    await empty(trail);
    await trail.close();
    const texts = readdirSync(folder)
      .toSorted()
      .toReversed()
      .map((name) => readFileSync(join(folder, name), 'utf8'));
    expect(texts.flatMap(uidsIn)).toEqual(['0', '1']);
    expect(errors).toHaveLength(1);
  });
});

test('a record that cannot be written as JSON is lost, told of and counted; the others are not', async () => {
  const trail = open();
  const endless = { ...decision, findings: [{ ...decision.findings[0]!, before: 1n as unknown as null }] } as Decision;
  void trail.push(circumstances(0), endless);
  fill(trail, 1, 3);
  await empty(trail);
  void trail.push(circumstances(3), endless);
  await trail.close();
  expect(uidsIn(readFileSync(file, 'utf8'))).toEqual(['1', '2']);
  expect(trail.counts()).toEqual({ backlog: 0, written: 2, lost: 2 });
  expect(errors).toHaveLength(2);
});

describe('stdout', () => {
  const run = (number: number, pauseMs: number) => {
    const script = join(import.meta.dirname, 'write-to-stdout.ts');
    const child = spawn(process.execPath, [script, String(number), String(pauseMs)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { child, exit: once(child, 'exit'), said: text(child.stderr) };
  };
  const linesOf = async (said: Promise<string>) =>
    (await said)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Partial<TrailCounts> & { error?: string });

  test('has every record when the trail is closed, though the process exits right after', async () => {
    const { child, exit, said } = run(3_000, 0);
    expect(uidsIn(await text(child.stdout))).toEqual(numbers(0, 3_000));
    expect(await exit).toEqual([0, null]);
    expect((await linesOf(said)).at(-1)).toEqual({ backlog: 0, written: 3_000, lost: 0 });
  });

  test('that nobody reads holds records back in the queue, where they are counted', async () => {
    const { child, exit, said } = run(10_100, 500);
    child.stdout.pause();
    const [before, error, after] = await linesOf(said);
    expect(before!.lost).toBe(100);
    // What a pipe and one batch hold has left; nothing behind the queue takes the rest.
    expect(before!.backlog).toBeGreaterThan(9_000);
    expect(error!.error).toMatch(/^\d+ records could not be written in time and are lost$/);
    expect(after!.backlog).toBe(0);
    expect(after!.written! + after!.lost!).toBe(10_100);
    child.stdout.resume();
    expect(await exit).toEqual([0, null]);
  });

  test('that is slow is waited for', async () => {
    const { child, exit, said } = run(2_000, 0);
    child.stdout.pause();
    await sleep(1_000);
    const uids = uidsIn(await text(child.stdout));
    expect(uids).toEqual(numbers(0, 2_000));
    expect(await exit).toEqual([0, null]);
    expect((await linesOf(said)).at(-1)).toMatchObject({ written: 2_000, lost: 0 });
  });
});
