import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { check, GOOD, PRIVILEGED, textAt, WEB } from './check-command.ts';
import { dropcap, folderOf } from './command.ts';

const policy = (name: string, spec: string): string =>
  `apiVersion: dropcap.dev/v1alpha1\nkind: HardeningPolicy\nmetadata: {name: ${name}}\nspec: ${spec}\n`;

const SPARED = `apiVersion: dropcap.dev/v1alpha1
kind: HardeningException
metadata: {name: node-agent}
spec:
  match: {namespaces: [default], images: [{repository: '*'}], containers: [all]}
  rules: [capabilities.drop, allowPrivilegeEscalation]
  reason: mounts disks
  owner: team@example.com
`;

interface Found {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly rule: string;
  readonly field: string;
  readonly container: string;
}

const found = async (text: string, name = 'a.yaml'): Promise<Found[]> => {
  const { stdout } = await check({ [name]: text }, ['-f', '%', '-o', 'json']);
  return (JSON.parse(stdout) as { findings: Found[] }).findings;
};

describe('in a pipe', () => {
  test('each finding is a line with its place, the change, the policy, and why where that is not plain', async () => {
    const { stdout, stderr, status } = await check({ 'web.yaml': WEB });
    expect(stdout).toBe(
      `web.yaml:9:9: Deployment/web: init container wait: capabilities.drop: unset → [ALL] (restricted)
web.yaml:9:9: Deployment/web: init container wait: allowPrivilegeEscalation: unset → false (restricted)
web.yaml:17:13: Deployment/web: container web: capabilities.drop: [NET_RAW] → [NET_RAW, ALL] (restricted)
web.yaml:16:13: Deployment/web: container web: capabilities.add: [SYS_ADMIN, NET_BIND_SERVIC] → removed (restricted): The policy does not allow adding SYS_ADMIN. No such capability: NET_BIND_SERVIC (did you mean NET_BIND_SERVICE?).
web.yaml:19:11: Deployment/web: container web: allowPrivilegeEscalation: true → false (restricted)
`,
    );
    expect(stderr).toBe(
      '1 pod template checked: 5 fields would change in 1\nwhy, and what may break: dropcap explain -f %\nthe changes as a diff:   dropcap harden -f % -o diff\n',
    );
    expect(status).toBe(1);
  });

  test('what cannot be changed says why', async () => {
    const { stdout } = await check({ 'a.yaml': PRIVILEGED });
    expect(stdout).toContain(
      'a.yaml:6:5: Pod/root: container all: capabilities.drop: unset → cannot be changed (restricted): The container is privileged: ',
    );
  });

  test('names do not move the cursor of who reads it', async () => {
    const { stdout } = await check({ 'a\u001b[31m.yaml': WEB.replace('name: wait', String.raw`name: "w\u202Ea\nit"`) });
    expect(stdout).toContain(
      'a\\u{1b}[31m.yaml:9:9: Deployment/web: init container w\\u{202e}a\\nit: capabilities.drop',
    );
    // eslint-disable-next-line no-control-regex -- it is what must not be there
    expect(stdout).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  });

  test('what harden would change is what is found', async () => {
    const folder = folderOf({ 'web.yaml': WEB, 'root.yaml': PRIVILEGED });
    const hardened = await dropcap(['harden', '-f', folder]);
    const again = await check({}, ['-f', '-', '--fail-on', 'change'], { stdin: hardened.stdout });
    expect(again.stdout).not.toMatch(/→ (?!cannot be changed)/);
    expect(again.stderr).toMatch(/^2 pod templates checked: 2 unresolved\n/);
  });
});

