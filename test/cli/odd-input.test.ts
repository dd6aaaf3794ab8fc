/** Whatever lies in a folder of manifests: each command says what is wrong with it, where, and does the rest. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { dropcap, folderOf, shell, type Files } from './command.ts';

// A command that hangs ends its test here. Nothing else depends on how long it takes.
jest.setTimeout(120_000);

/** All commands that read manifests, in each of their forms. */
const COMMANDS = [
  ...['table', 'json', 'sarif', 'junit', 'github'].map((output) => `check -o ${output}`),
  ...['yaml', 'json', 'patch', 'diff'].map((output) => `harden -o ${output}`),
  'harden --diff',
  'harden --in-place',
  'harden --in-place --diff',
  'explain',
  'explain -o json',
  'explain --suggest',
];

const POD = 'apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec:\n  containers:\n  - name: c\n';
const LIST = 'apiVersion: v1\nkind: List\nitems:';

/** Lines of which each speaks several times of the one before it. */
const laughs = (levels: number, line: (name: string, before: string) => string): string =>
  `k0: &k0 [lol]\n${Array.from({ length: levels }, (_, i) => `${line(`k${i + 1}`, `k${i}`)}\n`).join('')}`;

/** Files that are read: how many pod templates they hold. */
const FINE: Readonly<Record<string, readonly [content: string, templates: number]>> = {
  'anchors and aliases': [`${POD}    securityContext: &s {}\n  - { name: d, securityContext: *s }\n`, 1],
  'a byte order mark': [`\uFEFF${POD}`, 1],
  CRLF: [POD.replaceAll('\n', '\r\n'), 1],
  directives: [`%YAML 1.1\n---\n${POD}...\n%TAG ! tag:example.com,2000:\n---\n${POD}`, 2],
  empty: ['', 0],
  'huge numbers': [`${POD}    ports: [{ containerPort: ${'9'.repeat(100_000)} }]\n`, 1],
  'keys of Object.prototype': [`${POD}    __proto__: { a: 1 }\n    constructor: 3\n`, 1],
  'a line of a megabyte': [`${POD}    image: ${'a'.repeat(1e6)}\n`, 1],
  'a list of nothing': [`${LIST}\n`, 0],
  'a list with null in it': [`${LIST} [null]\n`, 0],
  'merge keys': [`${POD}  - &d { name: d }\n  - { <<: *d, <<: { image: nginx } }\n`, 1],
  'no object': ['hello\n', 0],
  'null documents': [`---\nnull\n---\n~\n---\n${POD}---\n---\n`, 1],
  'only comments': ['# a\n\n# b\n', 0],
  tags: [`${POD}    image: !!str nginx\n    command: !mine [a]\n`, 1],
  '20,000 documents': ['---\n'.repeat(20_000), 0],
  '50,000 keys in a map': [Array.from({ length: 50_000 }, (_, i) => `k${i}: 1\n`).join(''), 0],
};

