import { describe, expect, test } from '@jest/globals';
import { positionOf } from '../../src/manifest/position.ts';
import { readManifest } from '../../src/manifest/read.ts';

function jsonOf(text: string): unknown[] {
  const { documents, errors } = readManifest(text, 'pod.yaml');
  expect(errors).toEqual([]);
  return documents.map(({ json }) => json);
}

function errorsOf(text: string): string[] {
  return readManifest(text, 'pod.yaml').errors.map(
    ({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`,
  );
}

describe('documents', () => {
  test.each([
    ['several documents', 'a: 1\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['JSON', '{"a": [1, true, null]}', [{ a: [1, true, null] }]],
    ['an empty file', '', [null]],
    ['only comments', '# nothing\n', [null]],
    ['empty documents', '---\n---\n# x\n', [null, null]],
    ['a comment before the first marker', '# licence\n---\na: 1\n', [{ a: 1 }]],
    ['a byte order mark', '\uFEFF---\na: 1\n', [{ a: 1 }]],
    ['a byte order mark before JSON', '\uFEFF{"a": 1}', [{ a: 1 }]],
    ['CRLF', '---\r\na: 1\r\n--- # c\r\nb: |\r\n  x\r\n', [{ a: 1 }, { b: 'x\n' }]],
    ['an end marker', 'a: 1\n...\n# c\n---\nb: 2\n...\n', [{ a: 1 }, { b: 2 }]],
    ['a directive', '%YAML 1.1\n---\na: yes\n...\n%YAML 1.1\n---\nb: 22:22\n', [{ a: true }, { b: '22:22' }]],
    ['a dashed line in a block scalar', 'a: |\n  x\n  ---\n  y\n', [{ a: 'x\n---\ny\n' }]],
  ])('%s', (_, text, json) => {
    expect(jsonOf(text)).toEqual(json);
  });

  test('they tile the file, and know their lines', () => {
    const text = '# c\n---\na: 1\n---\n---\nb: 2';
    const { documents } = readManifest(text, 'f');
    expect(documents.map((document) => document.text).join('')).toBe(text);
    expect(documents.every(({ start, end, text: part }) => text.slice(start, end) === part)).toBe(true);
    expect(documents.map(({ index, line }) => [index, line])).toEqual([[0, 1], [1, 4], [2, 5]]); // prettier-ignore
  });
});

// The right-hand sides are what sigs.k8s.io/yaml v1.6.0, with which kubectl reads, printed for these lines.
test.each([
  ['privileged: yes', { privileged: true }],
  ['a: [y, Y, On, TRUE, n, No, off, False]', { a: [true, true, true, true, false, false, false, false] }],
  ['a: ["yes", \'on\', yEs, truE]', { a: ['yes', 'on', 'yEs', 'truE'] }],
  ['defaultMode: 0644', { defaultMode: 420 }],
  ['a: [08, 1_000, 0b11, -0b11, 0o17, 0x1F, +5, 0_7]', { a: [8, 1000, 3, -3, 15, 31, 5, 7] }],
  ['a: [1e3, 12e03, .5, 1., 1.10]', { a: [1000, 12000, 0.5, 1, 1.1] }],
  ['a: [22:22, 2001-01-01]', { a: ['22:22', '2001-01-01'] }],
  ['a: [~, null, Null, ]\nb:', { a: [null, null, null], b: null }],
  ['a: [!!str 12, !!bool yes, !!int "12"]', { a: ['12', true, 12] }],
  ['80: a\n"1": b', { 80: 'a', 1: 'b' }],
  ['a: &x {p: true, z: 1}\nb: {<<: *x, p: false}', { a: { p: true, z: 1 }, b: { p: false, z: 1 } }],
  ['a: {<<: [{p: 1}, {p: 2}]}', { a: { p: 1 } }],
])('means what kubectl makes of it: %s', (text, json) => {
  expect(jsonOf(text)).toEqual([json]);
});

test('a merge overwrites what is written above it, as in kubectl and unlike YAML', () => {
  const text = 'x: &x\n  privileged: true\nc:\n  privileged: false\n  <<: *x\n';
  expect(jsonOf(text)).toEqual([{ x: { privileged: true }, c: { privileged: true } }]);
});

test('keys are strings, though kubectl would make "true" of `on` and `y`', () => {
  expect(jsonOf('on: 1\ny: 2\nnull: 3\n')).toEqual([{ on: 1, y: 2, null: 3 }]);
});

test('a key named __proto__ is an ordinary one', () => {
  expect(JSON.stringify(jsonOf('__proto__: {a: 1}\n'))).toBe('[{"__proto__":{"a":1}}]');
});

describe('errors are values that say where', () => {
  test.each([
    ['a duplicate key', 'b: 1\na: 0\nb: 2\n', '3:1: The key b is given twice in the same map.'],
    ['a tab', 'a: 1\n\tb: 2\n', '2:1: Tabs are not allowed as indentation.'],
    ['a template', 'a: {{ .Values.x }}\n', '1:5: A key has to be a string. If the {{ … }} in it are a template\'s, render it first.'], // prettier-ignore
    ['a NUL byte', 'a: 1\nb: \0\n', '2:4: This is not text: YAML has no control characters.'],
    ['an unknown alias', 'a:\n  b: *x\n', '2:6: The alias *x has no anchor &x before it.'],
    ['an alias within its own anchor', 'a: &a [*a]', '1:8: The alias *a has no anchor &a before it.'],
    [
      'a merge of a scalar',
      'a: &a 1\nb: {<<: *a}',
      '2:9: A merge key (<<) takes a map, an alias of a map or a list of these.',
    ],
    ['two documents without a marker', 'a: 1\n...\nb: 2\n', '3:1: A second document has to start with a line of ---.'],
    ['two JSON texts', '{"a": 1}\n{"b": 2}\n', '2:1: Unexpected flow-map-start at node end.'],
    ['a map as a key', '? [a]\n: 1\n', '1:3: A key has to be a string.'],
    ['after a byte order mark', '\uFEFFa: *x\n', '1:4: The alias *x has no anchor &x before it.'],
  ])('%s', (_, text, error) => {
    expect(errorsOf(text)).toEqual([`pod.yaml:${error}`]);
    expect(readManifest(text, 'f').documents).toEqual([]);
  });

  test('the other documents are still read, even after a quote that is never closed', () => {
    const { documents, errors } = readManifest('a: 1\n---\nb: "x\n---\nc: [\n---\nd: 4\n', 'f');
    expect(documents.map(({ index, json }) => [index, json])).toEqual([[0, { a: 1 }], [3, { d: 4 }]]); // prettier-ignore
    expect(errors.map(({ line }) => line)).toEqual([4, 6]);
  });

  test.each(['[', '- ', '{"a":', 'a:\n'])('ten thousand of %j do not throw', (open) => {
    expect(() => readManifest(open.repeat(10_000), 'f')).not.toThrow();
  });

  test('an alias bomb is refused, a hundred uses of one anchor are not', () => {
    const level = (_: unknown, index: number) =>
      `a${index + 1}: &a${index + 1} [${Array(10).fill(`*a${index}`).join()}]`;
    const bomb = ['a0: &a0 lol', ...Array.from({ length: 12 }, level)].join('\n');
    expect(errorsOf(bomb)).toEqual([expect.stringContaining('expand to more than 10000000 characters')]);
    expect(errorsOf(`a: &a {b: 1}\nc: [${Array(200).fill('*a').join()}]`)).toEqual([]);
  });
});

describe('positionOf', () => {
  const text = '# c\n---\na: 1\n---\nspec:\n  containers:\n  - &c\n    name: x\n    a/b: {c: 1}\n  - *c\n';
  test.each([
    ['', 5, 1],
    ['/spec/containers', 6, 3],
    ['/spec/containers/0', 8, 5],
    ['/spec/containers/0/name', 8, 5],
    ['/spec/containers/0/a~1b/c', 9, 11],
    ['/spec/containers/0/securityContext/capabilities', 8, 5],
    ['/spec/containers/1/name', 10, 5],
    ['/spec/containers/7', 6, 3],
  ])('%j is at %i:%i', (pointer, line, column) => {
    expect(positionOf(readManifest(text, 'f').documents[1]!, pointer)).toEqual({ line, column });
  });

  test('an empty document has one, too', () => {
    expect(positionOf(readManifest('a: 1\n---\n', 'f').documents[1]!, '/spec')).toEqual({ line: 2, column: 4 });
  });
});
