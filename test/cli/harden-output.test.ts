import { describe, expect, test } from '@jest/globals';
import { applyPatch, type Operation } from 'fast-json-patch';
import { readManifest } from '../../src/manifest/read.ts';
import { dropcap, harden, pod } from './command.ts';
import { HARDENED, TIDY } from './tidy.ts';

const DONE = '1 pod template, 1 changed (3 fields hardened)\n';
const SERVICE = 'kind:    Service # left\napiVersion: v1\nspec: {ports: [0x50]}';

const jsonIn = (text: string): unknown[] => readManifest(text, 'x').documents.map(({ json }) => json);

describe('harden, as YAML', () => {
  test('changes the lines of the security context and no other byte', async () => {
    expect(await harden({ 'a.yaml': TIDY }, '-f', '%/a.yaml')).toEqual({ stdout: HARDENED, stderr: DONE, status: 0 });
  });

  test('keeps CRLF, in what it adds too', async () => {
    const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
    expect((await harden({ 'a.yaml': crlf(TIDY) }, '-f', '%/a.yaml')).stdout).toBe(crlf(HARDENED));
  });

  test.each([
    ['without pods', SERVICE],
    ['with a byte order mark', `\uFEFF${SERVICE}\n`],
    ['of comments only', '# nothing\n\n# here'],
    ['of empty documents', '---\n---\n'],
    ['with a directive and an end', '%YAML 1.1\n---\na: 1\n...\n'],
    ['that is empty', ''],
    ['with a pod that complies', HARDENED],
    ['with a kind of its own that looks like a pod', TIDY.replace('apiVersion: v1', 'apiVersion: example.com/v1')],
  ])('passes a file %s through byte for byte', async (_, text) => {
    const { stdout, status } = await harden({ 'a.yaml': text }, '-f', '%/a.yaml');
    expect({ stdout, status }).toEqual({ stdout: text, status: 0 });
  });

  test('reads stdin', async () => {
    expect(await dropcap(['harden', '-f', '-'], TIDY)).toEqual({ stdout: HARDENED, stderr: DONE, status: 0 });
  });

  test('says that there was nothing to harden', async () => {
    expect(await dropcap(['harden', '-f', '-'], '')).toEqual({
      stdout: '',
      stderr: 'no pod template found\n',
      status: 0,
    });
  });
});

describe('harden, with several inputs', () => {
  const names = (text: string): unknown[] =>
    jsonIn(text).map((json) => (json as { metadata?: { name?: string } } | null)?.metadata?.name);

  test('prints them in the order in which they are named, and a folder in the order of its names', async () => {
    const files = {
      'z.yaml': pod('z'),
      'd/b.yml': pod('b'),
      'd/a/x.json': pod('x'),
      'd/.h.yaml': 'a: [',
      'd/c.txt': '[',
    };
    const { stdout, status } = await harden(files, '-f', '%/z.yaml', '-f', '%/d', '-f', '%/z.yaml');
    expect(names(stdout)).toEqual(['z', 'x', 'b', 'z']);
    expect(status).toBe(0);
  });

  test.each([
    ['two that begin with no marker', 'a: 1\n', 'b: 1\n', 'a: 1\n---\nb: 1\n'],
    ['one without a last newline', 'a: 1', 'b: 1', 'a: 1\n---\nb: 1\n'],
    ['a second with a marker', 'a: 1\n', '---\nb: 1\n', 'a: 1\n---\nb: 1\n'],
    [
      'a second with a comment before its marker',
      'a: 1\n',
      '# b\r\n\r\n---\r\nb: 1\r\n',
      'a: 1\n# b\r\n\r\n---\r\nb: 1\r\n',
    ],
    ['a second that only seems to have a marker', 'a: 1\n', '---b: 1\n', 'a: 1\n---\n---b: 1\n'],
    ['a second with a directive', 'a: 1\n', '# b\n%YAML 1.1\n---\nb: 1\n', 'a: 1\n...\n# b\n%YAML 1.1\n---\nb: 1\n'],
    ['a second with a byte order mark', '\uFEFFa: 1\n', '\uFEFFb: 1\n', '\uFEFFa: 1\n---\nb: 1\n'],
    ['an empty one between', 'a: 1\n', '\n', 'a: 1\n'],
    ['JSON first, which older kubectl would read to the end', '{"a":1}\n', 'b: 1\n', '---\n{"a":1}\n---\nb: 1\n'],
    [
      'sixty empty lines before the second',
      'a: 1\n',
      `${'\n'.repeat(60)}b: 1\n`,
      `a: 1\n---\n${'\n'.repeat(60)}b: 1\n`,
    ],
  ])('separates %s', async (_, first, second, expected) => {
    const { stdout } = await harden({ '1.yaml': first, '2.yaml': second }, '-f', '%/1.yaml', '-f', '%/2.yaml');
    expect(stdout).toBe(expected);
    expect(jsonIn(stdout).filter((json) => json !== null)).toEqual(
      [first, second].flatMap(jsonIn).filter((json) => json !== null),
    );
  });

  test('leaves out a document that cannot be read, and prints the rest', async () => {
    const text = `${SERVICE}\n---\na: [1\n---\n${pod('p')}---\nkind: Pod\nspec: {containers: {}}\n---\nb: 1\n`;
    const { stdout, stderr, status } = await harden({ 'a.yaml': text }, '-f', '%/a.yaml');
    expect(stdout).toContain(`${SERVICE}\n---\n{"apiVersion":"v1","kind":"Pod"`);
    expect(stdout).toMatch(/\n---\nb: 1\n$/);
    expect(jsonIn(stdout)).toHaveLength(3);
    expect(stderr).toMatch(/; 2 errors: what they name is left out\n$/);
    expect(status).toBe(2);
  });
});

