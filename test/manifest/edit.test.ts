import { describe, expect, test } from '@jest/globals';
import { editManifest } from '../../src/manifest/edit.ts';
import type { PatchOperation } from '../../src/engine/patch.ts';
import { readManifest } from '../../src/manifest/read.ts';

const add = (path: string, value: unknown): PatchOperation => ({ op: 'add', path, value });
const remove = (path: string): PatchOperation => ({ op: 'remove', path });

const at = '/c/0/securityContext';
const capabilities = [add(`${at}/capabilities`, {}), add(`${at}/capabilities/drop`, ['ALL'])];
const fields = [...capabilities, add(`${at}/allowPrivilegeEscalation`, false)];
const harden = [add(at, {}), ...fields];

function edited(text: string, patch: readonly PatchOperation[] = harden, index = 0): string {
  const result = editManifest(readManifest(text, 'f'), new Map([[index, patch]]));
  expect(result).toMatchObject({ rewritten: [], refused: [] });
  return result.text;
}

const lines = (...all: string[]) => all.map((line) => `${line}\n`).join('');

const block = (indent: string) =>
  lines('securityContext:', '  capabilities:', '    drop:', '    - ALL', '  allowPrivilegeEscalation: false')
    .replace(/^/gm, indent)
    .trimEnd();

describe('a missing parent and its children become one block', () => {
  test('behind the last key, before a comment that ends the container', () => {
    expect(edited('c:\n- name: a\n  image: x # i\n  # end\n- name: b\n')).toBe(
      `c:\n- name: a\n  image: x # i\n${block('  ')}\n  # end\n- name: b\n`,
    );
  });

  test('behind the comments that belong to the last key', () => {
    const ports = 'c:\n- ports:\n  - 80\n    # a reason\n  # - 443\n';
    expect(edited(`${ports}# end\n`)).toBe(`${ports}${block('  ')}\n# end\n`);
  });

  test('with lists indented as the file does, and steps of four', () => {
    expect(edited('c:\n    - name: a\n      env:\n          x:\n              - 1\n    - name: b\n')).toBe(
      lines('c:', '    - name: a', '      env:', '          x:', '              - 1', '      securityContext:',
        '          capabilities:', '              drop:', '                  - ALL',
        '          allowPrivilegeEscalation: false', '    - name: b'), // prettier-ignore
    );
  });

  test('with a step as wide as the indentation of lists, when no map shows one', () => {
    expect(edited('c:\n    - name: a\n', [add('/c/0/x', { z: 1 })])).toBe(
      'c:\n    - name: a\n      x:\n          z: 1\n',
    );
  });

  test('in the column of keys that stand oddly', () => {
    expect(edited('c:\n-    name: a\n     image: x\n')).toBe(`c:\n-    name: a\n     image: x\n${block('     ')}\n`);
  });

  test('with the dash on a line of its own', () => {
    expect(edited('c:\n-\n  # x\n  name: a\n')).toBe(`c:\n-\n  # x\n  name: a\n${block('  ')}\n`);
  });

  test('with CRLF', () => {
    expect(edited('c:\r\n- name: a\r\n')).toBe(`c:\r\n- name: a\r\n${block('  ').replaceAll('\n', '\r\n')}\r\n`);
  });

  test('in a file that does not end with a line break', () => {
    expect(edited('c:\n- name: a')).toBe(`c:\n- name: a\n${block('  ')}`);
  });

  test('before the end of the document', () => {
    expect(edited('c:\n- name: a\n...\n# x\n')).toBe(`c:\n- name: a\n${block('  ')}\n...\n# x\n`);
  });

  test.each([
    '|\n    foo\n\n    bar',
    '>-\n    foo\n    bar',
    '|+\n    foo\n\n\n'.trimEnd(),
    '"foo\n    bar"',
    'foo\n    bar',
  ])('behind a value of several lines: %j', (value) => {
    expect(edited(`c:\n- args: ${value}\n# end\n`)).toBe(`c:\n- args: ${value}\n${block('  ')}\n# end\n`);
  });

  test('behind the empty lines that a block scalar keeps, before those that it does not', () => {
    expect(edited('c:\n- args: |+\n    foo\n\n\n- b: 1\n')).toBe(
      `c:\n- args: |+\n    foo\n\n\n${block('  ')}\n- b: 1\n`,
    );
    expect(edited('c:\n- args: |\n    foo\n\n\n- b: 1\n')).toBe(`c:\n- args: |\n    foo\n${block('  ')}\n\n\n- b: 1\n`);
  });

  test('with tabs between tokens', () => {
    expect(edited('c:\n- name:\ta\t# x\n  image:\tb\t\n')).toBe(`c:\n- name:\ta\t# x\n  image:\tb\t\n${block('  ')}\n`);
  });

  test('in the items of a List, in the right document', () => {
    const patch = [add('/items/1/c', { d: [] })];
    expect(edited('# 0\n---\nitems:\n- a: 1\n- b: 2\n---\nx: 1\n', patch, 0)).toBe(
      '# 0\n---\nitems:\n- a: 1\n- b: 2\n  c:\n    d: []\n---\nx: 1\n',
    );
    expect(edited('x: 1\n---\nitems:\n- a: 1\n- b: 2\n', patch, 1)).toBe(
      'x: 1\n---\nitems:\n- a: 1\n- b: 2\n  c:\n    d: []\n',
    );
  });

  test('in the metadata, with strings quoted that would mean something else', () => {
    const patch = [add('/metadata/annotations', {}), add('/metadata/annotations/dropcap.dev~1hardened', 'true')];
    expect(edited('metadata:\n  name: x\nspec: 1\n', patch)).toBe(
      'metadata:\n  name: x\n  annotations:\n    dropcap.dev/hardened: "true"\nspec: 1\n',
    );
    const odd = {
      a: 'yes',
      b: '22:22',
      c: '012',
      d: ' x',
      e: 'a: b',
      f: '# x',
      g: 'l\nm',
      h: '',
      on: '2001-01-01',
      i: '1e3',
      j: '~',
    };
    const text = edited('metadata: {}\n', [add('/metadata/annotations', odd)]);
    expect(readManifest(text, 'f').documents[0]?.json).toEqual({ metadata: { annotations: odd } });
    expect(text).toContain('    b: "22:22"\n    c: "012"\n');
  });
});

