import { expect, test } from '@jest/globals';
import { editManifest } from '../../src/manifest/edit.ts';
import type { PatchOperation } from '../../src/engine/patch.ts';
import { readManifest } from '../../src/manifest/read.ts';

const drop = (index: number): PatchOperation[] => [
  { op: 'add', path: `/c/${index}/securityContext/capabilities`, value: { drop: ['ALL'] } },
];
const whole = (index: number): PatchOperation[] => [
  { op: 'add', path: `/c/${index}/securityContext`, value: {} },
  ...drop(index),
];

function edited(text: string, patch: readonly PatchOperation[]): string {
  const result = editManifest(readManifest(text, 'f'), new Map([[0, patch]]));
  expect(result).toMatchObject({ rewritten: [], refused: [] });
  return result.text;
}

const anchored = 'x: &sc # shared\n  privileged: false\n';
const inline = (start: string) => `${start}\n    privileged: false\n    capabilities:\n      drop:\n      - ALL\n`;

test('an alias is replaced by its changed value; what it stood for stays', () => {
  const other = '- securityContext: *sc\n';
  expect(edited(`${anchored}c:\n- securityContext: *sc # use\n${other}`, drop(0))).toBe(
    `${anchored}c:\n${inline('- securityContext: # use')}${other}`,
  );
});

test('an alias that is to have what its anchor gets stays an alias', () => {
  expect(
    edited('c:\n- securityContext: &sc\n    privileged: false\n- securityContext: *sc\n', [...drop(0), ...drop(1)]),
  ).toBe(`c:\n${inline('- securityContext: &sc')}- securityContext: *sc\n`);
});

test('an alias whose anchor changes keeps the old value', () => {
  expect(edited('c:\n- securityContext: &sc\n    privileged: false\n- securityContext: *sc # use\n', drop(0))).toBe(
    `c:\n${inline('- securityContext: &sc')}- securityContext: # use\n    privileged: false\n`,
  );
});

test('an alias whose anchor is removed keeps the old value', () => {
  const patch: PatchOperation[] = [{ op: 'remove', path: '/a' }];
  expect(edited('a: &a [1]\nb: *a\nc: *a\n', patch)).toBe('b:\n- 1\nc:\n- 1\n');
});

test('an alias in brackets is replaced in brackets', () => {
  expect(edited('x: &sc {a: 1}\nc: [{securityContext: *sc}]\n', drop(0))).toBe(
    'x: &sc {a: 1}\nc: [{securityContext: {a: 1, capabilities: {drop: [ALL]}}}]\n',
  );
});

test('a whole container that is an alias is written out', () => {
  expect(edited('c:\n- &a\n  name: a\n- *a # again\n', whole(1))).toBe(
    'c:\n- &a\n  name: a\n- name: a # again\n  securityContext:\n    capabilities:\n      drop:\n      - ALL\n',
  );
});

test('a key that comes from a merge is overridden by an own key, whole and behind the merge', () => {
  const base = 'x: &base\n  name: a\n  securityContext:\n    privileged: false\n';
  expect(edited(`${base}c:\n- <<: *base\n  image: q\n- <<: *base\n`, drop(0))).toBe(
    `${base}c:\n- <<: *base\n  image: q\n${inline('  securityContext:')}- <<: *base\n`,
  );
});

test('a merge that brings the wanted value is left to bring it', () => {
  const before = 'c:\n- &base\n  name: a\n- <<: *base\n  image: q\n';
  expect(edited(before, [...whole(0), ...whole(1)])).toBe(
    'c:\n- &base\n  name: a\n  securityContext:\n    capabilities:\n      drop:\n      - ALL\n- <<: *base\n  image: q\n',
  );
});

test('a merge that would bring too much is resolved', () => {
  const before = 'c:\n- &base\n  name: a\n- <<: *base\n  image: q\n';
  expect(edited(before, whole(0))).toBe(
    'c:\n- &base\n  name: a\n  securityContext:\n    capabilities:\n      drop:\n      - ALL\n- name: a\n  image: q\n',
  );
});

test('an own key above a merge that overwrites it is not mistaken for the value', () => {
  const x = 'x: &x\n  securityContext: {privileged: true}\n';
  const { text, rewritten } = editManifest(
    readManifest(`${x}c:\n- securityContext: {privileged: false}\n  <<: *x\n`, 'f'),
    new Map([[0, drop(0)]]),
  );
  expect(rewritten).toEqual([]);
  expect(readManifest(text, 'f').documents[0]?.json).toMatchObject({
    x: { securityContext: { privileged: true } },
    c: [{ securityContext: { privileged: true, capabilities: { drop: ['ALL'] } } }],
  });
});
