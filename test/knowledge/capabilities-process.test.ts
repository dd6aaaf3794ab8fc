import { describe, expect, test } from '@jest/globals';
import { explained, isInUserNamespace, readStatus } from '../../src/knowledge/capabilities-process.ts';

interface Given {
  readonly uid?: number;
  readonly eff: string;
  readonly prm?: string;
  readonly bnd?: string;
  readonly inh?: string;
  readonly amb?: string;
  readonly flag?: 0 | 1;
}

/** The lines of /proc/PID/status that are read, as Linux 6 writes them. */
function statusText({ uid = 0, eff, prm = eff, bnd = eff, inh = '0', amb = '0', flag = 0 }: Given): string {
  const mask = (hex: string): string => hex.padStart(16, '0');
  return [
    'Name:\tnginx: worker',
    'Umask:\t0022',
    'State:\tS (sleeping)',
    `Uid:\t${uid}\t${uid}\t${uid}\t${uid}`,
    'Groups:\t0 ',
    `CapInh:\t${mask(inh)}`,
    `CapPrm:\t${mask(prm)}`,
    `CapEff:\t${mask(eff)}`,
    `CapBnd:\t${mask(bnd)}`,
    `CapAmb:\t${mask(amb)}`,
    `NoNewPrivs:\t${flag}`,
    'Seccomp:\t2',
    '',
  ].join('\n');
}

const of = (given: Given): string[] => explained(readStatus(statusText(given))!);

const DEFAULT = 'a80425fb';

describe('the status of a process', () => {
  test('is read with its name, its effective user, its flag and its sets', () => {
    const text = statusText({ eff: '400', bnd: DEFAULT, flag: 1 }).replace('Uid:\t0\t0', 'Uid:\t1000\t101');
    const status = readStatus(text)!;
    expect(status).toMatchObject({ name: 'nginx: worker', uid: 101, noNewPrivs: true });
    expect(Object.entries(status.sets).map(([name, set]) => [name, set?.mask])).toEqual([
      ['effective', '0000000000000400'],
      ['permitted', '0000000000000400'],
      ['bounding', '00000000a80425fb'],
      ['inheritable', '0000000000000000'],
      ['ambient', '0000000000000000'],
    ]);
  });

  test('of an old kernel has no flag and no ambient set', () => {
    const old = statusText({ eff: '0' }).replaceAll(/^(NoNewPrivs|CapAmb):.*\n/gm, '');
    const status = readStatus(old)!;
    expect([status.noNewPrivs, status.sets.ambient]).toEqual([undefined, undefined]);
    expect(explained(status)[1]).toBe(
      'setuid and setcap programs work, but its bounding set holds no capability that it lacks.',
    );
  });

  test.each(['', 'Name:\tx\n', statusText({ eff: '0' }).replace('CapEff', 'CapXxx'), statusText({ eff: 'xyz' })])(
    'is not read from %j',
    (text) => expect(readStatus(text)).toBeUndefined(),
  );
});

const GAINS_NOTHING =
  'NoNewPrivs is 1 (allowPrivilegeEscalation: false): no program that it starts gives it more than it has.';
const LACKS_NOTHING =
  'NoNewPrivs is 0: setuid and setcap programs work, but its bounding set holds no capability that it lacks.';

describe('what the sets mean', () => {
  test.each<[string, Given, string[]]>([
    [
      'root in an untouched container',
      { eff: DEFAULT },
      ['It is root, and may now use what containerd and Docker give by default.', LACKS_NOTHING],
    ],
    ['root in a hardened container', { eff: '0', flag: 1 }, ['It is root, and has no capability now.', GAINS_NOTHING]],
    [
      'a user in an untouched container',
      { uid: 1000, eff: '0', bnd: '2001' },
      [
        'It runs as uid 1000, and has no capability now.',
        'NoNewPrivs is 0: a setuid-root or setcap program that it starts can hold what the bounding set has beyond: CHOWN, NET_RAW.',
      ],
    ],
    [
      'a user whose escalation is forbidden, whatever the bounding set holds',
      { uid: 1000, eff: '0', bnd: DEFAULT, flag: 1 },
      ['It runs as uid 1000, and has no capability now.', GAINS_NOTHING],
    ],
    [
      'root that has given capabilities up gets them back with the next program',
      { eff: '0', bnd: '2000' },
      [
        'It is root, and has no capability now.',
        'NoNewPrivs is 0: any program that it starts as root can hold what the bounding set has beyond: NET_RAW.',
      ],
    ],
    [
      'what is permitted and not effective',
      { eff: '0', prm: '400', bnd: '400' },
      ['It is root, and has no capability now.', 'It can raise by itself: NET_BIND_SERVICE.', LACKS_NOTHING],
    ],
    [
      'what is passed on',
      { uid: 1000, eff: '2000', inh: '2001', amb: '2000' },
      [
        'It runs as uid 1000, and may now use 1 capability, within what containerd and Docker give by default.',
        LACKS_NOTHING,
        'Programs that it starts keep, without being root: NET_RAW.',
        'Programs whose file is marked to inherit them get: CHOWN, NET_RAW.',
      ],
    ],
  ])('%s', (_, given, sentences) => expect(of(given)).toEqual(sentences));
});

test.each([
  ['         0          0 4294967295\n', false],
  ['         0      65536      65536\n', true],
  ['         0       1000          1\n         1     100000      65536\n', true],
])('a mapping of %j is one of another user namespace: %j', (text, expected) => {
  expect(isInUserNamespace(text)).toBe(expected);
});