describe('a security context that holds nothing is filled where it is', () => {
  test.each(['{}', '', 'null', '~', ' {}', '{ }'])('%j, with a comment behind it', (empty) => {
    const rest = '  # below\n  name: a\n';
    const patch = empty.includes('{') ? fields : harden;
    expect(edited(`c:\n- securityContext: ${empty} # why\n${rest}`, patch)).toBe(
      `c:\n- ${block('  ')
        .trimStart()
        .replace(':', `:${empty === '' ? ' ' : ''} # why`)}\n${rest}`,
    );
    expect(edited(`c:\n- name: a\n  securityContext:${empty && ` ${empty}`}`, patch)).toBe(
      `c:\n- name: a\n${block('  ')}`,
    );
  });

  test('{} on the next line', () => {
    expect(edited('c:\n- securityContext:\n    {}\n  name: a\n', fields)).toBe(
      `c:\n- ${block('  ').trimStart()}\n  name: a\n`,
    );
  });

  test('CRLF', () => {
    const wanted = `c:\r\n- ${block('  ').trimStart().replaceAll('\n', '\r\n')}\r\n`;
    expect(edited('c:\r\n- securityContext:\r\n')).toBe(wanted);
  });
});

describe('flow style and JSON stay what they are', () => {
  test('braces on one line, with or without spaces inside', () => {
    expect(edited('c: [{name: a}] # x\n')).toBe(
      'c: [{name: a, securityContext: {capabilities: {drop: [ALL]}, allowPrivilegeEscalation: false}}] # x\n',
    );
    expect(edited('c:\n- { name: a, securityContext: { privileged: true } }\n', capabilities)).toBe(
      'c:\n- { name: a, securityContext: { privileged: true, capabilities: { drop: [ ALL ] } } }\n',
    );
  });

  test('braces over several lines, with comments and with a comma at the end', () => {
    expect(edited('c:\n- {\n    name: a, # n\n    image: b # i\n  }\n', [add('/c/0/x', 1)])).toBe(
      'c:\n- {\n    name: a, # n\n    image: b, # i\n    x: 1\n  }\n',
    );
    expect(edited('c:\n- {\n    name: a, # n\n  }\n', [add('/c/0/x', 1)])).toBe(
      'c:\n- {\n    name: a, # n\n    x: 1,\n  }\n',
    );
  });

  test('JSON with an entry a line, indented as it is', () => {
    for (const indent of [1, 2, 4, '\t']) {
      const json = (value: unknown) => `${JSON.stringify(value, null, indent)}\n`;
      const context = { capabilities: { drop: ['ALL'] }, allowPrivilegeEscalation: false };
      expect(edited(json({ c: [{ name: 'a' }], d: 1 }))).toBe(
        json({ c: [{ name: 'a', securityContext: context }], d: 1 }),
      );
      expect(edited(json({ c: [{ securityContext: {}, b: 1 }] }), fields)).toBe(
        json({ c: [{ securityContext: context, b: 1 }] }),
      );
    }
  });

  test('JSON on one line', () => {
    expect(edited('{"c":[{"name":"a"}]}')).toBe(
      '{"c":[{"name":"a","securityContext":{"capabilities":{"drop":["ALL"]},"allowPrivilegeEscalation":false}}]}',
    );
    expect(edited('{"c": [{"name": "a, b"}]}\n', [add('/c/0/x', { y: [1, 2] })])).toBe(
      '{"c": [{"name": "a, b", "x": {"y": [1, 2]}}]}\n',
    );
  });

  test('JSON within YAML gets JSON quotes', () => {
    expect(edited('c:\n- {"name": "a"}\n', [add('/c/0/x', 'y')])).toBe('c:\n- {"name": "a", "x": "y"}\n');
  });

  test('entries go with their commas', () => {
    const patch = [remove('/c/0/a'), remove('/c/0/c'), add('/c/0/d', 4)];
    expect(edited('c: [{a: 1, b: 2, c: 3}]\n', patch)).toBe('c: [{b: 2, d: 4}]\n');
    expect(
      edited('{\n  "c": [\n    {\n      "a": 1,\n      "b": 2,\n      "c": 3\n    }\n  ]\n}\n', [remove('/c/0/c')]),
    ).toBe('{\n  "c": [\n    {\n      "a": 1,\n      "b": 2\n    }\n  ]\n}\n');
  });
});

