import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { dropcap, folderOf, harden, pod } from './command.ts';

const LEFT = 'nothing hardened; 1 error: what it names is left out\n';

/** What is said of one file. */
async function said(content: string | Uint8Array, name = 'a.yaml'): Promise<string> {
  const { stdout, stderr, status } = await harden({ [name]: content }, '-f', `%/${name}`);
  expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
  expect(stderr.endsWith(LEFT)).toBe(true);
  return stderr.slice(0, -LEFT.length);
}

describe('an input that cannot be read', () => {
  test.each([
    ['', 'found an empty name, expected a file, a folder or -'],
    ['/nowhere/a.yaml', '/nowhere/a.yaml: no such file or folder'],
    ['/dev/null/a.yaml', '/dev/null/a.yaml: no such file or folder'],
  ])('%s', async (name, message) => {
    expect(await dropcap(['harden', '-f', name])).toEqual({
      stdout: '',
      stderr: `error: ${message}\n${LEFT}`,
      status: 2,
    });
  });

  test('a folder without manifests', async () => {
    expect((await harden({ 'notes.txt': '' }, '-f', '%')).stderr).toBe(
      `error: %: found no *.yaml, *.yml or *.json file, expected manifests\n${LEFT}`,
    );
  });

  test('a link that leads to itself', async () => {
    const folder = folderOf();
    symlinkSync('a.yaml', join(folder, 'a.yaml'));
    expect((await dropcap(['harden', '-f', join(folder, 'a.yaml')])).stderr).toBe(
      `error: ${folder}/a.yaml: a symbolic link that leads to itself\n${LEFT}`,
    );
  });

  const unlessRoot = process.getuid?.() === 0 ? test.skip : test;
  unlessRoot('a file without permission (not as root)', async () => {
    const folder = folderOf({ 'a.yaml': 'a: 1' });
    chmodSync(join(folder, 'a.yaml'), 0);
    expect((await dropcap(['harden', '-f', folder])).stderr).toBe(`error: ${folder}/a.yaml: no permission\n${LEFT}`);
  });

  test('does not keep the others from being hardened', async () => {
    const { stdout, stderr, status } = await harden({ 'a.yaml': pod('a', {}) }, '-f', '%/b.yaml', '-f', '%/a.yaml');
    expect(stdout).toContain('"drop":["ALL"]');
    expect(stderr).toBe(
      'error: b.yaml: no such file or folder\n1 pod template, 1 changed (2 fields hardened); 1 error: what it names is left out\n',
    );
    expect(status).toBe(2);
  });
});

describe('a file with something wrong in it', () => {
  test.each([
    ['UTF-16', Buffer.from('\uFEFFa: 1', 'utf16le'), 'found UTF-16, expected text in UTF-8'],
    ['Latin-1', Buffer.from('a: \xe9', 'latin1'), 'found bytes that are not UTF-8, expected text in UTF-8'],
  ])('%s', async (_, bytes, message) => expect(await said(bytes)).toBe(`error: a.yaml: ${message}\n`));

  test.each([
    ['control characters', 'a: \u001b[31m', ':1:4: This is not text: YAML has no control characters.'],
    [
      'broken YAML',
      'a: 1\nb: [1\n',
      ':3:1: Flow sequence in block collection must be sufficiently indented and end with a ].',
    ],
    ['a key twice', 'a: 1\na: 2\n', ':2:1: The key a is given twice in the same map.'],
    [
      'a template',
      'a: 1\nname: {{ .Values.name }}\n',
      ":2:8: A key has to be a string. If the {{ … }} in it are a template's, render it first.",
    ],
  ])('%s', async (_, text, message) => expect(await said(text)).toBe(`error: a.yaml${message}\n`));

  const withContext = (context: string): string =>
    `kind: Pod\napiVersion: v1\nspec:\n  containers:\n  - name: c\n    securityContext: ${context}\n`;
  const at = 'spec.containers[0].securityContext';
  test.each([
    [
      'add as text',
      '{capabilities: {add: "NET_ADMIN"}}',
      `6:38: ${at}.capabilities.add: found NET_ADMIN, expected a list`,
    ],
    ['drop as a number', '{capabilities: {drop: 3}}', `6:38: ${at}.capabilities.drop: found 3, expected a list`],
    [
      'a number in drop',
      '{capabilities: {drop: [1]}}',
      `6:45: ${at}.capabilities.drop[0]: found 1, expected a string in quotes`,
    ],
    ['capabilities as a list', '{capabilities: [ALL]}', `6:23: ${at}.capabilities: found [ALL], expected a map`],
    ['privileged as text', '{privileged: "yes"}', `6:23: ${at}.privileged: found yes, expected true or false`],
    ['a context as text', 'none', `6:5: ${at}: found none, expected a map`],
  ])('%s', async (_, context, message) => expect(await said(withContext(context))).toBe(`error: a.yaml:${message}\n`));

  test('a label of a Namespace that is no text', async () => {
    expect(await said('kind: Namespace\nmetadata: {name: a, labels: {b: true}}\n')).toBe(
      'error: a.yaml:2:30: metadata.labels.b: found true, expected a string in quotes\n',
    );
  });

  test('the error names the line in the file, not in the document', async () => {
    expect(await said(`---\n---\n${withContext('none')}`.replace(/^---\n---\n/, '\n\n\n---\n'))).toMatch(
      /^error: a\.yaml:10:5: /,
    );
  });
});

describe('names that would reach a terminal', () => {
  test('of files, pods and containers are written without control characters', async () => {
    const evil = '\u001b[31m\n\u202e\u009b';
    const [files, text] = [
      { [`a${evil}.yaml`]: pod(evil, { name: evil, securityContext: { privileged: true } }) },
      '\\u{1b}[31m\\n\\u{202e}\\u{9b}',
    ];
    const { stderr } = await harden({ ...files, 'b\u001b.yaml': 'a: [' }, '-f', '%');
    expect(stderr).toContain(`a${text}.yaml: Pod/${text} container ${text}: unresolved: capabilities.drop: `);
    expect(stderr).toContain('error: b\\u{1b}.yaml:1:');
    // eslint-disable-next-line no-control-regex -- it is what must not be there
    expect(stderr).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    const { stdout } = await harden({ 'a\u001b\n.yaml': pod('a', {}) }, '-f', '%', '-o', 'diff');
    // eslint-disable-next-line no-control-regex -- it is what must not be there
    expect(stdout).not.toMatch(/[\0-\x09\x0b-\x1f]/);
  });

  test('of misspelt options and commands too', async () => {
    expect((await dropcap(['harden', '--\u001b[31m'])).stderr).toMatch(/^error: unknown option '--\\u\{1b\}\[31m'\n/);
    expect((await dropcap(['\u001b[31m'])).stderr).toMatch(/^error: unknown command '\\u\{1b\}\[31m'\n/);
    expect((await dropcap(['harden', '-f', 'x', '-o', '\u001b'])).stderr).toMatch(
      /^error: --output: found \\u\{1b\}, /,
    );
  });

  test('of any length are cut', async () => {
    const { stderr } = await harden(
      { 'a.yaml': pod('a'.repeat(1e6), { securityContext: { privileged: true } }) },
      '-f',
      '%',
    );
    expect(stderr).toContain('…\n');
    expect(stderr.split('\n').filter(({ length }) => length > 1_001)).toEqual([]);
  });
});
