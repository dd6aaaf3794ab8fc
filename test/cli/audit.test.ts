import { chmodSync, copyFileSync, existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { AuditRecord } from '../../src/audit/record.ts';
import { openStore } from '../../src/store/open.ts';
import type { AuditEntry, AuditPage, AuditStats } from '../../src/store/terms.ts';
import { hasCorpus } from '../corpus.ts';
import { audit, parseCsv, UNPRINTABLE } from './audit-command.ts';
import { corpusRecords, EVIL, journalled, RECORDS, storeOf, uidOf } from './audit-records.ts';
import { folderOf, type Ran } from './command.ts';

jest.setTimeout(120_000);

const linesOf = (text: string): string[] => text.split('\n').slice(0, -1);
const numbersIn = (text: string): number[] => [...text.matchAll(/(\d{8})-7f3a/g)].map(([, number]) => Number(number));

/** What is undefined is not written. */
const written = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

let store = '';
beforeAll(async () => {
  store = await storeOf();
});

describe('dropcap audit list', () => {
  test('in a pipe has a line for each request, the newest first', async () => {
    const { stdout, stderr, status } = await audit(store, 'list');
    const [heading = '', ...lines] = linesOf(stdout);
    expect(heading.split(/ {2,}/)).toEqual(['TIME', 'UID', 'NAMESPACE', 'WORKLOAD', 'WHO', 'WHAT']);
    expect(numbersIn(stdout)).toEqual(RECORDS.map((_, i) => i).reverse());
    expect(lines.at(-1)!.split(/ {2,}/)).toEqual([
      '2026-11-22T12:00:00.000Z',
      uidOf(0),
      'shop',
      'ReplicaSet/web-6d9f',
      'system:serviceaccount:kube-system:replicaset-controller',
      '5 hardened: app: drop ALL, no SYS_ADMIN, no escalation; sidecar: drop ALL, no escalation',
    ]);
    expect({ stderr, status }).toEqual({
      stderr: 'one in full: dropcap audit show UID, or the beginning of it\n',
      status: 0,
    });
  });

  test.each([
    [
      1,
      '1 exempt: spared: not drop ALL (by exception/keep-chown); 3 hardened: spared: no escalation; other: drop ALL, no escalation',
    ],
    [2, '2 unresolved: agent: capabilities.drop, allowPrivilegeEscalation'],
    [3, '1 skipped: A Windows pod: Linux capabilities mean nothing there, and the API server may refuse the fields.'],
    [4, '1 exempt: app: not drop ALL (by opt-out); 2 hardened: app: no SYS_ADMIN, no escalation'],
    [
      5,
      '3 hardened: app: drop ALL, no SYS_ADMIN, no escalation; opt-out ignored: restricted: the namespace is not labelled dropcap.dev/allow-opt-out=true',
    ],
    [6, '1 audited: app: drop ALL'],
    [7, 'denied: capabilities.drop of container app; 3 missed: app: drop ALL, no SYS_ADMIN, no escalation'],
    [8, 'denied: spec: 2001 containers, at most 2000'],
  ])('says of record %d: %s', async (number, what) => {
    const { stdout } = await audit(store, 'list');
    expect(linesOf(stdout).find((line) => line.includes(uidOf(number)))).toMatch(
      new RegExp(` {2}${RegExp.escape(what)}$`),
    );
  });

  test.each([60, 80, 100, 140])('on a terminal of %d columns fits it', async (columns) => {
    const { stdout } = await audit(store, 'list', { columns, env: { NO_COLOR: '1' } });
    expect(linesOf(stdout).filter(({ length }) => length > columns)).toEqual([]);
    // Who asked stands below where the columns would be too narrow for it.
    expect(stdout).toMatch(/^TIME \(UTC\) +UID +NAMESPACE +WORKLOAD( +WHO)?\n/);
    expect(/^ {4}by sa\/kube-system\/replicaset-controller$/m.test(stdout)).toBe(!stdout.includes(' WHO\n'));
    expect([...stdout.matchAll(/ {2}(\d{8}) /g)].map(([, uid]) => Number(uid))).toEqual(
      RECORDS.map((_, i) => i).reverse(),
    );
  });

  test('on a terminal of 80 columns is what a person reads', async () => {
    const { stdout } = await audit(store, 'list --namespace batch', { columns: 80, env: { NO_COLOR: '1' } });
    expect(stdout).toBe(
      [
        'TIME (UTC)           UID       NAMESPACE  WORKLOAD         WHO',
        '2026-11-22 12:05:00  00000005  batch      refused-opt-out  bob',
        '    3 hardened: app: drop ALL, no SYS_ADMIN, no escalation',
        '    opt-out ignored: restricted: the namespace is not labelled',
        '      dropcap.dev/allow-opt-out=true',
        '2026-11-22 12:01:00  00000001  batch      Job/nightly      alice',
        '    1 exempt: spared: not drop ALL (by exception/keep-chown)',
        '    3 hardened: spared: no escalation; other: drop ALL, no escalation',
        '',
      ].join('\n'),
    );
  });

  test.each([
    ['--namespace batch', [5, 1]],
    ['--workload ReplicaSet/web-6d9f', [0]],
    ['--workload web-6d9f-', [0]],
    ['--workload opted', [4]],
    ['--policy watched', [6]],
    ['--rule pod', [3]],
    ['--rule capabilities.add --namespace batch', [5]],
    ['--capability cap_sys_admin', [9, 7, 5, 4, 0]],
    ['--outcome exempt', [4, 1]],
    ['--outcome missed', [7]],
    ['--opt-out', [5, 4]],
    ['--user bob --opt-out --namespace shop', [4]],
    ['--user system:serviceaccount:kube-system:replicaset-controller', [0]],
    ['--since 2026-11-22T12:09:00Z', [10, 9]],
    ['--until 2026-11-22T12:02:00Z', [1, 0]],
    ['--since 2026-11-22T13:01:00+01:00 --until 2026-11-22T12:03:00Z', [2, 1]],
  ])('%s', async (line, numbers) => {
    const { stdout } = await audit(store, `list ${line}`);
    expect(numbersIn(stdout)).toEqual(numbers);
  });

  test('goes on where it ended, by the words that it says', async () => {
    const seen: number[] = [];
    let after = '';
    do {
      const { stdout, stderr } = await audit(store, `list --limit 4${after}`);
      seen.push(...numbersIn(stdout));
      after = / --after \S+(?=, )/.exec(stderr)?.[0] ?? '';
    } while (after !== '' && seen.length < 100);
    expect(seen).toEqual(RECORDS.map((_, i) => i).reverse());
  });

  test('as JSON is the page, complete', async () => {
    const { stdout } = await audit(store, 'list -o json --limit 3');
    const { entries, next } = JSON.parse(stdout) as AuditPage;
    expect(entries.map(({ passes }) => passes)).toEqual([10, 9, 8].map((number) => [written(RECORDS[number])]));
    expect(typeof next).toBe('string');
  });

  test('as CSV has a row for each finding', async () => {
    const { stdout } = await audit(store, 'list -o csv');
    expect(parseCsv(stdout)).toHaveLength(
      1 + RECORDS.reduce((sum, { findings }) => sum + Math.max(findings.length, 1), 0),
    );
  });

  test('where nothing is found says so, and ends with 0', async () => {
    expect(await audit(store, 'list --namespace nowhere')).toEqual({
      stdout: '',
      stderr: 'no record matches\n',
      status: 0,
    });
    const empty = await storeOf([]);
    expect(await audit(empty, 'list')).toEqual({ stdout: '', stderr: 'the store holds no record yet\n', status: 0 });
  });

  test('a place to go on from that no list ended with is refused', async () => {
    const { stdout, stderr, status } = await audit(store, 'list --after nonsense');
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
    expect(stderr).toMatch(/^error: .*nonsense/);
  });
});

describe('dropcap audit show', () => {
  test('says who, when, by which policies, and each field before and after, with why', async () => {
    const { stdout, stderr, status } = await audit(store, `show ${uidOf(0)}`, { columns: 80, env: { NO_COLOR: '1' } });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(linesOf(stdout).filter(({ length }) => length > 80)).toEqual([]);
    expect(linesOf(stdout).slice(0, 17)).toEqual([
      uidOf(0),
      '  When         2026-11-22 12:00:00.000 UTC, in 1.625 ms',
      '  What         CREATE of Pod web-6d9f-… (named later) in namespace shop',
      '  Owner        ReplicaSet/web-6d9f',
      '  Who          system:serviceaccount:kube-system:replicaset-controller',
      '  Policies     restricted',
      '  Decided by   dropcap-6c8f, dropcap 1.2.3, policy set 541c7be4b5d6',
      '  container app',
      '    capabilities.drop: unset → [ALL]',
      '      hardened, asked by restricted',
      '      Without drop ALL the container holds the default capabilities of its',
      '      runtime, which nobody asked for.',
      '    capabilities.add: [SYS_ADMIN, NET_BIND_SERVICE] → [NET_BIND_SERVICE]',
      '      hardened, asked by restricted',
      '      The policy does not allow adding SYS_ADMIN.',
      '    allowPrivilegeEscalation: unset → false',
      '      hardened, asked by restricted',
    ]);
    expect(stdout).toContain('\n  Patch        add /spec/containers/0/securityContext/capabilities/drop\n');
  });

  test('names exemptions, opt-outs, and what the gate did', async () => {
    expect((await audit(store, `show ${uidOf(1)}`)).stdout).toContain(
      '    capabilities.drop: unset → [ALL], were it not spared\n      exempt (spared by exception/keep-chown), asked by restricted\n',
    );
    expect((await audit(store, `show ${uidOf(4)}`)).stdout).toContain(
      '  Opt-out      asked for capabilities.drop; reason: =HYPERLINK("http://example.com"), "as root"; honoured by restricted\n',
    );
    expect((await audit(store, `show ${uidOf(7)}`)).stdout).toMatch(
      /^ {2}Gate +denied\n(?:.*\n)*.*missed, gate: denied, asked by restricted\n/m,
    );
  });

  test('takes the beginning of a uid for it where no other begins so', async () => {
    expect(await audit(store, 'show 00000010')).toEqual(await audit(store, `show ${uidOf(10)}`));
    const { stdout, stderr, status } = await audit(store, 'show 0000000');
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
    expect(stderr).toMatch(/^error: 0000000: found 10 uids that begin so, expected one:\n00000009-7f3a/);
    expect(linesOf(stderr).at(-1)).toBe('and 5 more');
  });

  test('of a uid that nobody has ends with 2', async () => {
    expect(await audit(store, 'show ffff')).toEqual({
      stdout: '',
      stderr: 'error: no record has the uid ffff, or one that begins so\n',
      status: 2,
    });
  });

  test('shows every pass of a request, in order', async () => {
    const second = { ...RECORDS[0]!, time: '2026-11-22T12:00:00.250Z' };
    const file = await storeOf([RECORDS[0]!, second]);
    const { stdout } = await audit(file, 'show 00000000');
    expect(stdout).toMatch(/^00000000-\S+, 2 passes\n\nPass 1, 2026-11-22 12:00:00 UTC\n(?:.*\n)*\nPass 2, /);
    expect((await audit(file, 'list')).stdout.split('\n')).toHaveLength(3);
    const { passes } = JSON.parse((await audit(file, `show ${uidOf(0)} -o json`)).stdout) as AuditEntry;
    expect(passes.map(({ time }) => time)).toEqual([RECORDS[0]!.time, second.time]);
  });
});

describe('dropcap audit stats', () => {
  test('counts, with bars on a terminal', async () => {
    const { stdout, stderr, status } = await audit(store, 'stats', { columns: 80, env: { NO_COLOR: '1' } });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(linesOf(stdout).filter(({ length }) => length > 80)).toEqual([]);
    const all = RECORDS.flatMap(({ findings }) => findings);
    const hardened = all.filter(({ outcome }) => outcome === 'hardened').length;
    expect(stdout).toMatch(/^11 records, 2026-11-22 12:00:00 to 2026-11-22 12:10:00 UTC\n\nOUTCOME {5,}FINDINGS\n/);
    expect(stdout).toMatch(new RegExp(`^hardened +${hardened} {2}#{40}$`, 'm'));
    expect(stdout).toMatch(/^exempt +2 {2}#{1,6}$/m);
    expect(stdout).toMatch(/^2026-11-22 12 +11 {2}#+$/m);
  });

  test('in a pipe has no bars', async () => {
    const { stdout } = await audit(store, 'stats');
    expect(stdout).not.toContain('#');
    for (const heading of ['OUTCOME', 'POLICY', 'RULE', 'CAPABILITY', 'NAMESPACE', 'HOUR (UTC)'])
      expect(stdout).toContain(`\n${heading}`);
  });

  test('as JSON and CSV has the same numbers, exactly those of the records', async () => {
    const stats = JSON.parse((await audit(store, 'stats -o json')).stdout) as AuditStats;
    const all = RECORDS.flatMap(({ findings }) => findings);
    const counted = Object.fromEntries(stats.outcomes.map(({ name, count }) => [name, count]));
    for (const [outcome, some] of Map.groupBy(all, ({ outcome }) => outcome))
      expect([outcome, counted[outcome]]).toEqual([outcome, some.length]);
    const rows = parseCsv((await audit(store, 'stats -o csv')).stdout);
    expect(rows[0]).toEqual(['by', 'name', 'count']);
    expect(rows.filter(([by]) => by === 'outcomes').map(([, name, count]) => [name, Number(count)])).toEqual(
      stats.outcomes.map(({ name, count }) => [name, count]),
    );
  });

  test('of nothing says so', async () => {
    expect(await audit(store, 'stats --user nobody')).toEqual({ stdout: '', stderr: 'no record matches\n', status: 0 });
  });
});

describe('dropcap audit export', () => {
  test('has every record, complete, the oldest first', async () => {
    const { stdout, stderr, status } = await audit(store, 'export');
    expect(linesOf(stdout).map((line) => JSON.parse(line) as unknown)).toEqual(written(RECORDS));
    expect({ stderr, status }).toEqual({ stderr: '11 records\n', status: 0 });
  });

  test('as CSV has a row for each finding, and a heading even where there is none', async () => {
    const rows = parseCsv((await audit(store, 'export -o csv --namespace lab')).stdout);
    expect(rows.map((row) => [row[0], row[5], row[16]])).toEqual([
      ['time', 'namespace', 'outcome'],
      ['2026-11-22T12:06:00.000Z', 'lab', 'audited'],
    ]);
    const { stdout, stderr, status } = await audit(store, 'export -o csv --namespace nowhere');
    expect(parseCsv(stdout)).toHaveLength(1);
    expect({ stderr, status }).toEqual({ stderr: 'no record matches\n', status: 0 });
  });
});

describe('what a pod’s author wrote', () => {
  test.each([
    'list',
    'show 00000009',
    'stats',
    'export',
    'list -o json',
    'list -o csv',
    'show 00000009 -o json',
    'export -o csv',
  ])('moves no terminal: %s', async (line) => {
    for (const around of [{}, { columns: 80, env: { NO_COLOR: '1' } }]) {
      const { stdout } = await audit(store, line, around);
      expect(stdout.replaceAll('\t', '')).not.toMatch(UNPRINTABLE);
    }
  });

  test('is in the JSON as it was', async () => {
    const { passes } = JSON.parse((await audit(store, 'show 00000009 -o json')).stdout) as AuditEntry;
    expect([passes[0]!.name, passes[0]!.user]).toEqual([EVIL, `+${EVIL}`]);
  });
});

describe('the store', () => {
  test('that is not there is not made', async () => {
    const file = `${folderOf()}/none.db`;
    expect(await audit(file, 'list')).toEqual({
      stdout: '',
      stderr: 'error: --audit-store: audit.db: no such file\n',
      status: 2,
    });
    expect(existsSync(file)).toBe(false);
  });

  test.each(['list', 'show x', 'stats', 'export'])('that is none is refused by %s', async (line) => {
    const file = `${folderOf({ 'a.db': 'this is no database, but some text of a file that is long enough\n'.repeat(100) })}/a.db`;
    const { stdout, stderr, status } = await audit(file, line);
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
    expect(stderr).toMatch(/^error: --audit-store: .*audit\.db.*\n$/);
  });

  test('shows what came into the journal since, and each once', async () => {
    const file = await storeOf(RECORDS.slice(0, 2));
    expect(numbersIn((await audit(file, 'list')).stdout)).toEqual([1, 0]);
    await journalled(file, RECORDS.slice(2, 4));
    expect(numbersIn((await audit(file, 'list')).stdout)).toEqual([3, 2, 1, 0]);
    expect(numbersIn((await audit(file, 'list')).stdout)).toEqual([3, 2, 1, 0]);
  });

  describe('that may not be written', () => {
    // Root may write everything.
    const isRoot = process.getuid?.() === 0;

    /** Lists a store as somebody who may read it and its folder, and write neither. */
    async function listUnwritable(file: string): Promise<Ran> {
      const folder = dirname(file);
      for (const name of readdirSync(folder))
        if (name !== basename(`${file}.journal`)) chmodSync(join(folder, name), 0o444);
      chmodSync(folder, 0o555);
      if (isRoot) process.seteuid!(65_534);
      return audit(file, 'list').finally(() => {
        if (isRoot) process.seteuid!(0);
        chmodSync(folder, 0o755);
      });
    }

    test('is only read while its server runs, and that is said', async () => {
      const file = await storeOf(RECORDS.slice(0, 2));
      const server = await openStore(file);
      await server.ingest();
      await journalled(file, RECORDS.slice(2, 4));
      const { stdout, stderr, status } = await listUnwritable(file);
      await server.close();
      expect({ numbers: numbersIn(stdout), status }).toEqual({ numbers: [1, 0], status: 0 });
      expect(stderr).toMatch(
        /^note: .*audit\.db.*; it is only read, and newer records may wait in audit\.db\.journal$/m,
      );
    });

    test('is refused in words when its server has ended, for reading it makes files beside it', async () => {
      const file = await storeOf(RECORDS.slice(0, 2));
      await audit(file, 'list');
      const { stdout, stderr, status } = await listUnwritable(file);
      expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
      expect(stderr).toMatch(/^error: --audit-store: audit\.db: .*read-only\nSQLite reads it only where .*\n$/);
      const copy = join(folderOf(), 'audit.db');
      copyFileSync(file, copy);
      expect(numbersIn((await audit(copy, 'list')).stdout)).toEqual([1, 0]);
    });
  });

  test('with a folder in its place is refused', async () => {
    expect(await audit(folderOf(), 'list')).toMatchObject({
      stdout: '',
      stderr: expect.stringMatching(/^error: --audit-store: /),
      status: 2,
    });
  });
});

(hasCorpus ? describe : describe.skip)('records of the whole corpus', () => {
  let records: AuditRecord[] = [];
  let file = '';
  beforeAll(async () => {
    records = corpusRecords();
    file = await storeOf(records);
  });

  test('are exported as they are', async () => {
    const { stdout } = await audit(file, 'export');
    expect(linesOf(stdout).map((line) => JSON.parse(line) as unknown)).toEqual(written(records));
  });

  test('are in the list, in full, and fit a terminal', async () => {
    const { stdout } = await audit(file, 'list --limit 100000');
    expect(linesOf(stdout)).toHaveLength(records.length + 1);
    const wide = linesOf((await audit(file, 'list --limit 100000', { columns: 80, env: { NO_COLOR: '1' } })).stdout);
    expect(wide.filter(({ length }) => length > 80)).toEqual([]);
    for (const { uid } of records.slice(0, 30)) {
      const shown = linesOf((await audit(file, `show ${uid}`, { columns: 80, env: { NO_COLOR: '1' } })).stdout);
      expect(shown.filter(({ length }) => length > 80)).toEqual([]);
    }
  });

  test('say of what is spared what stays, and of what an exception has given back no more than its field', async () => {
    const { stdout } = await audit(file, 'list --limit 100000 --outcome exempt --namespace metallb-system');
    expect(stdout).toContain('frr: keeps NET_ADMIN, NET_RAW, SYS_ADMIN (by exception/metallb-frr)');
    expect(stdout).toContain('reloader, frr-metrics: capabilities.add (by exception/metallb-frr-vtysh)');
  });

  test('are counted as they are', async () => {
    const stats = JSON.parse((await audit(file, 'stats -o json')).stdout) as AuditStats;
    const findings = records.flatMap((record) => record.findings);
    expect(stats.records).toBe(records.length);
    expect(stats.outcomes.reduce((sum, { count }) => sum + count, 0)).toBe(findings.length);
    process.stdout.write(`corpus: ${records.length} records, ${findings.length} findings\n`);
  });

  test('have a row each for every finding in CSV', async () => {
    const rows = parseCsv((await audit(file, 'export -o csv')).stdout);
    expect(rows).toHaveLength(1 + records.flatMap((record) => record.findings).length);
    expect(new Set(rows.map(({ length }) => length)).size).toBe(1);
  });
});