describe('the exit status', () => {
  const bad = { 'web.yaml': WEB };
  const hopeless = { 'root.yaml': PRIVILEGED };
  test.each([
    ['0 where there is nothing to do', { 'a.yaml': GOOD }, 'change', 0],
    ['1 where something would change', bad, 'change', 1],
    ['1 where something cannot be changed', hopeless, 'change', 1],
    ['0 for a change, with --fail-on unresolved', bad, 'unresolved', 0],
    ['1 for what cannot be changed, with --fail-on unresolved', hopeless, 'unresolved', 1],
    ['0 for both, with --fail-on none', { ...bad, ...hopeless }, 'none', 0],
    ['2 for bad input, and the rest is checked', { ...bad, 'b.yaml': 'a: [' }, 'change', 2],
    ['2 for bad input, with --fail-on none', { 'b.yaml': 'a: [' }, 'none', 2],
    ['0 where there is no pod', { 'a.yaml': 'kind: Service\n' }, 'change', 0],
  ])('is %s', async (_, files, failOn, expected) => {
    expect((await check(files, ['-f', '%', '--fail-on', failOn])).status).toBe(expected);
  });

  test('is the same in every form', async () => {
    for (const output of ['table', 'json', 'sarif', 'junit', 'github']) {
      const args = ['-f', '%', '-o', output];
      expect({ output, status: (await check(bad, args)).status }).toEqual({ output, status: 1 });
      expect({ output, status: (await check({ 'a.yaml': GOOD }, args)).status }).toEqual({ output, status: 0 });
    }
  });

  test('is 0 for what only policies in audit mode ask, and it is shown', async () => {
    const folder = folderOf({ 'p.yaml': policy('later', '{mode: audit, level: restricted}') });
    const { stdout, stderr, status } = await check({ ...bad, ...hopeless }, ['-f', '%', '--policy', folder]);
    expect(stdout).toContain('capabilities.drop: unset → [ALL], if enforced (later)\n');
    expect(stderr).toContain('2 pod templates checked: 2 unresolved, 5 audited\n');
    expect(status).toBe(0);
  });

  test('is 0 for what an exception spares, and it is named', async () => {
    const folder = folderOf({
      'p.yaml': policy('all', '{mode: enforce, level: restricted}'),
      'e.yaml': SPARED,
    });
    const files = { 'a.yaml': PRIVILEGED.replace('securityContext', 'image: agent\n    securityContext') };
    const { stdout, stderr, status } = await check(files, ['-f', '%', '--policy', folder]);
    expect({ stdout, stderr, status }).toEqual({
      stdout: '',
      stderr: '1 pod template checked: nothing to do\n',
      status: 0,
    });
    const plain = { 'a.yaml': files['a.yaml'].replace('{privileged: true}', '{}') };
    const spared = await check(plain, ['-f', '%', '--policy', folder]);
    expect(spared.stdout).toContain('capabilities.drop: unset → spared by exception/node-agent (all): Spared by ');
    expect(spared.stderr).toContain('1 pod template checked: 2 exempt\n');
    expect(spared.status).toBe(0);
  });
});

describe('the place of a finding', () => {
  test('is the field where it is written, and the container where it is not', async () => {
    const places = (await found(WEB)).map(({ line, column, rule }) => [rule, textAt(WEB, line, column)]);
    expect(places).toEqual([
      ['capabilities.drop', 'name: wait'],
      ['allowPrivilegeEscalation', 'name: wait'],
      ['capabilities.drop', 'drop:'],
      ['capabilities.add', 'add: [SYS_ADMIN, NET_BIND_SERVIC]'],
      ['allowPrivilegeEscalation', 'allowPrivilegeEscalation: true'],
    ]);
  });

  test('counts CRLF as one line break, and documents from the top of the file', async () => {
    const text = `${GOOD}---\n${WEB}`.replaceAll('\n', '\r\n');
    const [first] = await found(text);
    expect(first).toMatchObject({ line: 17, column: 9, field: 'spec.template.spec.initContainers[0].securityContext.capabilities.drop' }); // prettier-ignore
    expect(textAt(text, 17, 9)).toBe('name: wait');
  });

  test('of a value behind an alias or a merge key is where it is used', async () => {
    const text = `kind: Pod
spec:
  containers:
  - &one {name: a, securityContext: {capabilities: {add: [NET_RAW]}}}
  - {<<: *one, name: b}
  - *one
`;
    const adds = (await found(text)).filter(({ rule }) => rule === 'capabilities.add');
    expect(adds.map(({ line, column }) => textAt(text, line, column))).toEqual([
      'add: [NET_RAW]}}}',
      '{<<: *one, name: b}',
      '*one',
    ]);
  });

  test('in JSON and in lists is as good as in YAML', async () => {
    const item = { kind: 'Pod', spec: { containers: [{ name: 'a' }] } };
    const text = JSON.stringify({ kind: 'List', items: [item, item] }, null, '\t');
    const drops = (await found(text, 'a.json')).filter(({ rule }) => rule === 'capabilities.drop');
    expect(drops.map(({ line, column, field }) => [line, textAt(text, line, column), field])).toEqual([
      [8, '{', 'items[0].spec.containers[0].securityContext.capabilities.drop'],
      [18, '{', 'items[1].spec.containers[0].securityContext.capabilities.drop'],
    ]);
  });

  test('of a pod on stdin is in stdin', async () => {
    const { stdout } = await check({}, ['-f', '-'], { stdin: WEB });
    expect(stdout).toMatch(/^stdin:9:9: Deployment\/web: /);
  });
});

