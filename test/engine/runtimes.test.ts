import { describe, expect, test } from '@jest/globals';
import { CAPABILITIES } from '../../src/engine/capabilities.ts';
import { heldEverywhere } from '../../src/engine/runtimes.ts';
import { capabilitiesHeld, RUNTIMES, type Runtime } from '../runtimes.ts';

const EVERY = CAPABILITIES.length;

describe('the models say what was read in the runtimes', () => {
  // Sizes of the sets on containerd, CRI-O and moby; `!` where the runtime refuses the container.
  test.each<[string, string[], string[], [string, string, string]]>([
    ['nothing', [], [], ['14', '9', '14']],
    ['drop ALL', [], ['ALL'], ['0', '0', '0']],
    ['drop all', [], ['aLL'], ['0', '0', '0']],
    ['drop CAP_ALL', [], ['CAP_ALL'], ['14', '9!', '14!']],
    ['drop ALL, add one', ['NET_RAW'], ['ALL'], ['1', '1', '1']],
    ['add ALL, drop ALL', ['ALL'], ['ALL'], ['0', '0', `${EVERY}`]],
    ['add ALL, drop one', ['all'], ['CHOWN'], [`${EVERY - 1}`, `${EVERY - 1}`, `${EVERY - 1}`]],
    ['one in both', ['CHOWN'], ['CHOWN'], ['13', '8', '14']],
    ['one in both, drop ALL', ['CHOWN'], ['ALL', 'CHOWN'], ['0', '0', '1']],
    ['add with prefix', ['CAP_SYS_TIME'], ['ALL'], ['0', '1', '1']],
    ['drop with prefix', [], ['CAP_CHOWN'], ['14', '8', '13']],
    ['add in lower case', ['sys_time'], ['ALL'], ['1', '1', '1']],
    ['add unknown', ['bogus'], [], ['14', '9!', '14!']],
    ['drop unknown', [], ['bogus'], ['14', '9!', '14!']],
  ])('%s', (_, add, drop, expected) => {
    const seen = RUNTIMES.map((runtime) => {
      const { held, refused } = capabilitiesHeld(runtime, { add, drop, privileged: false });
      return `${held.size}${refused ? '!' : ''}`;
    });
    expect(seen).toEqual(expected);
  });

  test.each(RUNTIMES)('privileged holds everything on %s, whatever it drops', (runtime: Runtime) => {
    expect(capabilitiesHeld(runtime, { add: [], drop: ['ALL'], privileged: true }).held.size).toBe(EVERY);
  });
});

const SPELLINGS = [
  'CHOWN',
  'cap_chown',
  'chown',
  'CAP_NET_RAW',
  'NET_RAW',
  'SYS_TIME',
  'CAP_SYS_TIME',
  'all',
  'CAP_ALL',
  'bogus',
];

/** Every list of at most two entries. */
const LISTS = [[], ...SPELLINGS.map((one) => [one]), ...SPELLINGS.flatMap((one) => SPELLINGS.map((two) => [one, two]))];

test('heldEverywhere never claims what one of the models denies', () => {
  for (const add of LISTS)
    for (const drop of LISTS) {
      const sets = RUNTIMES.map((runtime) => capabilitiesHeld(runtime, { add, drop, privileged: false }).held);
      const held = heldEverywhere({ add, drop });
      for (const name of ['CHOWN', 'NET_RAW', 'SYS_TIME']) {
        if (held(name)) expect(sets.every((set) => set.has(name))).toBe(true);
        // And denies nothing that all three give, but for what an author tried to drop.
        else if (sets.every((set) => set.has(name)))
          expect([name, ...drop].join()).toMatch(new RegExp(`,(cap_)?${name}`, 'i'));
      }
    }
});
