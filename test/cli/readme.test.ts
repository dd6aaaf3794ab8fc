import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { dropcap, folderOf, pod, ROOT, shell } from './command.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The command lines of README's blocks, each with the lines that it goes on in. */
const lines = [...readme.matchAll(/^```(?:yaml|json|)\n(.*?)^```/gms)]
  .flatMap(([, block]) => block!.replaceAll('\\\n', ' ').split('\n'))
  .map((line) =>
    line
      .replace(/\s+#.*/, '')
      .replace(/^node dist\/dropcap\.js/, 'dropcap')
      .replace(/\s+/g, ' ')
      .trim(),
  )
  .filter((line) => line.startsWith('dropcap '));

const synopsis = (command: string): string =>
  lines.find((line) => line.startsWith(`dropcap ${command}`) && line.includes('[')) ?? '';

const files = {
  'deploy.yaml': `# mine\n${pod('a', { securityContext: { capabilities: { add: ['SYS_ADMIN', 'NET_BIND_SERVICE'] } } })}`,
  'namespaces.yaml': 'kind: Namespace\nmetadata: {name: default}\n',
};

describe('README', () => {
  test('shows these command lines', () => {
    expect(lines).toEqual([
      'dropcap check -f deploy.yaml',
      'dropcap explain -f deploy.yaml',
      'dropcap harden -f deploy.yaml -o diff',
      'dropcap serve --policy restricted --policy ./policies --tls-cert-file tls.crt --tls-private-key-file tls.key',
      'dropcap check [-f] FILE|DIR|-... [-o table|json|sarif|junit|github] [--fail-on change|unresolved|none]',
      'dropcap explain [-f] FILE|DIR|-... [--container NAME] [-o table|json] [--try docker|podman|nerdctl]',
      'dropcap explain [-f] FILE|DIR|-... --suggest [--container NAME] [--keep NAME,NAME] [--allow-escalation] [--log FILE|-]',
      'dropcap harden [-f] FILE|DIR|-... [-o yaml|json|patch|diff] [--in-place] [--diff]',
      'dropcap policy validate DIR',
      'dropcap policy schema',
      'dropcap why TEXT|- [--program NAME] [--image IMAGE] [-o table|json]',
      'dropcap capabilities NAME…|MASK|--pid N [-o table|json|markdown]',
      'dropcap audit list|stats|export --audit-store FILE|URL [--since TIME] [--namespace NAME] [--outcome OUTCOME] [--result RESULT] [-o FORMAT]',
      'dropcap audit show UID --audit-store FILE|URL [-o table|json|csv]',
      'dropcap audit report --audit-store FILE|URL [--since TIME] [--namespace NAME] [-o yaml|json] [--apply --kubeconfig FILE]',
      'dropcap completion bash|zsh|fish',
      'dropcap version [-o text|json]',
    ]);
  });

  test('its harden command shows what changes', () => {
    const { stdout, stderr, status } = shell(
      lines.find((line) => line.endsWith(' -o diff'))!,
      folderOf(files),
    );
    expect(stdout).toMatch(
      /^--- deploy\.yaml\n\+\+\+ deploy\.yaml\n@@ -1,2 \+1,2 @@\n # mine\n-.*SYS_ADMIN.*\n\+.*"drop": ?\["ALL"\].*\n$/,
    );
    expect(stderr).toBe('1 pod template, 1 changed (3 fields hardened)\n');
    expect(status).toBe(0);
  });

  const outputs = /\[-o ([a-z|]+)\]/.exec(synopsis('harden'))?.[1]?.split('|') ?? [];
  const policies = ['restricted', 'compatible', 'baseline', join(ROOT, 'policies', 'restricted')];
  test.each(outputs)('harden does what its line says, with -o %s', async (output) => {
    const folder = folderOf(files);
    for (const input of [join(folder, 'deploy.yaml'), folder, '-'])
      for (const policy of policies) {
        const args = ['-f', input, '-o', output, '--policy', policy, '--namespaces', join(folder, 'namespaces.yaml')];
        const { stderr, status } = await dropcap(['harden', ...args], files['deploy.yaml']);
        expect({ stderr, status }).toEqual({ stderr: expect.stringMatching(/^1 pod template, 1 changed /), status: 0 });
      }
  });

  test('policy validate and policy schema do what their lines say', async () => {
    expect(await dropcap(['policy', 'validate', join(ROOT, 'policies', 'restricted')])).toMatchObject({
      stderr: '',
      status: 0,
    });
    expect(await dropcap(['policy', 'schema'])).toMatchObject({ stderr: '', status: 0 });
  });

  test('the table of policies names those that are shipped', () => {
    const table = /\| `--policy` \|.*?\n\n/s.exec(readme)?.[0] ?? '';
    expect([...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name)).toEqual([
      'restricted',
      'compatible',
      'baseline',
    ]);
  });
});

describe('the help', () => {
  const examples = async (command: string): Promise<string[]> => {
    const { stdout } = await dropcap(['help', command]);
    return [...stdout.matchAll(/^ {2}\$ (dropcap harden .*)$/gm)].map(([, line]) => line!);
  };

  test('of harden has examples that run', async () => {
    const found = await examples('harden');
    expect(found.length).toBe(4);
    for (const line of found) {
      const policy = `apiVersion: dropcap.dev/v1alpha1\nkind: HardeningPolicy\nmetadata: {name: mine}\nspec: {mode: audit, level: restricted}\n`;
      const place = folderOf({
        ...files,
        'manifests/a.yaml': files['deploy.yaml'],
        'pod.yaml': files['deploy.yaml'],
        'my-policies/p.yaml': policy,
      });
      expect({ line, ...shell(line, place) }).toMatchObject({
        line,
        status: 0,
        stderr: expect.stringMatching(/1 changed/),
      });
    }
  });
});
