import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { CAPABILITIES } from '../../src/engine/capabilities.ts';
import { dropcap, runAround, type Ran } from './command.ts';

const capabilities = (...args: string[]): Promise<Ran> => dropcap(['capabilities', ...args]);

async function linesOf(...args: string[]): Promise<string[]> {
  const { stdout, stderr, status } = await capabilities(...args);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(stdout.endsWith('\n')).toBe(true);
  return stdout.slice(0, -1).split('\n');
}

/** Runs the command as on a terminal of some columns. */
const onTerminal = (columns: number, env: Record<string, string>, ...args: string[]): Promise<Ran> =>
  runAround(['capabilities', ...args], { columns, env });

const EXPECTED = 'expected a capability, ALL, or a mask: eight or more hexadecimal digits, or fewer after 0x';
const firstWords = (lines: readonly string[], column: number): string[] =>
  lines.map((line) => line.split(/ {2,}/)[column]!);

describe('without arguments', () => {
  test('is a table of all 41 in the order of their numbers', async () => {
    const [heading, ...rows] = await linesOf();
    expect(heading).toBe('NO  NAME                DEFAULT    POD SECURITY  WHAT IT ALLOWS');
    expect(firstWords(rows, 1)).toEqual([...CAPABILITIES]);
    expect(rows[13]).toBe('13  NET_RAW             not CRI-O  -             send and read raw packets');
    expect(rows.filter((row) => row.length > 80)).toEqual([]);
  });

  test('-o json says of each everything that is known', async () => {
    const { mask, capabilities: all } = JSON.parse((await linesOf('-o', 'json')).join('\n')) as {
      mask: string;
      capabilities: Record<string, unknown>[];
    };
    expect(mask).toBe('000001ffffffffff');
    expect(all.map(({ name }) => name)).toEqual([...CAPABILITIES]);
    expect(all[10]).toMatchObject({
      number: 10,
      mask: '0000000000000400',
      defaultIn: ['containerd', 'docker', 'cri-o'],
      podSecurity: ['baseline', 'restricted'],
    });
  });
});

describe('a name', () => {
  test('is explained in full, with its links', async () => {
    const lines = await linesOf('NET_RAW');
    expect(lines[0]).toBe('NET_RAW (number 13, mask 0000000000002000, since Linux 2.2)');
    const labels = lines.flatMap((line) => /^ {2}([A-Z][A-Za-z ]*?)(?: {2,}|$)/.exec(line)?.[1] ?? []);
    expect(labels).toEqual(['Allows', 'By default', 'Pod Security', 'Abuse', 'Needed by', 'Instead', 'Sources']);
    expect(lines).toContain('  https://man7.org/linux/man-pages/man7/capabilities.7.html');
  });

  test('is read in any case, with CAP_ and without', async () => {
    const plain = await capabilities('NET_RAW');
    for (const spelling of ['net_raw', 'cap_net_raw', 'CAP_NET_RAW', 'Cap_Net_Raw'])
      expect(await capabilities(spelling)).toEqual(plain);
  });

  test('with others gives their mask first, then each in full', async () => {
    const lines = await linesOf('cap_setuid,cap_chown', 'SETGID');
    expect(lines[0]).toBe('00000000000000c1: 3 capabilities, within what containerd and Docker give by default');
    expect(lines.flatMap((line) => /^([A-Z_]+) \(number/.exec(line)?.[1] ?? [])).toEqual(['CHOWN', 'SETGID', 'SETUID']);
  });

  test('ALL is the mask of all 41, and their table', async () => {
    const [summary, empty, ...table] = await linesOf('all');
    expect([summary, empty]).toEqual(['000001ffffffffff: every capability, as a privileged container has them', '']);
    expect(table).toEqual(await linesOf());
  });
});

describe('a mask', () => {
  test.each([['00000000a80425fb'], ['0xa80425fb'], ['A80425FB'], ['0XA80425fb'], ['CapEff:', '00000000a80425fb']])(
    '%s %s is the default of containerd',
    async (...words) => {
      const [summary, , , ...rows] = await linesOf(...words);
      expect(summary).toBe('00000000a80425fb: what containerd and Docker give by default');
      expect(rows).toHaveLength(14);
    },
  );

  test('of nothing is one line', async () => {
    expect(await linesOf('0x0')).toEqual(['0000000000000000: no known capability']);
  });

  test('with bits that name no capability says which', async () => {
    expect((await linesOf('0x20000000001'))[1]).toBe('unknown bit 41: the known capabilities are bits 0 to 40');
    expect((await linesOf('ffffffffffffffff'))[1]).toBe(
      'unknown bits 41 to 63: the known capabilities are bits 0 to 40',
    );
    const json = JSON.parse((await linesOf('0x20000000001', '-o', 'json')).join('\n')) as object;
    expect(json).toMatchObject({ mask: '0000020000000001', unknownBits: [41], capabilities: [{ name: 'CHOWN' }] });
  });

  test('that `capabilities NAME NAME` prints is read as these names', async () => {
    const [summary] = await linesOf('SYS_TIME', 'CHOWN');
    const [, , , ...rows] = await linesOf(summary!.split(':')[0]!);
    expect(firstWords(rows, 1)).toEqual(['CHOWN', 'SYS_TIME']);
  });
});

test('-o markdown is a page of what is asked for', async () => {
  const lines = await linesOf('SETUID', '-o', 'markdown');
  expect(lines.filter((line) => line.startsWith('## '))).toEqual(['## SETUID', '## Sources']);
});

describe('what cannot be read ends with 2 and says why', () => {
  test.each([
    [['NET_RWA'], [`found NET_RWA, ${EXPECTED}; did you mean NET_RAW?`]],
    [['cap_sys_amdin'], [`found cap_sys_amdin, ${EXPECTED}; did you mean SYS_ADMIN?`]],
    [
      ['x,CHOWN', 'CHWON', 'x'],
      [`found x, ${EXPECTED}`, `found CHWON, ${EXPECTED}; did you mean CHOWN?`],
    ],
    [[''], [`found no name, ${EXPECTED}`]],
    [['21'], ['found 21, expected a name or a mask: capability number 21 is SYS_ADMIN, the mask is 0x21']],
    [['41'], [`found 41, ${EXPECTED}`]],
    [['4ff'], [`found 4ff, ${EXPECTED}`]],
    [['0x'], [`found 0x, ${EXPECTED}`]],
    [['0x11111111111111111'], ['found 17 digits in 0x11111111111111111, expected a mask of at most 16']],
    [['CHOWN', '0x1'], ['found a mask beside names, expected either names or one mask']],
    [['0x1', '0x2'], ['found several masks, expected either names or one mask']],
    [['-o', 'yaml'], ['--output: found yaml, expected table, json or markdown']],
    [['--pid', 'x'], ['--pid: found x, expected the number of a process']],
    [['--pid', '0'], ['--pid: found 0, expected the number of a process']],
    [['--pid', '../1'], ['--pid: found ../1, expected the number of a process']],
    [['--pid', ''], ['--pid: found nothing, expected the number of a process']],
    [['--pid', '1', 'CHOWN'], ['found CHOWN beside --pid, expected either a process, or names or a mask']],
    [['--pid', '1', '-o', 'markdown'], ['--output: found markdown beside --pid, expected table or json']],
  ])('%j', async (args, messages) => {
    const stderr = messages.map((message) => `error: ${message}\n`).join('');
    expect(await capabilities(...args)).toEqual({ stdout: '', stderr, status: 2 });
  });

  test('a name that would move the cursor is printed harmlessly', async () => {
    const { stderr } = await capabilities('\u001b[2JCHOWN');
    expect(stderr).toContain('found \\u{1b}[2JCHOWN, expected');
  });
});

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('--pid', () => {
  const field = (name: string): string =>
    new RegExp(`^${name}:\\t(.*)$`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))![1]!;

  test('prints the sets of a process as the kernel has them', async () => {
    const lines = await linesOf('--pid', String(process.pid));
    expect(lines[0]).toBe(`Process ${process.pid} (${field('Name')}), uid ${process.geteuid!()}`);
    for (const set of ['CapEff', 'CapPrm', 'CapBnd', 'CapInh', 'CapAmb'])
      expect(lines.find((line) => line.startsWith(set))).toContain(` ${field(set)} `);
    expect(lines.find((line) => line.startsWith('NoNewPrivs '))).toMatch(
      new RegExp(`^NoNewPrivs  ${field('NoNewPrivs')} `),
    );
    expect(lines.at(-1)).not.toBe('');
  });

  test('-o json has the same', async () => {
    const found = JSON.parse((await linesOf('--pid', String(process.pid), '-o', 'json')).join('\n')) as object;
    expect(found).toMatchObject({
      pid: process.pid,
      uid: process.geteuid!(),
      noNewPrivs: field('NoNewPrivs') === '1',
      effective: { mask: field('CapEff'), unknownBits: [] },
      bounding: { mask: field('CapBnd') },
    });
  });

  test('a process that is not there ends with 2', async () => {
    // Above the greatest number that Linux gives to a process, 2^22.
    const stderr = 'error: --pid: found no process 4194305, expected one that runs here\n';
    expect(await capabilities('--pid', '4194305')).toEqual({ stdout: '', stderr, status: 2 });
  });
});