describe('harden, in other forms', () => {
  const files = {
    'a.yaml': `${TIDY}---\n${SERVICE}\n---\n`,
    'b.json': JSON.stringify({
      kind: 'List',
      apiVersion: 'v1',
      items: [JSON.parse(pod('x', {}, {})), { kind: 'Service' }],
    }),
  };
  const both = ['-f', '%/a.yaml', '-f', '%/b.json'];
  const documents = Object.values(files).flatMap(jsonIn);

  test('json is what the YAML means', async () => {
    const [asYaml, asJson] = [await harden(files, ...both), await harden(files, ...both, '-o', 'json')];
    const { items } = JSON.parse(asJson.stdout) as { items: unknown[] };
    expect(items).toEqual(jsonIn(asYaml.stdout).filter((json) => json !== null));
    expect(items).not.toEqual(documents.filter((json) => json !== null));
    expect(asJson.stderr).toBe(asYaml.stderr);
  });

  test('json of one object is that object, and of none an empty List', async () => {
    const [one, none] = [
      await dropcap(['harden', '-f', '-', '-o', 'json'], TIDY),
      await dropcap(['harden', '-f', '-', '-o', 'json']),
    ];
    expect([JSON.parse(one.stdout)]).toEqual(jsonIn(HARDENED));
    expect(JSON.parse(none.stdout)).toEqual({ apiVersion: 'v1', kind: 'List', items: [] });
  });

  test('json leaves out what would lose digits, and says how to keep them', async () => {
    const { stdout, stderr, status } = await harden(
      { 'a.yaml': `${TIDY}---\nmaximum: 9223372036854775807\n` },
      '-f',
      '%/a.yaml',
      '-o',
      'json',
    );
    expect([JSON.parse(stdout)]).toEqual(jsonIn(HARDENED));
    expect(stderr).toContain('error: a.yaml:11: holds a number too long for -o json: use -o yaml\n');
    expect(status).toBe(2);
  });

  test('patch names file and document, and applied gives the YAML', async () => {
    const { stdout } = await harden(files, ...both, '-o', 'patch');
    const patches = JSON.parse(stdout) as { file: string; document: number; patch: Operation[] }[];
    expect(patches.map(({ file, document }) => [file, document])).toEqual([
      ['a.yaml', 0],
      ['b.json', 0],
    ]);
    const [tidy, , , list] = documents;
    const applied = [tidy, list].map(
      (json, i) => applyPatch(structuredClone(json), patches[i]!.patch, true).newDocument,
    );
    const after = jsonIn((await harden(files, ...both)).stdout);
    expect(applied).toEqual([after[0], after[3]]);
  });

  test('patch of nothing is an empty list, and diff of nothing is nothing', async () => {
    expect((await dropcap(['harden', '-f', '-', '-o', 'patch'], HARDENED)).stdout).toBe('[]\n');
    expect((await dropcap(['harden', '-f', '-', '-o', 'diff'], HARDENED)).stdout).toBe('');
  });

  test('diff shows the lines that change, under the name of the file', async () => {
    expect((await harden({ 'a.yaml': TIDY, 'b.yaml': SERVICE }, '-f', '%', '-o', 'diff')).stdout).toBe(
      `--- a.yaml
+++ a.yaml
@@ -7,5 +7,6 @@
   - name: c   # odd spacing
     image: "nginx"
     securityContext:
-      capabilities: {add: [SYS_ADMIN, NET_BIND_SERVICE]}
+      capabilities: {add: [NET_BIND_SERVICE], drop: [ALL]}
+      allowPrivilegeEscalation: false
`.replace('@@ -7,5 +7,6 @@\n', '@@ -6,5 +6,6 @@\n   containers:\n'),
    );
  });

  test('diff shows nothing of a document that is left out', async () => {
    const { stdout, status } = await harden({ 'a.yaml': 'a: [1\n' }, '-f', '%/a.yaml', '-o', 'diff');
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
  });
});
