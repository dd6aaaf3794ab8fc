import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import type { AuditEntry } from '../../src/store/terms.ts';
import { journalled, RECORDS, storeOf, uidOf } from './audit-records.ts';
import { ROOT } from './command.ts';

jest.setTimeout(120_000);

const MAIN = ['--disable-warning=ExperimentalWarning', join(ROOT, 'src', 'main.ts'), 'audit'];
const bash = (line: string) => spawnSync('bash', ['-c', line], { encoding: 'utf8' });
const command = (line: string): string => [process.execPath, ...MAIN, line].join(' ');

/** `list --follow` on a store, and a promise of all that it has printed once that holds. */
function following(store: string, ...args: string[]) {
  const child = spawn(process.execPath, [...MAIN, 'list', '--follow', '--audit-store', store, ...args]);
  let text = '';
  let look: () => void = () => undefined;
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    look();
  });
  const printed = (holds: (text: string) => boolean): Promise<string> =>
    new Promise((resolve) => {
      look = () => (holds(text) ? resolve(text) : undefined);
      look();
    });
  return { child, printed };
}

const uidsIn = (text: string): string[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as AuditEntry).uid);

const uids = (from: number, to: number): string[] => RECORDS.slice(from, to).map(({ uid }) => uid);

describe('dropcap audit list --follow', () => {
  test('prints what is there, the newest last, then what comes, each once, until Ctrl-C', async () => {
    const store = await storeOf(RECORDS.slice(0, 4));
    const { child, printed } = following(store, '-o', 'json', '--limit', '3');
    expect(uidsIn(await printed((text) => text.includes(uidOf(3))))).toEqual(uids(1, 4));
    await journalled(store, RECORDS.slice(4, 6));
    expect(uidsIn(await printed((text) => text.includes(uidOf(5))))).toEqual(uids(1, 6));
    await journalled(store, RECORDS.slice(6, 8));
    expect(uidsIn(await printed((text) => text.includes(uidOf(7))))).toEqual(uids(1, 8));
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([null, 'SIGINT']);
  });

  test('begins with a store that has nothing, and keeps to its filters', async () => {
    const store = await storeOf([]);
    const { child, printed } = following(store, '--namespace', 'batch');
    await journalled(store, RECORDS.slice(0, 2));
    const text = await printed((some) => some.includes(uidOf(1)));
    expect(text).toMatch(/^TIME +UID /);
    expect(text).not.toContain(uidOf(0));
    child.kill('SIGINT');
    await once(child, 'exit');
  });

  test('ends when nobody reads it any more', async () => {
    const store = await storeOf(RECORDS.slice(0, 1));
    const { child, printed } = following(store, '-o', 'json');
    await printed((text) => text.includes(uidOf(0)));
    child.stdout.destroy();
    await journalled(store, RECORDS.slice(1, 3));
    const [status] = (await once(child, 'exit')) as [number];
    expect(status).toBe(0);
  });
});

describe('a reader that goes away, and a disk that is full', () => {
  const many = Array.from({ length: 3_000 }, (_, i) => ({ ...RECORDS[0]!, uid: `${i}` }));

  test('export and list do not mind the one, and end with 1 for the other', async () => {
    const store = await storeOf(many);
    for (const line of ['export', 'export -o csv', 'list --limit 3000']) {
      const run = command(`${line} --audit-store ${store}`);
      const left = bash(`${run} | head -c 5; exit \${PIPESTATUS[0]}`);
      expect({ line, stdout: left.stdout.length, status: left.status }).toEqual({ line, stdout: 5, status: 0 });
      expect(left.stderr).not.toMatch(/EPIPE|^ {4}at /m);
      const full = bash(`${run} >/dev/full`);
      expect({ line, status: full.status }).toEqual({ line, status: 1 });
      expect(full.stderr).toMatch(/^error: the output cannot be written: ENOSPC/m);
    }
  });
});
