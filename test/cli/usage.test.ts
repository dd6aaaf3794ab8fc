import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { fitHelp } from '../../src/cli/help.ts';
import { dropcap, folderOf, ROOT } from './command.ts';

const HELP = '(add --help for the options)\n';
const FILENAME = '-f, --filename <file|dir|->: manifests: a file, a folder and what is below it, or - for stdin';

describe('a command line that is wrong ends with 2 and says why', () => {
  test.each([
    ['hardne', "unknown command 'hardne'\n(Did you mean harden?)\n"],
    ['policy valdate x', "unknown command 'valdate'\n(Did you mean validate?)\n"],
    ['serve --polcy x', "unknown option '--polcy'\n(Did you mean --policy?)\n"],
    ['serve --tls-cert-fil x', "unknown option '--tls-cert-fil'\n(Did you mean --tls-cert-file?)\n"],
    ['harden --filname x', "unknown option '--filname'\n(Did you mean --filename?)\n"],
    ['harden -f x --namespace y', "unknown option '--namespace'\n(Did you mean --namespaces?)\n"],
    ['policy validate --polcy', "unknown option '--polcy'\n"],
    ['harden', `missing: ${FILENAME}\n`],
    ['check', `missing: ${FILENAME}\n`],
    ['explain', `missing: ${FILENAME}\n`],
    ['hardne --help', "unknown command 'hardne'\n(Did you mean harden?)\n"],
    ['help hardne', "unknown command 'hardne'\n(Did you mean harden?)\n"],
    ['policy valdate --help', "unknown command 'valdate'\n(Did you mean validate?)\n"],
    ['help policy valdate', "unknown command 'valdate'\n(Did you mean validate?)\n"],
    ['policy help valdate', "unknown command 'valdate'\n(Did you mean validate?)\n"],
    ['completion', "missing required argument 'bash|zsh|fish'\n"],
    ['version 1', "too many arguments for 'version'. Expected 0 arguments but got 1.\n"],
    ['harden -f', "option '-f, --filename <file|dir|->' argument missing\n"],
    ['policy validate', "missing required argument 'dir|name'\n"],
    ['policy schema x', "too many arguments for 'schema'. Expected 0 arguments but got 1.\n"],
    [
      'serve --port 1',
      'missing: --policy <dir|name>: a folder of policies, or restricted, compatible, baseline, exceptions\n' +
        'error: missing: --tls-cert-file <file>: certificate chain, PEM; read again when it changes\n' +
        'error: missing: --tls-private-key-file <file>: its private key, PEM\n',
    ],
    [
      'serve --kubeconfig a --namespaces b',
      "option '--kubeconfig <file>' cannot be used with option '--namespaces <file>'\n",
    ],
  ])('%s', async (line, message) => {
    expect(await dropcap(line.split(' '))).toEqual({ stdout: '', stderr: `error: ${message}${HELP}`, status: 2 });
  });

  test.each([
    ['harden -f x -o yml', '--output: found yml, expected yaml, json, patch or diff; did you mean yaml?'],
    ['harden -f x -o=json', '--output: found =json, expected yaml, json, patch or diff; did you mean json?'],
    ['serve --port x', '--port: found x, expected a port, 0 to 65535'],
    ['serve --port 65536', '--port: found 65536, expected a port, 0 to 65535'],
    ['serve --admin-address 8080', '--admin-address: found 8080, expected host:port, as in 127.0.0.1:8080'],
    ['serve --admin-address h:99999', '--admin-address: found h:99999, expected host:port, as in 127.0.0.1:8080'],
    ['serve --drain-seconds -1', '--drain-seconds: found -1, expected seconds, 0 to 3600'],
    ['serve --log-level inf', '--log-level: found inf, expected error, warn, info or debug; did you mean info?'],
    ['serve --log-format xml', '--log-format: found xml, expected auto, text or json'],
  ])('%s', async (line, message) => {
    expect(await dropcap(line.split(' '))).toEqual({ stdout: '', stderr: `error: ${message}\n`, status: 2 });
  });

  test.each(['check', 'harden', 'explain'])(
    'what a shell makes of `%s -f *.yaml` names all of the files, and a hook may name them last, without -f',
    async (command) => {
      for (const line of ['-f a.yaml b.yaml', 'a.yaml b.yaml', '--policy restricted a.yaml b.yaml'])
        expect(await dropcap([command, ...line.split(' ')])).toMatchObject({
          stderr: expect.stringMatching(/^error: a\.yaml: no such .*\nerror: b\.yaml: no such .*\n/),
          status: 2,
        });
    },
  );
});

/** All commands, as help lists them. */
async function commands(path: readonly string[] = []): Promise<string[][]> {
  const { stdout } = await dropcap([...path, '--help']);
  const listed = /\nCommands:\n((?: .*\n)+)/.exec(stdout)?.[1] ?? '';
  const names = [...listed.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name!).filter((name) => name !== 'help');
  return [[...path], ...(await Promise.all(names.map((name) => commands([...path, name])))).flat()];
}