describe('input that is odd is one line, and the rest is checked', () => {
  test.each([
    ['tabs', 'a:\n\tb: 1\n', 'a.yaml:2:1: '],
    ['a key twice', 'a: 1\na: 2\n', 'a.yaml:2:1: The key a is given twice in the same map.'],
    ['a template', 'name: {{ .Values.name }}\n', "If the {{ … }} in it are a template's, render it first."],
    ['an alias of nothing', 'a: *b\n', 'a.yaml:1:4: The alias *b has no anchor &b before it.'],
    ['binary', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1, 0xff]), 'a.yaml: found bytes that are not UTF-8'],
    ['a wrong type', 'kind: Pod\nspec: {containers: 3}\n', 'a.yaml:2:8: spec.containers: found 3, expected a list'],
  ])('%s', async (_, content, message) => {
    const { stdout, stderr, status } = await check({ 'a.yaml': content, 'web.yaml': WEB });
    const errors = stderr.split('\n').filter((line) => line.startsWith('error: '));
    expect(errors).toEqual([expect.stringContaining(message)]);
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(stderr).toContain(
      '1 pod template checked: 5 fields would change in 1; 1 error: what it names is left out\n',
    );
    expect(stdout.split('\n')).toHaveLength(6);
    expect(status).toBe(2);
  });
});

describe('options', () => {
  test('--namespaces brings the labels; without them it is said that they are missing', async () => {
    const spec =
      '{mode: enforce, level: restricted, match: {namespaceSelector: {matchLabels: {a: b}}}, optOut: {allowed: false}}';
    const policies = folderOf({ 'p.yaml': policy('labelled', spec) });
    const namespaces = folderOf({ 'ns.yaml': 'kind: Namespace\nmetadata: {name: shop, labels: {a: b}}\n' });
    const args = ['-f', '%', '--policy', policies];
    const without = await check({ 'web.yaml': WEB }, args);
    expect(without.stderr).toContain('warning: namespace shop: its labels are not known here');
    expect(without).toMatchObject({ stdout: '', status: 0 });
    const labelled = await check({ 'web.yaml': WEB }, [...args, '--namespaces', join(namespaces, 'ns.yaml')]);
    expect(labelled.stderr).toMatch(/^1 pod template checked: 5 fields would change in 1\n/);
    expect(labelled.status).toBe(1);
  });

  test.each([
    ['-o yml', 'error: --output: found yml, expected table, json, sarif, junit or github'],
    ['--fail-on chnge', 'error: --fail-on: found chnge, expected change, unresolved or none; did you mean change?'],
  ])('%s is refused', async (words, message) => {
    const { stdout, stderr, status } = await check({ 'web.yaml': WEB }, ['-f', '%', ...words.split(' ')]);
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
    expect(stderr.startsWith(message)).toBe(true);
  });

  test('files named without -f count as those with it, as a shell makes them of -f *.yaml', async () => {
    const all = await check({ 'other.yaml': WEB, 'web.yaml': WEB }, ['-f', '%/other.yaml', '%/web.yaml']);
    expect(all.stderr).toMatch(/^2 pod templates checked/);
    const bare = await check({ 'web.yaml': WEB }, ['%']);
    expect(bare.stderr).toMatch(/^1 pod template checked/);
  });

  test('help goes to stdout, fits 120 columns, and its examples are options that exist', async () => {
    const { stdout, status } = await check({}, ['--help']);
    expect(status).toBe(0);
    expect(stdout.split('\n').filter(({ length }) => length > 120)).toEqual([]);
    const examples = [...stdout.matchAll(/^ {2}\$ .*?dropcap check (.*?)(?: >.*)?$/gm)].map(([, line]) => line!);
    expect(examples).toHaveLength(4);
    for (const line of examples) {
      const args = line.replace(/deploy\.yaml|manifests\//, '%').split(' ');
      const ran = await check({ 'web.yaml': WEB }, args, { stdin: WEB });
      expect({ line, stderr: ran.stderr }).toEqual({
        line,
        stderr: expect.stringMatching(/^1 pod template checked: \d fields would change/),
      });
    }
  });
});
