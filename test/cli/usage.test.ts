import { describe, expect, test } from '@jest/globals';
import { dropcap, folderOf } from './command.ts';

const HELP = '(add --help for the options)\n';

describe('a command line that is wrong ends with 2 and says why', () => {
  test.each([
    ['hardne', "unknown command 'hardne'\n(Did you mean harden?)\n"],
    ['policy valdate x', "unknown command 'valdate'\n(Did you mean validate?)\n"],
    ['serve --polcy x', "unknown option '--polcy'\n(Did you mean --policy?)\n"],
    ['serve --tls-cert-fil x', "unknown option '--tls-cert-fil'\n(Did you mean --tls-cert-file?)\n"],
    ['harden --filname x', "unknown option '--filname'\n(Did you mean --filename?)\n"],
    ['harden -f x --namespace y', "unknown option '--namespace'\n(Did you mean --namespaces?)\n"],
    ['policy validate --polcy', "unknown option '--polcy'\n"],
    ['harden', 'missing: -f, --filename <file|dir|->\n'],
    ['harden -f', "option '-f, --filename <file|dir|->' argument missing\n"],
    ['policy validate', "missing required argument 'dir|name'\n"],
    ['policy schema x', "too many arguments for 'schema'. Expected 0 arguments but got 1.\n"],
    ['serve --port 1', 'missing: --policy <dir|name>, --tls-cert-file <file>, --tls-private-key-file <file>\n'],
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

  test('what a shell makes of `-f *.yaml` says how to name several files', async () => {
    expect(await dropcap(['harden', '-f', 'a.yaml', 'b.yaml'])).toEqual({
      stdout: '',
      stderr:
        'error: found b.yaml, expected an option: each file or folder needs its own -f, as in -f b.yaml\n' +
        '(-f takes folders, too; add --help for the options)\n',
      status: 2,
    });
  });
});

describe('help', () => {
  test.each([
    '--help',
    'serve --help',
    'harden --help',
    'policy --help',
    'policy validate --help',
    'policy schema --help',
    'help harden',
  ])('of %s goes to stdout, fits 120 columns and ends with 0', async (line) => {
    const { stdout, stderr, status } = await dropcap(line.split(' '));
    expect(stdout).toMatch(/^Usage: dropcap/);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout.split('\n').filter(({ length }) => length > 120)).toEqual([]);
  });

  test('without a command is on stderr, and ends with 2', async () => {
    const { stdout, stderr, status } = await dropcap([]);
    expect(stderr).toMatch(/^Usage: dropcap/);
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
  });

  test('--version is the version', async () => {
    expect(await dropcap(['--version'])).toEqual({ stdout: '1.2.3\n', stderr: '', status: 0 });
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
