import { expect, test } from '@jest/globals';
import { Limits } from '../../src/events/limits.ts';

/** How many of some things may be told at a time. */
const taken = (limits: Limits, names: readonly string[], now: number): number =>
  names.filter((name) => limits.take(name, now)).length;

const names = (number: number, prefix = ''): string[] => Array.from({ length: number }, (_, i) => `${prefix}${i}`);

test('twenty things may be told at once, then one each second', () => {
  const limits = new Limits();
  expect(taken(limits, names(100), 5_000)).toBe(20);
  expect(taken(limits, names(100), 5_999)).toBe(0);
  expect(taken(limits, names(100), 6_000)).toBe(1);
  expect(taken(limits, names(100), 9_000)).toBe(3);
});

test('however long nothing was told, no more than twenty may be told at once', () => {
  const limits = new Limits();
  limits.take('first', 0);
  expect(taken(limits, names(100), 500_000)).toBe(20);
});

test('the same may be told again after ten minutes, and not before', () => {
  const limits = new Limits();
  expect(limits.take('web', 1_000)).toBe(true);
  expect(limits.take('web', 600_999)).toBe(false);
  expect(limits.take('web', 601_000)).toBe(true);
  expect(limits.take('web', 601_001)).toBe(false);
});

test('what was held back for being too much is not remembered as told', () => {
  const limits = new Limits();
  expect(taken(limits, names(20), 0)).toBe(20);
  expect(limits.take('late', 0)).toBe(false);
  expect(limits.take('late', 1_000)).toBe(true);
});

test('no more is remembered than ten minutes let through, whoever is told about', () => {
  const limits = new Limits();
  let most = 0;
  for (let second = 0; second < 5_000; second++) {
    taken(limits, names(3, `${second}-`), second * 1_000);
    most = Math.max(most, limits.size);
  }
  expect(most).toBeLessThanOrEqual(620);
  expect(most).toBeGreaterThan(590);
});
