import { describe, expect, test } from '@jest/globals';
import { canonical, CAPABILITIES, holdsAll, isAll, isCapability } from '../../src/engine/capabilities.ts';
import { didYouMean } from '../../src/engine/did-you-mean.ts';
import { isDate } from '../../src/engine/opt-out.ts';

describe('didYouMean', () => {
  test.each([
    ['NET_BIND_SERVCE', 'NET_BIND_SERVICE'],
    ['net_admin', 'NET_ADMIN'],
    ['NETADMIN', 'NET_ADMIN'],
    ['SYS_AMDIN', 'SYS_ADMIN'],
    ['CHWON', 'CHOWN'],
    ['bogus', undefined],
    ['', undefined],
    ['x'.repeat(65), undefined],
  ])('%j: %j', (word, expected) => {
    expect(didYouMean(word, CAPABILITIES)).toBe(expected);
  });

  test('finds every capability behind one slip', () => {
    for (const name of CAPABILITIES.filter(({ length }) => length > 3))
      expect(CAPABILITIES).toContain(didYouMean(name.slice(1), CAPABILITIES));
  });

  test('has nothing to say without candidates', () => {
    expect(didYouMean('word', [])).toBeUndefined();
  });
});

describe('canonical', () => {
  test.each([
    ['NET_ADMIN', 'NET_ADMIN'],
    ['net_admin', 'NET_ADMIN'],
    ['CAP_NET_ADMIN', 'NET_ADMIN'],
    ['cap_Net_Admin', 'NET_ADMIN'],
    ['CAP_CAP_NET_ADMIN', 'CAP_NET_ADMIN'],
    ['cap_all', 'ALL'],
    ['CAP_', ''],
    ['', ''],
    [' CHOWN', ' CHOWN'],
    ['\u017fetuid', 'SETUID'],
  ])('%j: %j', (entry, name) => {
    expect(canonical(entry)).toBe(name);
    expect(canonical(entry)).toBe(name);
  });

  test('does not make two letters of one', () => {
    expect(isCapability(canonical('net_broadca\ufb06'))).toBe(false);
  });

  test('knows the 41, and ALL is none of them', () => {
    expect(CAPABILITIES).toHaveLength(41);
    expect(new Set(CAPABILITIES.map(canonical)).size).toBe(41);
    expect(isCapability('ALL')).toBe(false);
  });
});

test('the wildcard has any case, and no prefix', () => {
  expect(['ALL', 'all', 'aLl', 'CAP_ALL', 'ALLX', ''].map(isAll)).toEqual([true, true, true, false, false, false]);
  expect(holdsAll(['CHOWN', 'All'])).toBe(true);
  expect(holdsAll([])).toBe(false);
});

test.each([
  ['2026-09-01', true],
  ['2024-02-29', true],
  ['2026-02-29', false],
  ['2026-13-01', false],
  ['2026-00-10', false],
  ['2026-9-1', false],
  ['2026-09-01T00:00:00Z', false],
  [' 2026-09-01', false],
  ['tomorrow', false],
  ['', false],
])('isDate %j: %j', (text, expected) => {
  expect(isDate(text)).toBe(expected);
});
