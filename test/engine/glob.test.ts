import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyGlobMatches, globMatches, isGlob } from '../../src/engine/glob.ts';

describe('globMatches', () => {
  test.each([
    ['agent', 'agent', true],
    ['agent', 'my-agent-evil', false],
    ['agent', 'agents', false],
    ['agent*', 'agent-2', true],
    ['*agent', 'my-agent', true],
    ['*agent*', 'my-agent-evil', true],
    ['*', '', true],
    ['*', 'anything/at:all', true],
    ['', '', true],
    ['', 'a', false],
    ['?', 'a', true],
    ['?', '', false],
    ['a?c', 'abc', true],
    ['a*b*c', 'axxbyyc', true],
    ['a*b*c', 'axxbyy', false],
    ['**', 'x', true],
    ['a.c', 'abc', false],
    ['[a]', 'a', false],
    ['team-*', 'team-', true],
    ['Team', 'team', false],
  ])('%j covers %j: %j', (pattern, text, expected) => {
    expect(globMatches(pattern, text)).toBe(expected);
  });

  test('means what the regular expression of the same pattern means', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 10 });
    const property = fc.property(pattern, text, (glob, word) => {
      const expression = new RegExp(`^${glob.replaceAll('?', '.').replaceAll('*', '.*')}$`);
      expect(globMatches(glob, word)).toBe(expression.test(word));
    });
    expect(() => fc.assert(property, { numRuns: 2000 })).not.toThrow();
  });

  test('takes no time on what makes a regular expression backtrack', () => {
    expect(globMatches('*a'.repeat(50) + 'b', 'a'.repeat(2000))).toBe(false);
  });
});

test('anyGlobMatches wants one of several, and none of none', () => {
  expect(anyGlobMatches(['b', 'a*'], 'ab')).toBe(true);
  expect(anyGlobMatches(['b', 'c'], 'ab')).toBe(false);
  expect(anyGlobMatches([], 'ab')).toBe(false);
});

test('isGlob tells patterns from names', () => {
  expect(['a*', '?', 'plain', ''].map(isGlob)).toEqual([true, true, false, false]);
});
