import { describe, expect, test } from '@jest/globals';
import { CAPABILITIES } from '../../src/engine/capabilities.ts';
import { shippedNames } from '../../src/policies/shipped.ts';
import { dropcap, folderOf } from './command.ts';
import { canType, has, missing, offered, SETUPS, SHELLS, type } from './completion-shells.ts';

// A skipped test names what is not installed.
const testIn = (name: string, reason: string | undefined) => ({
  title: reason === undefined ? name : `${name} (skipped: ${reason})`,
  test: reason === undefined ? test : test.skip,
});

/** Options and subcommands of a command, and the words that its options take, as its own help lists them. */
async function helpOf(path: string) {
  const { stdout } = await dropcap([...path.split(' ').filter(Boolean), '--help']);
  const section = (title: string): string => new RegExp(`\n${title}:\n((?: .*\n)+)`).exec(stdout)?.[1] ?? '';
  const found = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, name]) => name!);
  const options = section('Options');
  return {
    commands: found(section('Commands'), /^ {2}(\w+)/gm),
    options: [...found(options, /^ {2}(-\w), /gm), ...found(options, /^ {2}(?:-\w, )?(--[\w-]+)/gm)].sort(),
  };
}

async function allCommands(path = ''): Promise<string[]> {
  const { commands } = await helpOf(path);
  const below = commands.filter((name) => name !== 'help').map((name) => allCommands(`${path} ${name}`.trim()));
  return [path, ...(await Promise.all(below)).flat()];
}

const lineOf = (path: string, end: string): string =>
  ['dropcap', path, end].filter((part, i) => i === 2 || part).join(' ');

const files = () => folderOf({ 'deploy.yaml': '', 'a b.yaml': '', 'manifests/x.yaml': '', 'our policies/p.yaml': '' });

describe.each(SHELLS)('in %s', (shell) => {
  const reason = !has(shell) ? 'not installed' : shell === 'zsh' && !canType() ? 'no script of util-linux' : undefined;
  const { title, test: testHere } = testIn('every command and every option that help lists is offered', reason);

  testHere(
    title,
    async () => {
      const paths = await allCommands();
      const help = await Promise.all(paths.map(helpOf));
      const options = await offered[shell](
        paths.map((path) => lineOf(path, '-')),
        folderOf(),
      );
      expect(Object.fromEntries(paths.map((path, i) => [path, options[i]!.sort()]))).toEqual(
        Object.fromEntries(paths.map((path, i) => [path, help[i]!.options])),
      );
      const branches = paths.flatMap((path, i) => (help[i]!.commands.length > 0 ? [{ path, help: help[i]! }] : []));
      const commands = await offered[shell](
        branches.map(({ path }) => lineOf(path, '')),
        folderOf(),
      );
      expect(commands.map((names) => names.sort())).toEqual(
        branches.map(({ help: { commands: names } }) => names.sort()),
      );
    },
    60_000,
  );

  const cases: readonly [string, readonly string[]][] = [
    ['dropcap check -o ', ['github', 'json', 'junit', 'sarif', 'table']],
    ['dropcap check -f x --fail-on ', ['change', 'none', 'unresolved']],
    ['dropcap check --policy ', shippedNames()],
    ['dropcap check --policy re', ['restricted']],
    ['dropcap policy validate ', shippedNames()],
    ['dropcap policy validate restricted c', ['compatible']],
    ['dropcap capabilities ', [...CAPABILITIES, 'ALL']],
    ['dropcap capabilities CHOWN NET_', ['NET_ADMIN', 'NET_BIND_SERVICE', 'NET_BROADCAST', 'NET_RAW']],
    ['dropcap why --program redis', ['redis', 'redis-server']],
    ['dropcap completion ', ['bash', 'fish', 'zsh']],
    ['dropcap serve --log-level ', ['debug', 'error', 'info', 'warn']],
    ['dropcap explain --keep SYS_T', ['SYS_TIME', 'SYS_TTY_CONFIG']],
    ['dropcap explain --try ', ['docker', 'nerdctl', 'podman']],
    ['dropcap help pol', ['policy']],
    ['dropcap policy help v', ['validate']],
    // The value of an option is no command, and `why` stands for what it says.
    ['dropcap check -f policy --fail', ['--fail-on']],
  ];
  const values = testIn('values are offered where they stand', reason);
  values.test(
    values.title,
    async () => {
      const found = await offered[shell](
        cases.map(([line]) => line),
        folderOf(),
      );
      const sorted = found.map((words) => words.sort());
      expect(cases.map(([line], i) => [line, sorted[i]])).toEqual(
        cases.map(([line, words]) => [line, [...words].sort()]),
      );
    },
    60_000,
  );
});