/** Files that are not: what is said of them. */
const WRONG: Readonly<Record<string, readonly [content: string | Uint8Array, said: string]>> = {
  'alias of nothing': [`${POD}    env: *a\n`, ':7:10: The alias *a has no anchor &a before it.'],
  'alias of itself': ['a: &a [*a]\n', ':1:8: The alias *a has no anchor &a before it.'],
  binary: [
    Uint8Array.from({ length: 4096 }, (_, i) => (i * 7919 + 13) % 256),
    ': found bytes that are not UTF-8, expected text in UTF-8',
  ],
  'a billion laughs': [
    laughs(10, (name, before) => `${name}: &${name} [${Array(9).fill(`*${before}`).join()}]`),
    ':8:22: The aliases of this document expand to more than 10000000 characters.',
  ],
  'a billion merged laughs': [
    laughs(30, (name, before) => `${name}: &${name} { a: *${before}, b: *${before}, <<: { c: *${before} } }`),
    ': The aliases of this document expand to more than 10000000 characters.',
  ],
  'brackets in 10,000 levels': ['['.repeat(10_000) + ']'.repeat(10_000), ': The document is nested too deeply.'],
  'brackets without end': ['['.repeat(100_000), ': The document is nested too deeply.'],
  'dashes in 10,000 levels': [`${'- '.repeat(10_000)}x\n`, ': The document is nested too deeply.'],
  'maps in 3,000 levels': [
    Array.from({ length: 3_000 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''),
    ': The document is nested too deeply.',
  ],
  'lists in 5,000 lists': [
    '{"kind":"List","items":['.repeat(5_000) + ']}'.repeat(5_000),
    ': The document is nested too deeply.',
  ],
  'a key given twice': [`${POD}    name: d\n`, ':7:5: The key name is given twice in the same map.'],
  'a key that is a map': ['? { a: 1 }\n: 2\n', ':1:3: A key has to be a string.'],
  'a list that is none': [`${LIST} nope\n`, ':3:1: items: found nope, expected a list'],
  'a list of numbers': [`${LIST}\n- 1\n`, ':4:3: items[0]: found 1, expected a map'],
  'a list with a bad pod': [
    `${LIST}\n- { kind: Pod, spec: nope }\n`,
    ':4:16: items[0].spec: found nope, expected a map',
  ],
  'a list of one kind that is none': [
    'kind: PodList\nitems: { a: 1 }\n',
    ':2:1: items: found a map of a, expected a list',
  ],
  'containers of null': [
    'kind: Pod\nspec:\n  containers: [null]\n',
    ':3:16: spec.containers[0]: found nothing, expected a map',
  ],
  'NUL in a text': [`${POD}    image: "a\0b"\n`, ':7:14: This is not text: YAML has no control characters.'],
  'only NUL': [new Uint8Array(1 << 20), ':1:1: This is not text: YAML has no control characters.'],
  'quotes without end': ['"'.repeat(100_001), ':1:'],
  surrogates: [
    Uint8Array.of(0x61, 0x3a, 0x20, 0xed, 0xa0, 0x80),
    ': found bytes that are not UTF-8, expected text in UTF-8',
  ],
  'tabs as indentation': ['kind: Pod\nspec:\n\tcontainers:\n', ':3:1: Tabs are not allowed as indentation.'],
  'a template': [
    POD.replace('p }', '{{ .Values.name }} }'),
    ":3:20: A key has to be a string. If the {{ … }} in it are a template's, render it first.",
  ],
  'a template around it all': [
    `{{- if .Values.on }}\n${POD}{{- end }}\n`,
    ": A key has to be a string. If the {{ … }} in it are a template's, render it first.",
  ],
  'UTF-16': [Buffer.from(`\uFEFF${POD}`, 'utf16le'), ': found UTF-16, expected text in UTF-8'],
  'UTF-16 without a mark': [Buffer.from(POD, 'utf16le'), ':1:2: This is not text: YAML has no control characters.'],
  'two wrong documents and a good one': [
    `---\nkind: Pod\nmetadata: { labels: 1 }\nspec: {}\n---\n${POD}---\nkind: Pod\nspec: 3\n`,
    ':3:13: metadata.labels: found 1, expected a map',
  ],
};

const fileOf = (claim: string): string => `${claim.replaceAll(/\W/g, '-')}.yaml`;
const files = (table: Readonly<Record<string, readonly [string | Uint8Array, unknown]>>): Files =>
  Object.fromEntries(Object.entries(table).map(([claim, [content]]) => [fileOf(claim), content]));

/** No trace of where in the code it went wrong. */
const hasStack = (text: string): boolean => /^ {4}at .*:\d+|node:internal|file:\/\/.*\.[jt]s:\d/m.test(text);

describe('of a file', () => {
  test.each(Object.entries(FINE))('%s: it is read', async (_, [content, templates]) => {
    const { stderr, status } = await dropcap(['check', '-f', folderOf({ 'a.yaml': content })]);
    expect(stderr).toMatch(
      templates === 0 ? /^no pod template found$/m : new RegExp(`^${templates} pod templates? checked: `, 'm'),
    );
    expect(stderr).not.toMatch(/^error/m);
    expect(status).toBe(templates === 0 ? 0 : 1);
  });

  test.each(Object.entries(WRONG))('%s: it is said where and what', async (_, [content, said]) => {
    const folder = folderOf({ 'a.yaml': content });
    const { stderr, status } = await dropcap(['check', '-f', folder]);
    const [first = ''] = stderr.replaceAll(`${folder}/`, '').split('\n');
    expect(first).toMatch(/^error: a\.yaml(:\d+:\d+)?: /);
    expect(first).toContain(said);
    expect({ status, hasStack: hasStack(stderr) }).toEqual({ status: 2, hasStack: false });
  });

  test('YAML under the name of JSON is read, and broken JSON says where', async () => {
    const folder = folderOf({ 'a.json': POD, 'b.json': '{"kind": "Pod",\n "spec": {"containers": [}}\n' });
    const { stderr } = await dropcap(['check', '-f', folder]);
    expect(stderr).toMatch(/b\.json:2:26: /);
    expect(stderr).toMatch(/^1 pod template checked/m);
  });
});

/** What cannot be opened or read as a file, even by root: what is said of it. */
async function placeOdd(folder: string, made: () => Promise<void>): Promise<void> {
  symlinkSync('nowhere', join(folder, 'dangling.yaml'));
  symlinkSync('loop.yaml', join(folder, 'loop.yaml'));
  symlinkSync('/dev/zero', join(folder, 'zero.yaml'));
  symlinkSync('.', join(folder, 'itself.yaml'));
  symlinkSync('.', join(folder, 'itself'));
  execFileSync('mkfifo', [join(folder, 'fifo.yaml')]);
  const server = createServer().listen(join(folder, 'socket.yaml'));
  await once(server, 'listening');
  try {
    await made();
  } finally {
    server.close();
  }
}

const UNREADABLE = [
  'dangling.yaml: no such file or folder',
  'fifo.yaml: a pipe, socket or device, where a file was expected',
  'itself.yaml: a folder, where a file was expected',
  'loop.yaml: a symbolic link that leads to itself',
  'socket.yaml: a pipe, socket or device, where a file was expected',
  'zero.yaml: a pipe, socket or device, where a file was expected',
];

describe('of a folder with all of it', () => {
  test.each(COMMANDS)('dropcap %s names each that is wrong once, and does the others', async (line) => {
    const folder = folderOf({ ...files(FINE), ...files(WRONG) });
    await placeOdd(folder, async () => {
      const { stdout, stderr, status } = await dropcap([...line.split(' '), '-f', folder]);
      const errors = stderr
        .replaceAll(`${folder}/`, '')
        .split('\n')
        .filter((said) => said.startsWith('error: '))
        .map((said) => said.slice('error: '.length));
      const named = errors.map((said) => said.split(/:\d+|: /)[0]);
      // One file has two documents that are wrong, and one good between them.
      const twice = fileOf('two wrong documents and a good one');
      const expected = [...Object.keys(WRONG).map(fileOf), twice, ...UNREADABLE.map((said) => said.split(':')[0]!)];
      expect(named.sort()).toEqual(expected.sort());
      expect(errors).toEqual(expect.arrayContaining(UNREADABLE));
      expect({ status, stack: hasStack(stderr) || hasStack(stdout) }).toEqual({ status: 2, stack: false });
      if (!/suggest|in-place$/.test(line)) expect(stdout).toMatch(/capabilities|drop/);
    });
  });

  test('harden --in-place changes the good files, and no byte of the others', async () => {
    const folder = folderOf({ ...files(FINE), ...files(WRONG) });
    await dropcap(['harden', '--in-place', '-f', folder]);
    for (const [claim, [, templates]] of Object.entries(FINE)) {
      const [before, after] = [FINE[claim]![0], readFileSync(join(folder, fileOf(claim)), 'utf8')];
      expect({ claim, changed: after !== before }).toEqual({ claim, changed: templates > 0 });
      if (claim === 'CRLF') expect(after.replaceAll('\r\n', '')).not.toContain('\n');
    }
    for (const [claim, [content]] of Object.entries(WRONG)) {
      if (fileOf(claim) === fileOf('two wrong documents and a good one')) continue;
      const same = readFileSync(join(folder, fileOf(claim))).equals(Buffer.from(content as Uint8Array));
      expect({ claim, same }).toEqual({ claim, same: true });
    }
  });
});

describe('of names', () => {
  test('one that is too long, one of a device without end, a socket and a good one: the good one is done', async () => {
    const folder = folderOf({ 'good.yaml': POD });
    const server = createServer().listen(join(folder, 's.yaml'));
    await once(server, 'listening');
    const long = 'n'.repeat(300);
    const { stderr, status } = await dropcap([
      'check',
      ...[`${folder}/${long}.yaml`, '/dev/zero', `${folder}/s.yaml`, `${folder}/good.yaml`],
    ]);
    server.close();
    // After these comes advice.
    expect(stderr.replaceAll(`${folder}/`, '').split('\n').slice(0, 4)).toEqual([
      `error: ${long}.yaml: a name that is too long`,
      'error: /dev/zero: found more than 50 MB, expected at most that: split it',
      'error: s.yaml: a socket or device, where a file was expected',
      '1 pod template checked: 2 fields would change in 1; 3 errors: what they name is left out',
    ]);
    expect(status).toBe(2);
  });
});

describe('the built command', () => {
  const big = Array.from(
    { length: 20_000 },
    (_, i) => `---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: c${i} }\ndata: { a: "${'x'.repeat(950)}" }\n`,
  ).join('');

  test.each(['check', 'harden -o diff'])('%s reads 20 MB', (command) => {
    const folder = folderOf({ 'big.yaml': `${big}---\n${POD}` });
    const { stdout, stderr } = shell(`dropcap ${command} -f big.yaml`, folder);
    expect(stdout).toContain(command === 'check' ? 'big.yaml:100007:5: Pod/p: ' : '+        - ALL');
    expect(stderr).toMatch(/^1 pod template/m);
  });

  test('takes no more of stdin than it can work on', () => {
    const { stdout, stderr, status } = shell('yes | dropcap check -f -');
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
    expect(stderr).toContain('error: stdin: found more than 50 MB, expected at most that: split it\n');
  });

  test('waits for a pipe that is named, as whoever names it means to fill it', () => {
    const { stdout, status } = shell(
      'mkfifo p.yaml; cat good.yaml > p.yaml & dropcap check -f p.yaml',
      folderOf({ 'good.yaml': POD }),
    );
    expect(stdout).toContain('p.yaml:6:5: Pod/p: ');
    expect(status).toBe(1);
  });
});
