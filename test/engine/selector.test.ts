import { expect, test } from '@jest/globals';
import { meets, requirementsOf, type Labels, type Requirement } from '../../src/engine/selector.ts';

test.each<[Requirement['operator'], string[] | undefined, Labels, boolean]>([
  ['In', ['a', 'b'], { key: 'b' }, true],
  ['In', ['a', 'b'], { key: 'c' }, false],
  ['In', ['a'], {}, false],
  ['In', [], { key: '' }, false],
  ['In', undefined, { key: 'a' }, false],
  ['NotIn', ['a'], { key: 'b' }, true],
  ['NotIn', ['a'], { key: 'a' }, false],
  ['NotIn', ['a'], {}, true],
  ['Exists', undefined, { key: '' }, true],
  ['Exists', undefined, { other: 'x' }, false],
  ['DoesNotExist', undefined, {}, true],
  ['DoesNotExist', undefined, { key: 'a' }, false],
])('%s %j on %j: %j', (operator, values, labels, expected) => {
  expect(meets(labels, { key: 'key', operator, values })).toBe(expected);
});

test('a label that every JavaScript object has is not there', () => {
  expect(meets({}, { key: 'constructor', operator: 'Exists' })).toBe(false);
  expect(meets({}, { key: 'toString', operator: 'DoesNotExist' })).toBe(true);
});

test('a selector is a list of requirements that must all hold', () => {
  expect(
    requirementsOf({ matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] }),
  ).toEqual([
    { key: 'app', operator: 'In', values: ['web'] },
    { key: 'tier', operator: 'Exists' },
  ]);
  expect(requirementsOf({})).toEqual([]);
});