describe('a terminal', () => {
  const plain = (text: string): string => stripVTControlCharacters(text);
  const widest = (text: string): number =>
    Math.max(
      ...plain(text)
        .split('\n')
        .filter((line) => !line.startsWith('  https://'))
        .map(({ length }) => length),
    );

  test.each([
    [80, []],
    [80, ['NET_RAW', 'SYS_ADMIN']],
    [80, ['1ffffffffff']],
    [60, []],
    [60, ['SYS_ADMIN']],
    [50, ['ffffffffffffffff']],
    [200, ['SYS_ADMIN']],
    ...(process.platform === 'linux' ? [[80, ['--pid', '1']] as [number, string[]]] : []),
  ])('of %d columns is never exceeded, links apart: %j', async (columns, args) => {
    const { stdout, stderr, status } = await onTerminal(columns, {}, ...args);
    expect(status).toBe(0);
    expect(widest(stdout)).toBeLessThanOrEqual(columns);
    expect(stdout).toContain('\u001b[1m');
    expect(widest(stderr)).toBeLessThanOrEqual(columns);
  });

  test('has no colour with NO_COLOR or TERM=dumb', async () => {
    const { stdout } = await onTerminal(80, {}, 'CHOWN');
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }])
      expect((await onTerminal(80, env, 'CHOWN')).stdout).toBe(plain(stdout));
  });

  test('is told what the columns of a table mean, apart from the table', async () => {
    const { stdout, stderr } = await onTerminal(80, { NO_COLOR: '1' });
    expect(stdout).toBe((await capabilities()).stdout);
    expect(stderr).toContain('POD SECURITY: the strictest level under which a pod may add it.');
    expect((await onTerminal(80, {}, 'CHOWN')).stderr).toBe('');
  });
});

test('--help has examples and fits 120 columns', async () => {
  const lines = await linesOf('--help');
  expect(lines.filter((line) => line.startsWith('  $ dropcap capabilities')).length).toBeGreaterThanOrEqual(4);
  expect(lines.filter(({ length }) => length > 120)).toEqual([]);
});
