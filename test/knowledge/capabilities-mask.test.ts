import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CAPABILITIES } from '../../src/engine/capabilities.ts';
import { likeness, listed, rangesOf, setOfMask, setOfNames } from '../../src/knowledge/capabilities-mask.ts';

const RUNS = { numRuns: 2_000 };

const namesIn = (hex: string): string[] => setOfMask(hex).capabilities.map(({ name }) => name);

describe('a mask', () => {
  // The masks that containers were seen with: untouched, hardened, and with one kept.
  test.each([
    [
      '00000000a80425fb',
      'CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT MKNOD AUDIT_WRITE SETFCAP',
    ],
    ['00000000000005fb', 'CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE'],
    ['0000000000000400', 'NET_BIND_SERVICE'],
    ['0000000000000000', ''],
    ['0000010000000000', 'CHECKPOINT_RESTORE'],
  ])('%s holds %s', (mask, names) => {
    expect(namesIn(mask).join(' ')).toBe(names);
    expect(setOfNames(names.split(' ')).mask).toBe(mask);
  });

  test('of names is read as the same names, in any order and spelling', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...CAPABILITIES]), (names) => {
        const expected = CAPABILITIES.filter((name) => names.includes(name));
        const spelt = names.map((name, i) => (i % 2 === 0 ? `cap_${name.toLowerCase()}` : name));
        const set = setOfNames(spelt);
        expect(namesIn(set.mask)).toEqual(expected);
        expect(set).toEqual({ ...setOfMask(set.mask), unknownBits: [] });
      }),
      RUNS,
    );
  });

  test('is written again bit for bit, and each of its bits is a capability or unknown', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (mask) => {
        const set = setOfMask(mask.toString(16));
        expect(set.mask).toMatch(/^[0-9a-f]{16}$/);
        const bits = [...set.capabilities.map(({ number }) => number), ...set.unknownBits];
        expect(bits.reduce((sum, bit) => sum + 2n ** BigInt(bit), 0n)).toBe(mask);
        expect(set.unknownBits.filter((bit) => bit <= 40)).toEqual([]);
      }),
      RUNS,
    );
  });

  test.each([
    ['a80425fb', 'what containerd and Docker give by default'],
    ['5fb', 'what CRI-O gives by default'],
    ['0', 'no known capability'],
    ['20000000000', 'no known capability'],
    ['1ffffffffff', 'every capability, as a privileged container has them'],
    ['ffffffffffffffff', 'every capability, as a privileged container has them'],
    ['3fffffffff', 'every capability but PERFMON, BPF, CHECKPOINT_RESTORE'],
    ['1', '1 capability, within what containerd and Docker give by default'],
    ['2001', '2 capabilities, within what containerd and Docker give by default'],
    ['1000', '1 capability, not given by default on any runtime'],
    ['3000', '2 capabilities; not given by default on any runtime: NET_ADMIN'],
    ['3fffff', '22 capabilities; not given by default on any runtime: 11 of them'],
  ])('%s is %s', (hex, words) => expect(likeness(setOfMask(hex))).toBe(words));

  test.each([
    ['3000', 'NET_ADMIN, NET_RAW'],
    ['60000000001', 'CHOWN, bits 41, 42'],
    ['1ffffffffff', 'every capability'],
    ['1ffffffdfff', 'every capability but NET_RAW'],
    ['ffffffffffffffff', 'every capability, and bits 41 to 63'],
  ])('%s is listed as %s', (hex, words) => expect(listed(setOfMask(hex))).toBe(words));
});

describe('ranges', () => {
  test.each([
    [[], ''],
    [[41], '41'],
    [[41, 42], '41, 42'],
    [[41, 42, 43], '41 to 43'],
    [[41, 43, 44, 45, 50, 51], '41, 43 to 45, 50, 51'],
  ])('%j are %s', (numbers, text) => expect(rangesOf(numbers)).toBe(text));

  test('name exactly their numbers', () => {
    fc.assert(
      fc.property(fc.subarray(Array.from({ length: 64 }, (_, i) => i)), (numbers) => {
        const parts = rangesOf(numbers).split(', ').filter(Boolean);
        const named = parts.flatMap((part) => {
          const [first, last = first] = part.split(' to ').map(Number);
          return Array.from({ length: last! - first! + 1 }, (_, i) => first! + i);
        });
        expect(named).toEqual(numbers);
      }),
      RUNS,
    );
  });
});
