import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CAUSES, PROGRAMS } from '../../src/knowledge/breakage.ts';
import { dropcap, ROOT, runAround, type Ran } from './command.ts';

const BIND = 'bind() to 0.0.0.0:80 failed (13: Permission denied)';
const why = (...args: string[]): Promise<Ran> => dropcap(['why', ...args]);

interface Answers {
  readonly answers: readonly {
    readonly cause: string;
    readonly sure: string;
    readonly evidence: readonly { line: number; times: number; text: string }[];
    readonly mends: readonly { user: string; needs: string[] | null; podAdds: string[]; policies: object }[];
    readonly instead: readonly { tried: boolean }[];
  }[];
  readonly programs: readonly { name: string }[];
}
const json = async (...args: string[]): Promise<Answers> =>
  JSON.parse((await why(...args, '-o', 'json')).stdout) as Answers;

/** What a terminal of this width shows. */
const onTerminal = async (
  args: readonly string[],
  columns: number,
  env: Record<string, string> = {},
): Promise<string> => (await runAround(['why', ...args], { columns, env })).stdout;

describe('a line of a log', () => {
  test('is told what it means, what to do without a capability, and which are the least', async () => {
    const { stdout, stderr, status } = await why(BIND);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const order = [
      '1. A port below 1024 is refused',
      'sure: ',
      `${BIND} (nginx, when it starts; seen in a hardened container)`,
      'What it means',
      'Likely cause',
      'as root: Root had NET_BIND_SERVICE by default',
      "as another user: A user's process never had it.",
      'Without a capability',
      'ip_unprivileged_port_start to "0"',
      '(Tried: it works hardened.)',
      'With the least',
      'as root: NET_BIND_SERVICE: keep: [NET_BIND_SERVICE] in a HardeningException.',
      'restricted lets it stay where the pod adds it: add: [NET_BIND_SERVICE]; compatible gives it back by itself.',
      'as another user: No capability mends it.',
      'What this cannot tell',
      'Pattern 4',
      'Measured starts of nginx',
      'Sources',
    ];
    const places = order.map((text) => stdout.indexOf(text));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test('needs no quotes where the shell leaves it in pieces', async () => {
    expect((await why(...BIND.split(' '))).stdout).toBe((await why(BIND)).stdout);
  });

  test('names what the pod must add, and that escalation must be allowed', async () => {
    expect((await why('ping: socket: Operation not permitted')).stdout).toContain(
      'as root: NET_RAW: keep: [NET_RAW] in a HardeningException; add: [NET_RAW] in the pod, since not every runtime gives it. restricted needs the exception; compatible needs the exception.',
    );
    expect((await why('/var/spool/cron/: mkstemp: Permission denied')).stdout).toContain(
      'no capability: allowPrivilegeEscalation: true in the pod and rules: [allowPrivilegeEscalation] in the exception.',
    );
  });

  test('that nothing is known of says so on stderr, says what to look at, and ends with 1', async () => {
    const { stdout, stderr, status } = await why('server is listening');
    expect({ stdout, status }).toEqual({ stdout: '', status: 1 });
    expect(stderr).toMatch(/^no error text that dropcap knows in 1 line\nWhat to look at:\n/);
    expect(stderr).not.toContain('It reads like a refusal');
    expect((await why('foo: Operation not permitted')).stderr).toContain(
      'It reads like a refusal, but does not say of what',
    );
  });

  test('cannot move the cursor', async () => {
    const { stdout } = await why('\u001b[2J failed switching to "x": \u001b[31moperation not permitted');
    expect(stdout).toContain('Root may not become another user');
    expect(stdout).not.toContain('\u001b');
  });
});

describe('a log on stdin', () => {
  const log = ['starting', 'su: cannot set groups: Operation not permitted', '', BIND, BIND, ''].join('\n');

  test('is answered with its lines and how often they come', async () => {
    const { stdout } = await dropcap(['why', '-'], log);
    expect(stdout).toContain(`line 4, 2 times: ${BIND}`);
    expect(stdout).toContain('line 2: su: cannot set groups');
    expect(stdout).toMatch(/^1\. .*\n[^]*\n2\. /);
  });

  test('may have other line ends, and bytes that are no text', async () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe, 0x0d, 0x0a]), Buffer.from(`${BIND}\r\n`)]);
    const { stdout, status } = await dropcap(['why', '-', '-o', 'json'], bytes);
    expect((JSON.parse(stdout) as Answers).answers[0]!.evidence).toEqual([
      expect.objectContaining({ line: 2, text: BIND }),
    ]);
    expect(status).toBe(0);
  });

  test('is read up to 10 MiB, and said to be cut', async () => {
    const filler = Buffer.alloc(10 * 1_048_576, 'x\n');
    const { stderr, status } = await dropcap(['why', '-'], Buffer.concat([filler, Buffer.from(BIND)]));
    expect(stderr).toMatch(/^warning: stdin: only its first 10 MiB are read\nno error text/);
    expect(status).toBe(1);
  });

  test('that is empty holds nothing that is known', async () => {
    expect(await dropcap(['why', '-'], '')).toMatchObject({ stdout: '', status: 1 });
  });
});