describe.each(Object.keys(SETUPS))('set up in %s, TAB', (setup) => {
  const typed: readonly [string, readonly string[]][] = [
    ['dropcap che\t', ['check']],
    ['dropcap policy val\tcompa\t', ['policy', 'validate', 'compatible']],
    ['dropcap check -f dep\t-o sa\t', ['check', '-f', 'deploy.yaml', '-o', 'sarif']],
    ['dropcap check --filename=dep\t', ['check', '--filename=deploy.yaml']],
    ['dropcap harden --output=pa\t', ['harden', '--output=patch']],
    ['dropcap check -f a\t', ['check', '-f', 'a b.yaml']],
    ['dropcap harden dep\tmanif\tx\t', ['harden', 'deploy.yaml', 'manifests/x.yaml']],
    ['dropcap check -f manif\tx\t', ['check', '-f', 'manifests/x.yaml']],
    ['dropcap check --policy our\t', ['check', '--policy', 'our policies/']],
    ['dropcap check --policy res\t--pol\tcomp\t', ['check', '--policy', 'restricted', '--policy', 'compatible']],
    // Files are no policies, and no files stand where a capability does.
    ['dropcap check --policy dep\t', ['check', '--policy', 'dep']],
    ['dropcap capabilities dep\t', ['capabilities', 'dep']],
  ];
  const { title, test: testHere } = testIn('completes what is unmistakable', missing(setup));
  testHere(
    title,
    async () => {
      const got = await type(
        setup,
        typed.map(([keys]) => keys),
        files(),
      );
      // zsh takes the slash of a folder away where a command line ends with it, and writes --policy= for --policy.
      const plain = (args: readonly string[]): string => args.join(' ').replaceAll('=', ' ').replace(/\/$/, '');
      expect(got.map(plain)).toEqual(typed.map(([, args]) => plain(args)));
    },
    60_000,
  );
});

describe('completion', () => {
  test('knows what stands for every value that is no free text', async () => {
    const { stdout } = await dropcap(['completion', 'bash']);
    const free = [...stdout.matchAll(/^ {4}'(.*?)'.*\) words='' paths='' ;;$/gm)].map(([, option]) => option);
    expect(free.sort()).toEqual(
      [
        ...['port', 'admin-address', 'drain-seconds', 'audit-max-age', 'audit-max-size'].map(
          (name) => `serve --${name}`,
        ),
        ...['why --image', 'capabilities --pid'],
        ...['namespace', 'service', 'secret', 'webhook-configuration', 'valid-days', 'propagation-seconds'].map(
          (name) => `certificates --${name}`,
        ),
        'explain --container',
        ...['list', 'stats', 'export'].flatMap((command) =>
          ['since', 'until', 'namespace', 'workload', 'policy', 'user', 'exception'].map(
            (name) => `audit ${command} --${name}`,
          ),
        ),
        ...['audit list --limit', 'audit list --after', 'audit report --since', 'audit report --namespace'],
      ].sort(),
    );
  });

  test.each(SHELLS)('for %s is words that the shell takes as they are, and nothing of this machine', async (shell) => {
    const { stdout, stderr, status } = await dropcap(['completion', shell]);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout).toMatch(/^#.*\n/);
    expect(stdout).not.toContain(process.cwd());
    expect(stdout.endsWith('\n')).toBe(true);
  });

  test('for another shell is refused', async () => {
    expect(await dropcap(['completion', 'fihs'])).toEqual({
      stdout: '',
      stderr: 'error: completion: found fihs, expected bash, zsh or fish; did you mean fish?\n',
      status: 2,
    });
  });
});
