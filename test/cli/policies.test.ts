import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { dropcap, folderOf, harden, pod, ROOT, shell } from './command.ts';

const policy = (name: string, spec: string): string =>
  `apiVersion: dropcap.dev/v1alpha1\nkind: HardeningPolicy\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
const exception = (spec: string): string =>
  `apiVersion: dropcap.dev/v1alpha1\nkind: HardeningException\nmetadata: {name: spared}\nspec: {reason: r, owner: o, ${spec}}\n`;
const namespace = (name: string, labels: string): string =>
  `kind: Namespace\nmetadata: {name: ${name}, labels: ${labels}}\n`;

const OPT_OUT = `kind: Pod
apiVersion: v1
metadata:
  name: web
  namespace: shop
  annotations: {dropcap.dev/opt-out: "true", dropcap.dev/opt-out-reason: measured}
spec: {containers: [{name: c}]}
`;
const ALLOWING = namespace('shop', '{dropcap.dev/allow-opt-out: "true"}');
const SPARED = [
  'pod.yaml: Pod/web container c: exempt: capabilities.drop: Spared by opt-out (measured).',
  'pod.yaml: Pod/web container c: exempt: allowPrivilegeEscalation: Spared by opt-out (measured).',
  '1 pod template, 0 changed (2 exempt)\n',
].join('\n');

describe('the labels of namespaces', () => {
  test('come from Namespaces in the input, wherever they stand', async () => {
    const { stdout, stderr } = await harden({ 'pod.yaml': OPT_OUT, 'z.yaml': ALLOWING }, '-f', '%');
    expect(stdout).toBe(`${OPT_OUT}---\n${ALLOWING}`);
    expect(stderr).toBe(SPARED);
  });

  test('come from the file of --namespaces, which is not printed', async () => {
    const { stdout, stderr } = await harden(
      { 'pod.yaml': OPT_OUT, n: ALLOWING },
      '-f',
      '%/pod.yaml',
      '--namespaces',
      '%/n',
    );
    expect(stdout).toBe(OPT_OUT);
    expect(stderr).toBe(SPARED);
  });

  test('in the input go before those in the file', async () => {
    const files = { 'pod.yaml': OPT_OUT, 'z.yaml': namespace('shop', '{}'), n: ALLOWING };
    const { stderr } = await harden(files, '-f', '%', '--namespaces', '%/n');
    expect(stderr).toBe(
      'pod.yaml: Pod/web: opt-out ignored by restricted: the namespace is not labelled dropcap.dev/allow-opt-out=true\n' +
        '1 pod template, 1 changed (2 fields hardened)\n',
    );
  });

  test('are said to be unknown where an opt-out depends on them', async () => {
    expect((await harden({ 'pod.yaml': OPT_OUT }, '-f', '%')).stderr).toMatch(
      /^warning: namespace shop: its labels are not known here, and decisions may depend on them: give --namespaces\n/,
    );
  });

  test('are said to be unknown where a policy selects by them, once for each namespace', async () => {
    const files = {
      'p/p.yaml': policy('p', '{mode: enforce, level: restricted, match: {namespaceSelector: {matchLabels: {a: b}}}}'),
      'pod.yaml': pod('a', {}) + `---\n${pod('b', {})}`,
    };
    const args = ['-f', '%/pod.yaml', '--policy', '%/p'];
    expect((await harden(files, ...args)).stderr).toBe(
      'warning: namespace default: its labels are not known here, and decisions may depend on them: give --namespaces\n2 pod templates, 0 changed\n',
    );
    const known = await harden({ ...files, n: namespace('default', '{a: b}') }, ...args, '--namespaces', '%/n');
    expect(known.stderr).toBe('2 pod templates, 2 changed (4 fields hardened)\n');
  });

  test.each([
    ['is not there', '%/nowhere', '--namespaces: nowhere: no such file or folder'],
    [
      'is broken',
      '%/broken',
      '--namespaces: broken:2:1: Flow sequence in block collection must be sufficiently indented and end with a ].',
    ],
    [
      'holds a label that is no text',
      '%/wrong',
      '--namespaces: wrong:2:33: metadata.labels.a: found true, expected a string in quotes',
    ],
  ])('are refused from a file that %s', async (_, file, message) => {
    const files = { 'pod.yaml': OPT_OUT, broken: 'a: [1\n', wrong: namespace('shop', '{a: true}') };
    expect(await harden(files, '-f', '%/pod.yaml', '--namespaces', file)).toEqual({
      stdout: '',
      stderr: `error: ${message}\n`,
      status: 2,
    });
  });
});

describe('policies', () => {
  const [nginx] = [pod('n', { securityContext: { capabilities: { add: ['NET_ADMIN'] } } })];
  const added = async (...args: string[]): Promise<unknown> => {
    const { stdout } = await dropcap(['harden', '-f', '-', '-o', 'json', ...args], nginx);
    return (JSON.parse(stdout) as { spec: { containers: { securityContext: { capabilities: unknown } }[] } }).spec
      .containers[0]!.securityContext.capabilities;
  };

  test('are restricted where none is named', async () => {
    expect(await added()).toEqual({ drop: ['ALL'] });
    expect(await added()).toEqual(await added('--policy', 'restricted'));
  });

  test('may be named several times, and the strictest holds in any order', async () => {
    const wide = folderOf({
      'p.yaml': policy('wide', '{mode: enforce, capabilities: {drop: [ALL], allowedAdd: [NET_ADMIN]}}'),
    });
    expect(await added('--policy', wide)).toEqual({ drop: ['ALL'], add: ['NET_ADMIN'] });
    expect(await added('--policy', wide, '--policy', 'restricted')).toEqual({ drop: ['ALL'] });
    expect(await added('--policy', 'restricted', '--policy', wide)).toEqual({ drop: ['ALL'] });
  });

  test('in audit mode change nothing and say what they would', async () => {
    const files = { 'p/p.yaml': policy('p', '{mode: audit, level: restricted}'), 'a.yaml': nginx };
    const { stdout, stderr, status } = await harden(files, '-f', '%/a.yaml', '--policy', '%/p');
    expect({ stdout, status }).toEqual({ stdout: nginx, status: 0 });
    expect(stderr).toMatch(/^a\.yaml: Pod\/n container c0: audited: capabilities\.drop: /);
    expect(stderr).toMatch(/\n1 pod template, 0 changed \(3 audited\)\n$/);
  });

  test('with an exception that has expired warn about it, and harden', async () => {
    const spare = exception("keep: [NET_ADMIN], match: {namespaces: [default]}, expires: '2020-01-01'");
    const { stderr, status } = await harden(
      { 'e/e.yaml': spare, 'a.yaml': nginx },
      '-f',
      '%/a.yaml',
      '--policy',
      'restricted',
      '--policy',
      '%/e',
    );
    expect(stderr).toBe(
      'warning: e/e.yaml:4:89: spec.expires: spared ended on 2020-01-01: it is ignored\n1 pod template, 1 changed (3 fields hardened)\n',
    );
    expect(status).toBe(0);
  });
});

describe('policy validate', () => {
  test('says what is good, with its parts', async () => {
    const { stdout, stderr, status } = await dropcap(['policy', 'validate', 'restricted', 'compatible']);
    expect(stdout).toMatch(/^restricted, compatible: good \(2 policies, 0 exceptions, version [0-9a-f]{12}\)\n$/);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  });

  test('says everything that is wrong, with file, line, column, field, found and expected', async () => {
    const folder = folderOf({
      'a.yaml':
        'apiVersion: dropcap.dev/v1alpha1\nkind: HardeningPolicy\nmetadata: {name: x}\nspec:\n  mode: enforced\n  capabilties: {drop: [ALL]}\n  allowPrivilegeEscalation: "no"\n',
      'b.yaml': 'a: [\n',
    });
    const { stdout, stderr, status } = await dropcap(['policy', 'validate', folder]);
    expect(stderr.replaceAll(folder, '%').split('\n').slice(0, 3)).toEqual([
      'error: %/a.yaml:5:9: spec.mode: found enforced, expected enforce, audit or warn; did you mean enforce?',
      'error: %/a.yaml:6:3: spec.capabilties: unknown field; did you mean capabilities?',
      'error: %/a.yaml:7:29: spec.allowPrivilegeEscalation: found no, expected true or false',
    ]);
    expect(stderr).toContain('/b.yaml:2:1: not valid YAML: ');
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
  });

  test('warns about what has expired, and is content', async () => {
    const folder = folderOf({ 'e.yaml': exception("keep: [CHOWN], match: {namespaces: [a]}, expires: '2020-01-01'") });
    const { stderr, status } = await dropcap(['policy', 'validate', 'restricted', folder]);
    expect(stderr).toMatch(/^warning: .*spec\.expires: spared ended on 2020-01-01: it is ignored\n$/);
    expect(status).toBe(0);
  });

  test('warns where a shipped name is that of a folder here, too, which it does not stand for', () => {
    const folder = folderOf({ 'restricted/p.yaml': 'no policy', 'deploy.yaml': pod('a') });
    const warning = 'warning: restricted stands for what comes with dropcap; the folder here is ./restricted\n';
    expect(shell('dropcap policy validate restricted', folder)).toMatchObject({ stderr: warning, status: 0 });
    const checked = shell('dropcap check -f deploy.yaml --fail-on none', folder);
    expect(checked.stderr.startsWith(warning)).toBe(true);
    expect(shell('dropcap policy validate ./restricted', folder)).toMatchObject({ status: 2 });
  });

  test('names what is neither a folder nor shipped', async () => {
    expect(await dropcap(['policy', 'validate', 'restrictd'])).toEqual({
      stdout: '',
      stderr:
        'error: found restrictd, expected a folder or one of the shipped policies, baseline, compatible, exceptions or restricted; did you mean restricted?\n',
      status: 2,
    });
  });
});

test('policy schema prints the schema that is shipped', async () => {
  const { stdout, status } = await dropcap(['policy', 'schema']);
  expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(join(ROOT, 'policies', 'schema.json'), 'utf8')));
  expect(status).toBe(0);
});