describe('lists', () => {
  const list = (text: string) =>
    `c:\n- securityContext:\n    capabilities:\n${text.replace(/^(?=.)/gm, '      ')}  name: a\n`;
  const set = (key: string, value: string[]) => add(`${at}/capabilities/${key}`, value);

  test('entries that stay keep their comments, those that go take theirs', () => {
    const before = list('add: # head\n# one\n- A # a\n\n- B # b\n- C # c\ndrop:\n- X # x\n');
    expect(edited(before, [set('add', ['B', 'D']), set('drop', ['ALL'])])).toBe(
      list('add: # head\n# one\n\n- B # b\n- D\ndrop:\n- ALL\n'),
    );
  });

  test('in brackets, too', () => {
    expect(edited(list('add: [ A, "B" ] # x\n'), [set('add', ['B', 'C'])])).toBe(list('add: [ "B", C ] # x\n'));
    expect(edited(list('add: [\n  A, # a\n  B # b\n]\n'), [set('add', ['B'])])).toBe(list('add: [\n  B # b\n]\n'));
    expect(edited(list('drop: []\n'), [set('drop', ['ALL'])])).toBe(list('drop:\n- ALL\n'));
  });

  test('a list that becomes empty is written in brackets', () => {
    expect(edited(list('add: # x\n- A\n- B\n'), [set('add', [])])).toBe(list('add: [] # x\n'));
  });

  test('a removed key takes its lines and leaves the comments around it', () => {
    expect(edited(list('# above\nadd: # x\n- A\n# below\ndrop: [ALL]\n'), [remove(`${at}/capabilities/add`)])).toBe(
      list('# above\n# below\ndrop: [ALL]\n'),
    );
  });

  test('a removed key on the line of a dash makes room for the next', () => {
    expect(edited('c:\n- a:\n    x: 1\n  b: 2\n', [remove('/c/0/a')])).toBe('c:\n- b: 2\n');
    expect(edited('c:\n- a: 1\n  # x\n  z: 1\n  b: 2\n', [remove('/c/0/a'), remove('/c/0/z')])).toBe('c:\n- b: 2\n');
    expect(edited('c:\n- a: 1\n  # about b\n  b: 2\n', [remove('/c/0/a')])).toBe('c:\n-\n  # about b\n  b: 2\n');
  });

  test('the last key that goes leaves an empty map', () => {
    expect(edited('c:\n- a:\n    x: 1 # x\n', [remove('/c/0/a/x')])).toBe('c:\n- a: {}\n');
  });
});

