import { chmodSync, copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { policySetOf } from '../../src/engine/policy-set.ts';
import { loadPolicies } from '../../src/policies/load.ts';
import { formatProblem } from '../../src/policies/problem.ts';
import { errorsIn, exceptionOf, folderOf, GOOD, policyOf, TODAY } from './folder.ts';

const namesIn = (...places: string[]): string[] =>
  loadPolicies(places, TODAY).documents.map(({ metadata }) => metadata.name);

describe('which files are read', () => {
  test('*.yaml, *.yml and *.json right in the folder, several documents in each, in the order of their names', () => {
    const json = JSON.stringify({
      apiVersion: 'dropcap.dev/v1alpha1',
      kind: 'HardeningPolicy',
      metadata: { name: 'json' },
      spec: { mode: 'warn', level: 'baseline' },
    });
    const folder = folderOf({
      'a.yaml': `${GOOD}---\n${policyOf('{ mode: audit, level: baseline }', 'second')}---\n# nothing more\n`,
      'b.yml': policyOf('{ mode: audit, level: baseline }', 'yml'),
      'c.json': json,
      'README.md': 'no policy',
      '.hidden.yaml': 'no policy',
      'schema.json': '{"$schema": "http://json-schema.org/draft-07/schema#"}',
      'below/d.yaml': 'no policy',
    });
    expect(loadPolicies([folder], TODAY).errors).toEqual([]);
    expect(namesIn(folder)).toEqual(['good', 'second', 'yml', 'json']);
  });

  test('JSON indented with tabs', () => {
    const [name, policy] = ['tabs', { mode: 'warn', level: 'baseline' }];
    const document = { apiVersion: 'dropcap.dev/v1alpha1', kind: 'HardeningPolicy', metadata: { name }, spec: policy };
    expect(errorsIn({ 'x.json': JSON.stringify(document, null, '\t') })).toEqual([]);
  });

  test('a ConfigMap mount, once and not twice', () => {
    const folder = folderOf({ '..2026_03_01/a.yaml': GOOD });
    symlinkSync('..2026_03_01', path.join(folder, '..data'));
    symlinkSync('..data/a.yaml', path.join(folder, 'a.yaml'));
    expect(namesIn(folder)).toEqual(['good']);
  });

  test('a single file, whatever its name, and a folder named twice only once', () => {
    const folder = folderOf({ policy: GOOD });
    const file = path.join(folder, 'policy');
    expect(namesIn(file)).toEqual(['good']);
    expect(namesIn(file, path.join(folder, '.', 'policy'))).toEqual(['good']);
  });

  test('a byte order mark and Windows line ends do not shift places', () => {
    const text = `\uFEFF${policyOf('{ mode: x, level: baseline }').replaceAll('\n', '\r\n')}`;
    expect(errorsIn({ 'x.yaml': text })).toEqual([
      'policies/x.yaml:4:15: spec.mode: found x, expected enforce, audit or warn',
    ]);
  });
});

describe('what cannot be read', () => {
  test('a folder that is not there', () => {
    const error = loadPolicies(['/nowhere/policies'], TODAY).errors.map(formatProblem);
    expect(error).toEqual(['/nowhere/policies: found nothing there, expected a folder of policies']);
  });

  test('a folder without policies, with a word on the folders in it', () => {
    expect(errorsIn({ 'README.md': '' })).toEqual([
      'policies: found no *.yaml, *.yml or *.json file, expected policies',
    ]);
    expect(errorsIn({ 'prod/a.yaml': GOOD })).toEqual([
      'policies: found no *.yaml, *.yml or *.json file, expected policies; folders in it are not read: prod',
    ]);
  });

  test('files without a policy', () => {
    const exception = exceptionOf('{ match: { namespaces: [a] }, keep: [KILL], reason: r, owner: o }');
    expect(errorsIn({ 'a.yaml': '# nothing yet\n' })).toEqual([
      'policies: found no policy, expected at least one HardeningPolicy',
    ]);
    expect(errorsIn({ 'a.yaml': exception })).toEqual([
      'policies: found exceptions only, expected at least one HardeningPolicy beside them, such as restricted',
    ]);
  });

  test('no folder at all', () => {
    expect(loadPolicies([], TODAY).errors).toHaveLength(1);
  });

  test('a file that is too big, is no text, is no file, or leads nowhere; the others are judged all the same', () => {
    const folder = folderOf({
      'a.yaml': '#'.repeat(2 ** 20 + 1),
      'b.yaml': new Uint8Array([0xff, 0xfe, 0x00]),
      'c.yaml': policyOf('{ mode: x, level: baseline }'),
    });
    mkdirSync(path.join(folder, 'd.yaml'));
    symlinkSync('nowhere', path.join(folder, 'e.yaml'));
    const errors = loadPolicies([folder], TODAY).errors.map((error) =>
      formatProblem(error).replaceAll(folder, 'policies'),
    );
    expect(errors).toEqual([
      'policies/a.yaml: found 1048577 bytes, expected at most 1048576: split the file',
      'policies/b.yaml: found bytes that are not UTF-8, expected text in UTF-8',
      'policies/c.yaml:4:15: spec.mode: found x, expected enforce, audit or warn',
      'policies/d.yaml: found something else, expected a regular file',
      'policies/e.yaml: found nothing there, expected a file that can be read',
    ]);
  });

  (process.getuid?.() === 0 ? test.skip : test)('a file without permission', () => {
    const folder = folderOf({ 'a.yaml': GOOD });
    chmodSync(path.join(folder, 'a.yaml'), 0);
    expect(loadPolicies([folder], TODAY).errors[0]?.found).toBe('no permission to read it');
  });
});

test('an error is a value with its parts apart', () => {
  const folder = folderOf({ 'x.yaml': policyOf('{ mode: Audit, level: baseline }') });
  expect(loadPolicies([folder], TODAY).errors).toEqual([
    {
      file: path.join(folder, 'x.yaml'),
      line: 4,
      column: 15,
      field: 'spec.mode',
      found: 'Audit',
      expected: 'enforce, audit or warn',
      didYouMean: 'audit',
      message: 'found Audit, expected enforce, audit or warn; did you mean audit?',
    },
  ]);
});

test('a document keeps exactly what its author wrote, for the engine', () => {
  const folder = folderOf({ 'x.yaml': policyOf('{ mode: audit, capabilities: { drop: [ALL], allowedAdd: [] } }') });
  expect(loadPolicies([folder], TODAY).documents).toEqual([
    {
      apiVersion: 'dropcap.dev/v1alpha1',
      kind: 'HardeningPolicy',
      metadata: { name: 'p' },
      spec: { mode: 'audit', capabilities: { drop: ['ALL'], allowedAdd: [] } },
    },
  ]);
});

describe('the example exception', () => {
  const nginx = `# nginx:1.27 starts as root and becomes www-data.
apiVersion: dropcap.dev/v1alpha1
kind: HardeningException
metadata:
  name: nginx
spec:
  policies: [good]
  match:
    namespaces: [shop]
    images:
      - repository: library/nginx
        tag: 1.27*
  keep: [CHOWN, SETGID, SETUID]
  reason: starts as root and becomes www-data
  owner: team-web@example.com
  expires: 2026-06-30
`;

  test('loads, and the engine takes it', () => {
    const folder = folderOf({ 'good.yaml': GOOD, 'nginx.yaml': nginx });
    const { documents, errors, warnings } = loadPolicies([folder], TODAY);
    expect({ errors, warnings }).toEqual({ errors: [], warnings: [] });
    expect(policySetOf(documents).exceptions.map(({ name, spec }) => [name, spec.expires])).toEqual([
      ['nginx', '2026-06-30'],
    ]);
  });

  test.each([
    ['2026-06-30', []],
    ['2026-07-01', ['policies/nginx.yaml:16:12: spec.expires: nginx ended on 2026-06-30: it is ignored']],
  ])('on %s', (today, expected) => {
    const folder = folderOf({ 'good.yaml': GOOD, 'nginx.yaml': nginx });
    const { errors, warnings } = loadPolicies([folder], today);
    expect(errors).toEqual([]);
    expect(warnings.map((warning) => formatProblem(warning).replaceAll(folder, 'policies'))).toEqual(expected);
  });
});

describe('the version', () => {
  const other = policyOf('{ mode: audit, level: baseline }', 'other');
  const versionOf = (files: Record<string, string>): string => loadPolicies([folderOf(files)], TODAY).version;

  test('is the same for the same contents, whatever their folder, names and order', () => {
    const version = versionOf({ 'a.yaml': GOOD, 'b.yaml': other });
    expect(version).toMatch(/^[0-9a-f]{12}$/);
    expect(versionOf({ 'a.yaml': GOOD, 'b.yaml': other })).toBe(version);
    expect(versionOf({ 'x.yaml': other, 'y.yaml': GOOD })).toBe(version);
  });

  test('is another for other contents, bad ones included', () => {
    const versions = [{ 'a.yaml': GOOD }, { 'a.yaml': other }, { 'a.yaml': `${GOOD}${GOOD}` }, {}].map(versionOf);
    expect(new Set(versions).size).toBe(versions.length);
  });

  test('does not depend on the day', () => {
    const folder = folderOf({ 'a.yaml': GOOD });
    expect(loadPolicies([folder], '2030-01-01').version).toBe(loadPolicies([folder], TODAY).version);
  });
});

describe('a megabyte of junk is refused within seconds', () => {
  const MIB = 2 ** 20;
  const fill = (unit: string): string => unit.repeat(Math.floor(MIB / unit.length));
  const numbered = (write: (i: number) => string, count: number): string =>
    Array.from({ length: count }, (_, i) => write(i)).join('');
  const rest = '\nspec: { mode: audit, level: baseline }';
  test.each([
    ['open braces', fill('{')],
    ['open brackets', fill('[')],
    ['nested lists', fill('- ')],
    ['nested keys', fill('? ')],
    ['commas', `[${fill(',').slice(1)}`],
    ['quotes', fill('"')],
    ['separators', fill('---\n')],
    ['anchors and aliases', fill('- &a a\n- *a\n')],
    ['a bomb of aliases', numbered((i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`, 40).replace('*a0, *a0', 'a')],
    ['unknown fields', numbered((i) => `k${i}:\n`, 70_000)],
    ['unknown fields in braces', `{${numbered((i) => `k${i}, `, 70_000)}}`],
    ['the same field', fill('kind: HardeningPolicy\n')],
    ['one long word', fill('a')],
    ['one long name', `kind: HardeningPolicy\nmetadata: { name: ${fill('a-').slice(100)} }${rest}`],
    [
      'one long glob',
      policyOf(`{ mode: audit, level: baseline, match: { namespaces: ["${fill('*a').slice(200)}"] } }`),
    ],
    ['many documents', fill(`${policyOf('{ mode: x }')}---\n`)],
    ['many capabilities', policyOf(`{ mode: audit, capabilities: { drop: [${fill('NET_RWA, ').slice(300)}] } }`)],
    ['null bytes', fill('\0')],
    ['many unknown policies', exceptionOf(`{ policies: [${fill('nobody, ').slice(300)}], match: { users: [a] } }`)],
  ])(
    '%s',
    (_, text) => {
      const started = performance.now();
      const errors = errorsIn({ 'junk.yaml': text.slice(0, MIB) });
      expect(performance.now() - started).toBeLessThan(20_000);
      expect(errors.length).toBeGreaterThan(0);
      expect(errors.length).toBeLessThanOrEqual(301);
      expect(Math.max(...errors.map((error) => error.length))).toBeLessThan(400);
    },
    60_000,
  );
});

test('a set of a thousand policies and exceptions loads within seconds', () => {
  const exception = (i: number): string =>
    exceptionOf(`{ match: { namespaces: [n${i}] }, keep: [KILL], reason: r, owner: o }`, `e${i}`);
  const text = Array.from(
    { length: 1_000 },
    (_, i) => `${policyOf('{ mode: audit, level: baseline }', `p${i}`)}---\n${exception(i)}`,
  );
  const folder = folderOf({ 'many.yaml': text.join('---\n') });
  const started = performance.now();
  expect(loadPolicies([folder], TODAY).documents).toHaveLength(2_000);
  expect(performance.now() - started).toBeLessThan(20_000);
});

test('what a copy of a shipped file says after one slip is about that slip alone', () => {
  const shipped = path.join(import.meta.dirname, '../../policies/compatible/compatible.yaml');
  const folder = folderOf();
  copyFileSync(shipped, path.join(folder, 'x.yaml'));
  writeFileSync(path.join(folder, 'x.yaml'), readFileSync(shipped, 'utf8').replace('[ALL]', '[All]'));
  expect(loadPolicies([folder], TODAY).errors.map(({ message }) => message)).toEqual([
    'found All, expected a capability or ALL; did you mean ALL?',
  ]);
});