describe('help', () => {
  test('of every command goes to stdout, fits 80 columns, has examples and exit statuses, and ends with 0', async () => {
    const all = await commands();
    expect(all.length).toBeGreaterThan(12);
    for (const path of all) {
      const { stdout, stderr, status } = await dropcap([...path, '--help']);
      expect({ path, stderr, status }).toEqual({ path, stderr: '', status: 0 });
      expect(stdout).toMatch(new RegExp(`^Usage: ${['dropcap', ...path].join(' ')}`));
      expect(stdout).toMatch(/^Examples?:\n(?: .*\n)* {2}(?:\$ |.*\| )dropcap /m);
      expect(stdout).toMatch(/^Exit status: 0 /m);
      // A command line is not broken: it may be copied.
      const wide = stdout.split('\n').filter((line) => line.length > 80 && !line.startsWith('  $ '));
      expect({ path, wide }).toEqual({ path, wide: [] });
    }
  });

  test('is the same in every way of asking', async () => {
    for (const path of await commands()) {
      const { stdout } = await dropcap([...path, '--help']);
      for (const asked of [
        ['help', ...path],
        [...path, '-h'],
        ['help', ...path, '--help'],
      ])
        expect(await dropcap(asked)).toEqual({ stdout, stderr: '', status: 0 });
    }
    expect((await dropcap(['policy', 'help', 'schema'])).stdout).toMatch(/^Usage: dropcap policy schema/);
  });

  test.each([[[]], [['policy']]])('without a command (%j) is on stderr, and ends with 2', async (args) => {
    const { stdout, stderr, status } = await dropcap(args);
    expect(stderr).toMatch(/^Usage: dropcap/);
    expect(stderr.split('\n').filter(({ length }) => length > 80)).toEqual([]);
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
  });

  test('--version is the version', async () => {
    expect(await dropcap(['--version'])).toEqual({ stdout: '1.2.3\n', stderr: '', status: 0 });
  });
});

describe('help in a terminal of another width', () => {
  const text = [
    'Usage: dropcap x',
    '',
    `${'word '.repeat(23)}and`,
    'something more after a line that was full.',
    'A line of its own.',
    '',
    '  yaml   the manifests; what is not changed stays as it was',
    '  $ dropcap harden -f a/long/path/that/goes/on.yaml --policy restricted',
    '',
  ].join('\n');

  test('joins a paragraph and breaks it anew, keeps columns, and leaves command lines whole', () => {
    expect(fitHelp(text, 44)).toBe(
      [
        'Usage: dropcap x',
        '',
        ...Array.from({ length: 2 }, () => 'word word word word word word word word word'),
        'word word word word word and something more',
        'after a line that was full.',
        'A line of its own.',
        '',
        '  yaml   the manifests; what is not changed',
        '         stays as it was',
        '  $ dropcap harden -f a/long/path/that/goes/on.yaml --policy restricted',
        '',
      ].join('\n'),
    );
  });

  test('is as it was written where there is room', () => {
    expect(fitHelp(text, 200)).toBe(text);
  });

  test.each([0, 1, 39])('%d columns are too few to break for', (columns) => {
    expect(fitHelp(text, columns)).toBe(fitHelp(text, 40));
  });
});

describe('--policy', () => {
  const shipped = 'expected a folder or one of the shipped policies, baseline, compatible, exceptions or restricted';
  test.each([
    ['a misspelt name', ['restrictd'], [`--policy: found restrictd, ${shipped}; did you mean restricted?`]],
    [
      'two of them',
      ['x', 'basline'],
      [`--policy: found x, ${shipped}`, `--policy: found basline, ${shipped}; did you mean baseline?`],
    ],
    ['an empty name', [''], [`--policy: found an empty name, ${shipped}`]],
    ['a path that leads nowhere', ['./nowhere'], ['./nowhere: found nothing there, expected a folder of policies']],
  ])('%s', async (_, names, messages) => {
    const args = names.flatMap((name) => ['--policy', name]);
    const stderr = messages.map((message) => `error: ${message}\n`).join('');
    expect(await dropcap(['harden', '-f', '-', ...args], 'a: 1')).toEqual({ stdout: '', stderr, status: 2 });
  });

  test('a folder without policies', async () => {
    const folder = folderOf();
    expect((await dropcap(['harden', '-f', '-', '--policy', folder])).stderr).toBe(
      `error: ${folder}: found no *.yaml, *.yml or *.json file, expected policies\n`,
    );
  });
});

describe('a reader that goes away, and a disk that is full', () => {
  const node = `${process.execPath} --disable-warning=ExperimentalWarning ${join(ROOT, 'src', 'main.ts')}`;
  const bash = (line: string) => spawnSync('bash', ['-c', line], { encoding: 'utf8' });

  test.each([
    'capabilities',
    'why --list',
    'completion bash',
    'version',
    'serve --help',
    'policy schema',
    `check -f ${join(ROOT, 'manifests')} --fail-on none -o json`,
    `explain -f ${join(ROOT, 'manifests')} -o json`,
  ])(
    '%s',
    (line) => {
      const left = bash(`${node} ${line} | head -c 5; exit \${PIPESTATUS[0]}`);
      expect({ stdout: left.stdout.length, status: left.status }).toEqual({ stdout: 5, status: 0 });
      expect(left.stderr).not.toMatch(/EPIPE|^ {4}at /m);
      const full = bash(`${node} ${line} >/dev/full`);
      expect(full.stderr).toMatch(/^error: the output cannot be written: ENOSPC/m);
      expect(full.status).toBe(1);
    },
    30_000,
  );

  test('Ctrl-C ends what waits for stdin at once, by the signal and without a word', () => {
    const { stdout, stderr, status } = bash(`sleep 2 | timeout --preserve-status -s INT 1 ${node} check -f -`);
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 130 });
  }, 30_000);
});
