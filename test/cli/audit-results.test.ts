/** What became of requests, as `dropcap audit` tells of it. */
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { AuditEntry, AuditStats } from '../../src/store/terms.ts';
import { audit, parseCsv } from './audit-command.ts';
import { EVIL, RECORDS, RESULTS, storeOf, uidOf } from './audit-records.ts';

jest.setTimeout(120_000);

const linesOf = (text: string): string[] => text.split('\n').slice(0, -1);
const numbersIn = (text: string): number[] => [...text.matchAll(/(\d{8})-7f3a/g)].map(([, number]) => Number(number));

let store = '';
beforeAll(async () => {
  store = await storeOf([...RECORDS, ...RESULTS]);
});

describe('list', () => {
  test.each([
    [1, 'admitted as pod nightly'],
    [
      5,
      'altered as pod refused-opt-out: app: capabilities.add: proposed [NET_BIND_SERVICE], found [SYS_ADMIN]; ' +
        'app: allowPrivilegeEscalation: proposed false, found unset',
    ],
    [0, 'not admitted'],
    [4, 'not known whether admitted: the watch had a gap'],
  ])('ends the line of record %d with: %s', async (number, words) => {
    const { stdout } = await audit(store, 'list');
    const line = linesOf(stdout).find((one) => one.includes(uidOf(number)))!;
    expect(line.endsWith(`; ${words}`)).toBe(true);
  });

  test('says nothing where nothing is known', async () => {
    const { stdout } = await audit(store, 'list --workload watched');
    expect(linesOf(stdout)[1]).toMatch(/1 audited: app: drop ALL$/);
  });

  test.each([
    ['--result admitted', [1]],
    ['--result altered', [5]],
    ['--result not-admitted', [0]],
    ['--result unknown', [4]],
    ['--result altered --namespace shop', []],
    // Neither what the gate recorded nor a workload is a pod that is waited for, and what was denied is none either.
    ['--result pending', [9, 6, 3, 2]],
    ['--exception keep-chown', [1]],
  ])('%s', async (line, numbers) => {
    expect(numbersIn((await audit(store, `list ${line}`)).stdout)).toEqual(numbers);
  });

  test('has them as columns in CSV, after all others', async () => {
    const rows = parseCsv((await audit(store, 'list -o csv --namespace batch')).stdout);
    expect(rows[0]!.slice(-2)).toEqual(['result', 'pod']);
    expect(new Set(rows.slice(1).map((row) => row.slice(-2).join(' ')))).toEqual(
      new Set(['altered refused-opt-out', 'admitted nightly']),
    );
  });
});

describe('show', () => {
  test('tells of each field what was proposed and what was found', async () => {
    const { stdout } = await audit(store, 'show 00000005', { columns: 100, env: { NO_COLOR: '1' } });
    expect(linesOf(stdout).slice(1, 6)).toEqual([
      '  Result       altered as pod refused-opt-out (5e6f1c1e-52b6-4f0a-9a27-3c1f0d9b7a10), known since',
      '               2026-11-22 12:05:01 UTC',
      '               container app: capabilities.add: proposed [NET_BIND_SERVICE], found [SYS_ADMIN]',
      '               container app: allowPrivilegeEscalation: proposed false, found unset',
      '  When         2026-11-22 12:05:00.000 UTC, in 1.625 ms',
    ]);
  });

  test('has the whole result in JSON', async () => {
    const entry = JSON.parse((await audit(store, 'show 00000005 -o json')).stdout) as AuditEntry;
    expect(entry.result).toEqual(RESULTS[1]!.result);
  });
});

describe('stats', () => {
  test('counts them, and what was taken away, would change and was spared', async () => {
    const stats = JSON.parse((await audit(store, 'stats -o json')).stdout) as AuditStats;
    expect(stats.results.map(({ name, count }) => `${name} ${count}`).sort()).toEqual([
      'admitted 1',
      'altered 1',
      'not-admitted 1',
      'unknown 1',
    ]);
    const { stdout } = await audit(store, 'stats');
    for (const table of [
      /^RESULT +RECORDS\n/m,
      /^TAKEN AWAY +FINDINGS\nSYS_ADMIN +4$/m,
      /^WOULD CHANGE +FINDINGS\nwatched\/capabilities\.drop +1$/m,
      /^EXCEPTION +FINDINGS\nkeep-chown +1$/m,
    ])
      expect(stdout).toMatch(table);
  });
});

test('names of pods move no terminal', async () => {
  const pod = { name: EVIL, uid: EVIL };
  const evil = { ...RESULTS[0]!, result: { ...RESULTS[0]!.result, pod, status: 'altered' as const } };
  const other = await storeOf([...RECORDS, evil]);
  for (const line of ['list', 'show 00000001', 'list -o csv']) {
    const { stdout } = await audit(other, line);
    expect(stdout.replaceAll('\t', '')).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  }
});