describe('-o json', () => {
  test('holds what the table says', async () => {
    const { answers } = await json(BIND);
    expect(answers[0]).toMatchObject({
      cause: 'low-port',
      sure: 'sure',
      mends: [
        {
          user: 'root',
          needs: ['NET_BIND_SERVICE'],
          podAdds: [],
          policies: { restricted: 'if added', compatible: 'given' },
        },
        { user: 'user', needs: null, policies: { restricted: 'no use', compatible: 'no use' } },
      ],
    });
    expect(answers[0]!.instead.some(({ tried }) => tried)).toBe(true);
  });

  test('is a document without answers where nothing is known, and ends with 1', async () => {
    const { stdout, status } = await why('hello', '-o', 'json');
    expect({ document: JSON.parse(stdout) as unknown, status }).toEqual({
      document: { answers: [], programs: [] },
      status: 1,
    });
  });
});

describe('--program and --image', () => {
  test('leave out what other servers write', async () => {
    expect((await json('--program', 'nginx', BIND)).answers).not.toEqual([]);
    const { stderr, status } = await why('--image', 'redis:7', BIND);
    expect(stderr).toContain('Other programs write texts like it: ask without --program and --image.');
    expect(status).toBe(1);
  });

  test('add the starts of that program', async () => {
    const line = "chown: changing ownership of '.': Operation not permitted";
    expect((await why(line)).stdout).not.toContain('Measured starts of redis');
    expect((await why('--image', 'docker.io/library/redis:7', line)).stdout).toContain('Measured starts of redis');
  });

  test('alone tell what is known of it, the silent failures too', async () => {
    const { stdout, status } = await why('--program', 'cron');
    expect(stdout).toMatch(/^cron\n/);
    expect(stdout).toContain('Stays up, runs no job, and says nothing.');
    expect(status).toBe(0);
    expect((await json('--program', 'cron')).programs.map(({ name }) => name)).toEqual(['cron']);
  });

  test('that are not known are said, and hide nothing', async () => {
    const { stdout, stderr, status } = await why('--program', 'ngnix', BIND);
    expect(stderr).toBe('warning: --program: ngnix is not known; did you mean nginx?\n');
    expect({ stdout, status }).toEqual({ stdout: (await why(BIND)).stdout, status: 0 });
    expect(await why('--image', 'example.com/mine')).toEqual({
      stdout: '',
      stderr: 'warning: --image: what runs in example.com/mine is not known\n',
      status: 1,
    });
  });
});

describe('--list', () => {
  test('names every cause and every program', async () => {
    const { stdout, status } = await why('--list');
    expect(status).toBe(0);
    for (const { title } of CAUSES) expect(stdout).toContain(`\n${title}\n`);
    for (const { name } of PROGRAMS) expect(stdout).toContain(`\n${name}\n`);
  });

  test('-o markdown is the page of the documentation', async () => {
    expect((await why('--list', '-o', 'markdown')).stdout).toBe(
      readFileSync(join(ROOT, 'docs/what-breaks.md'), 'utf8'),
    );
  });

  test('-o json has the data', async () => {
    const data = JSON.parse((await why('--list', '-o', 'json')).stdout) as Record<string, unknown[]>;
    expect(Object.keys(data)).toEqual(['patterns', 'causes', 'symptoms', 'programs', 'debugProfiles', 'meshes']);
  });
});

describe('what is wrong with the options', () => {
  test.each([
    [[], 'found no text, expected a line of a log, or - for stdin'],
    [[''], 'found an empty text, expected a line of a log, or - for stdin'],
    [['  '], 'found an empty text, expected a line of a log, or - for stdin'],
    [['--list', 'x'], '--list: found it beside others, expected it alone'],
    [['--list', '--program', 'nginx'], '--list: found it beside others, expected it alone'],
    [['x', '-o', 'markdown'], '--output: found markdown, expected table or json; markdown is for --list'],
  ])('%j', async (args, message) => {
    expect(await why(...args)).toEqual({
      stdout: '',
      stderr: `error: ${message}\n(add --help for the options)\n`,
      status: 2,
    });
  });

  test('an unknown format', async () => {
    expect((await why('x', '-o', 'jsn')).stderr).toBe(
      'error: --output: found jsn, expected table, json or markdown; did you mean json?\n',
    );
  });

  test('the help fits 120 columns', async () => {
    const { stdout } = await why('--help');
    expect(stdout).toMatch(/^Usage: dropcap why/);
    expect(stdout.split('\n').filter(({ length }) => length > 120)).toEqual([]);
  });
});

describe('on a terminal', () => {
  test('nothing is wider than it, from 30 columns', async () => {
    const lines = fc.constantFrom(BIND, `failed switching to "${'x'.repeat(300)}"`, 'exec /a: operation not permitted');
    await fc.assert(
      fc.asyncProperty(lines, fc.integer({ min: 30, max: 200 }), async (line, columns) => {
        const text = stripVTControlCharacters(await onTerminal([line], columns));
        expect(text.split('\n').filter(({ length }) => length > columns)).toEqual([]);
      }),
      { numRuns: 40 },
    );
    const list = stripVTControlCharacters(await onTerminal(['--list'], 80));
    expect(list.split('\n').filter(({ length }) => length > 80)).toEqual([]);
  });

  test('titles are bold, and with NO_COLOR they are not', async () => {
    expect(await onTerminal([BIND], 80)).toContain('\u001b[1m1. A port below 1024 is refused\u001b[22m');
    expect(await onTerminal([BIND], 80, { NO_COLOR: '1' })).not.toContain('\u001b');
    expect((await why(BIND)).stdout).not.toContain('\u001b');
  });
});