test('a scalar is overwritten before its comment', () => {
  expect(edited('a: true # why\nb: "x"\n', [add('/a', false), add('/b', 'yes')])).toBe('a: false # why\nb: "yes"\n');
});

describe('what cannot be edited in place is never wrong', () => {
  test('only that document is written anew, and named', () => {
    const manifest = readManifest('a: 1 # a\n---\n# head\n? c\n: - - name: yes # b\n---\nd: 1 # d\n', 'f');
    const patch = [add('/c/0/0/x', 'no')];
    expect(
      editManifest(
        manifest,
        new Map([
          [0, [add('/a', 2)]],
          [1, patch],
          [2, [add('/d', 2)]],
        ]),
      ),
    ).toEqual({
      // prettier-ignore
      text: 'a: 2 # a\n---\n# head\nc:\n- - name: true\n    x: "no"\n---\nd: 2 # d\n',
      rewritten: [1],
      refused: [],
    });
  });

  test('a document with a number that JSON cannot hold is refused rather than changed', () => {
    const odd = '? c\n: - - a: 9007199254740993\n';
    const manifest = readManifest(odd, 'f');
    expect(editManifest(manifest, new Map([[0, [add('/c/0/0/x', 1)]]]))).toEqual({
      text: odd,
      rewritten: [],
      refused: [0],
    });
    expect(edited('a: 9007199254740993\n', [add('/b', 1)])).toBe('a: 9007199254740993\nb: 1\n');
  });

  test('patches that do not fit, of documents that are broken, empty or missing, are refused', () => {
    const text = 'a: 1\n---\nb: [\n---\n---\nd: 1\n';
    const patches = new Map([[0, [remove('/b/c')]], [1, [add('/b', 1)]], [2, [add('/b/c', 1)]], [3, [add('/d', 2)]], [9, [add('/d', 2)]]]); // prettier-ignore
    expect(editManifest(readManifest(text, 'f'), patches)).toEqual({
      text: 'a: 1\n---\nb: [\n---\n---\nd: 2\n',
      rewritten: [],
      refused: [0, 1, 2, 9],
    });
  });

  test('the patch is not changed', () => {
    const patch = [add(at, {}), ...fields];
    const copy = structuredClone(patch);
    edited('c:\n- name: a\n', patch);
    expect(patch).toEqual(copy);
  });

  test('nothing to do changes nothing', () => {
    const text = '\uFEFFa:   1 \r\n\r\n---\n b: [ 1,2 ]\n';
    expect(editManifest(readManifest(text, 'f'), new Map([[1, []]]))).toEqual({ text, rewritten: [], refused: [] });
    expect(edited(text, [add('/a', 1)])).toBe(text);
  });
});
