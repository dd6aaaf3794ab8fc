import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { moment, Unexpected } from '../../src/store/filter-values.ts';
import { folderOf, dropcap } from './command.ts';
import { has, offered } from './completion-shells.ts';

const HELP = '(add --help for the options)\n';
const TIME = 'a time as in 2026-11-22T17:00:00Z or 2026-11-22 (UTC), or how long ago, as in 30m, 2h or 7d';

describe('a bad option ends with 2, and says what was expected', () => {
  test.each([
    ['list --since yesterday', `--since: found yesterday, expected ${TIME}`],
    ['list --since 2026-11-22T17:00:00', `--since: found 2026-11-22T17:00:00, expected ${TIME}`],
    ['stats --until 2026-02-30', `--until: found 2026-02-30, expected ${TIME}`],
    ['export --since 2026-13-01', `--since: found 2026-13-01, expected ${TIME}`],
    ['list --namespace Shop', '--namespace: found Shop, expected a name of a-z, 0-9 and -, at most 63 long'],
    ['list --workload=', '--workload: found nothing, expected a name, or an owner as Kind/name'],
    ['list --user=', '--user: found nothing, expected the name of a user or service account'],
    ['list --policy A', '--policy: found A, expected a name of a-z, 0-9, - and ., at most 253 long'],
    [
      'list --rule capabilites.add',
      '--rule: found capabilites.add, expected capabilities.drop, capabilities.add, allowPrivilegeEscalation or pod; did you mean capabilities.add?',
    ],
    [
      'list --capability net_rwa',
      '--capability: found net_rwa, expected a capability, as in NET_RAW; did you mean NET_RAW?',
    ],
    ['list --capability foo', '--capability: found foo, expected a capability, as in NET_RAW'],
    [
      'stats --outcome hardend',
      '--outcome: found hardend, expected hardened, audited, exempt, unresolved, skipped or missed; did you mean hardened?',
    ],
    ['list --exception A', '--exception: found A, expected a name of a-z, 0-9, - and ., at most 253 long'],
    [
      'stats --result admited',
      '--result: found admited, expected admitted, altered, not-admitted, unknown or pending; did you mean admitted?',
    ],
    ['list --limit 0', '--limit: found 0, expected a number, 1 to 100000'],
    ['list --limit 1e3', '--limit: found 1e3, expected a number, 1 to 100000'],
    ['list -o yaml', '--output: found yaml, expected table, json or csv'],
    ['export -o json', '--output: found json, expected jsonl or csv; did you mean jsonl?'],
    [
      'list --since 2026-11-22 --until 2026-11-22',
      '--until: found 2026-11-22T00:00:00.000Z, expected a time after --since, 2026-11-22T00:00:00.000Z',
    ],
    ['list --follow --until 1h', '--follow: found --until beside it, which ends before what is new'],
    ['list --follow --after x', '--follow: found --after beside it, which ends before what is new'],
  ])('%s', async (line, message) => {
    const args = ['audit', ...line.split(' '), '--audit-store', join(folderOf(), 'none.db')];
    expect(await dropcap(args)).toEqual({ stdout: '', stderr: `error: ${message}\n`, status: 2 });
  });

  test.each(['list', 'show 00000001', 'stats', 'export'])('%s without a store', async (line) => {
    expect(await dropcap(['audit', ...line.split(' ')])).toEqual({
      stdout: '',
      stderr: `error: missing: --audit-store <file|url>: the store that dropcap serve --audit-store writes, or a running instance by its admin address\n${HELP}`,
      status: 2,
    });
  });

  test('a misspelt subcommand', async () => {
    expect(await dropcap(['audit', 'lst'])).toMatchObject({
      stderr: expect.stringContaining('Did you mean list?'),
      status: 2,
    });
  });
});

describe('a time', () => {
  const read = moment;

  test.each([
    ['2026-11-22', '2026-11-22T00:00:00.000Z'],
    ['2026-11-22T17:00:00Z', '2026-11-22T17:00:00.000Z'],
    ['2026-11-22t17:00z', '2026-11-22T17:00:00.000Z'],
    ['2026-11-22T17:00:00.25+01:30', '2026-11-22T15:30:00.250Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ])('%s is %s', (text, time) => {
    expect(new Date(read(text)).toISOString()).toBe(time);
  });

  test.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['2w', 1_209_600_000],
  ])('%s is %d ms ago', (text, milliseconds) => {
    const before = Date.now();
    const time = read(text);
    expect(time).toBeGreaterThanOrEqual(before - milliseconds);
    expect(time).toBeLessThanOrEqual(Date.now() - milliseconds);
  });

  test('of RFC 3339 is read as JavaScript writes it, and any other text is refused in words', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }), (date) => {
        expect(read(date.toISOString())).toBe(date.getTime());
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(Number.isFinite(read(text))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(Unexpected);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

(has('bash') ? test : test.skip)('bash completes the subcommands and what their options take', async () => {
  const lines = [
    '',
    'list --outcome ',
    'stats --rule ',
    'export --capability NET_',
    'list --result ',
    'list -o ',
    'export -o ',
    'help sh',
  ];
  const found = await offered.bash(
    lines.map((line) => `dropcap audit ${line}`),
    folderOf(),
  );
  expect(found.map((words) => words.sort())).toEqual([
    ['export', 'help', 'list', 'report', 'show', 'stats'],
    ['audited', 'exempt', 'hardened', 'missed', 'skipped', 'unresolved'],
    ['allowPrivilegeEscalation', 'capabilities.add', 'capabilities.drop', 'pod'],
    ['NET_ADMIN', 'NET_BIND_SERVICE', 'NET_BROADCAST', 'NET_RAW'],
    ['admitted', 'altered', 'not-admitted', 'pending', 'unknown'],
    ['csv', 'json', 'table'],
    ['csv', 'jsonl'],
    ['show'],
  ]);
});
