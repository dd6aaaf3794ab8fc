import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CAPABILITIES } from '../../src/engine/capabilities.ts';
import { PROGRAMS } from '../../src/knowledge/breakage.ts';
import { forecast } from '../../src/knowledge/forecast.ts';
import type { Launch } from '../../src/knowledge/forecast-terms.ts';
import { DEFAULTS, holding, launchOf } from './launch.ts';

const sh = (script: string): readonly string[] => ['sh', '-c', script];
const root = { uid: 0 } as const;
const user = { uid: 1_000, neverRoot: true } as const;

/** Each risk in a line: how sure, of which program, and what it needs. */
const risks = (said: Partial<Launch>): string[] =>
  forecast(launchOf(said)).risks.map(({ sure, program, needs, escalation }) =>
    [sure, program ?? 'any', ...(needs ?? []), ...(escalation ? ['with escalation'] : [])].join(' '),
  );
const unknown = (said: Partial<Launch>): string => forecast(launchOf(said)).unknown.join('\n');

describe('a program known by its image', () => {
  test.each<[Partial<Launch>, string[]]>([
    [{ image: 'nginx:1.27', ports: [80] }, ['likely nginx CHOWN NET_BIND_SERVICE SETGID SETUID']],
    [{ image: 'nginx:1.27', ports: [8_080] }, ['likely nginx CHOWN SETGID SETUID']],
    [{ image: 'nginx:1.27', args: ['-g', 'daemon off;'] }, ['likely nginx CHOWN NET_BIND_SERVICE SETGID SETUID']],
    [{ image: 'nginx:1.27', ...user }, []],
    [{ image: 'bitnami/postgresql:16' }, []],
    [{ image: 'bitnami/postgresql:16', ...root }, ['likely postgres CHOWN SETGID SETUID']],
    [{ image: 'postgres:16', args: ['-c', 'max_connections=9'] }, ['likely postgres CHOWN SETGID SETUID']],
    [{ image: 'redis:7' }, ['likely redis CHOWN SETGID SETUID']],
    [{ image: 'redis:7', args: ['redis-server', '--save', ''] }, ['likely redis CHOWN SETGID SETUID']],
    [{ image: 'redis:7', command: ['redis-server'] }, []],
    [{ image: 'redis:7', args: ['redis-cli', 'ping'] }, []],
    [{ image: 'busybox:1' }, []],
    [{ image: 'example.com/mine' }, []],
  ])('%j: %j', (said, expected) => {
    expect(risks(said)).toEqual(expected);
  });
});

describe('a command', () => {
  test.each<[Partial<Launch>, string[]]>([
    [{ ...root, command: ['gosu', 'app', 'server'] }, ['sure gosu SETGID SETUID']],
    [{ command: ['gosu', 'app', 'server'] }, ['likely gosu SETGID SETUID']],
    [{ ...user, command: ['gosu', 'app', 'server'] }, []],
    [{ ...root, command: ['s6-setuidgid', 'app', 'server'] }, ['likely gosu SETGID SETUID']],
    [
      { ...root, command: sh('chown -R app /data || true; exec su-exec app server') },
      ['sure gosu SETGID SETUID', 'possible chown CHOWN'],
    ],
    [{ ...root, command: ['chown', 'root:root', '/data'] }, ['possible chown CHOWN']],
    [{ ...root, command: sh('gosu app chown app /data') }, ['sure gosu SETGID SETUID']],
    [{ ...root, command: ['ping', 'x'] }, ['likely ping NET_RAW']],
    [{ ...user, command: sh('ping x') }, ['likely ping NET_RAW with escalation']],
    [{ ...root, image: 'alpine:3', command: ['ping', 'x'] }, ['likely busybox ping NET_RAW']],
    [{ ...user, command: ['sudo', 'id'] }, ['likely sudo SETGID SETUID with escalation']],
    [{ ...user, command: sh('crontab - < /jobs') }, ['likely crontab with escalation']],
    [{ ...root, command: sh('apt-get update && apt-get install -y curl') }, ['sure apt DAC_OVERRIDE SETGID SETUID']],
    [{ ...root, command: ['tar', 'xzf', 'a.tgz'] }, ['possible tar CHOWN FOWNER']],
    [{ ...root, command: ['tar', 'xzf', 'a.tgz', '--no-same-owner'] }, []],
    [{ ...root, command: ['cp', '-rp', 'a', 'b'] }, ['possible cp CHOWN FOWNER']],
    [{ ...root, command: ['cp', '-r', 'a', 'b'] }, []],
    [{ ...root, command: ['nice', '-n', '10', 'x'] }, []],
    [{ ...root, command: ['mount', '-t', 'tmpfs', 'x', '/mnt'] }, []],
    [{ ...root, command: ['python3', '-m', 'http.server'], ports: [8_000] }, []],
    [{ ...root, command: ['python3', '-m', 'http.server', '80'] }, ['likely python NET_BIND_SERVICE']],
    [{ ...root, command: ['/app', '--http-addr=:80'] }, ['likely any NET_BIND_SERVICE']],
    [{ ...root, command: ['/app', '--upstream=db:80'] }, []],
    [{ ...root, command: ['strace', '-p', '1'] }, []],
    [{ ...root, command: ['/app', '--user=nobody'] }, ['possible any SETGID SETUID']],
    [{ ...root, command: ['mysqladmin', '--user=app'] }, []],
  ])('%j: %j', (said, expected) => {
    expect(risks(said)).toEqual(expected);
  });
});

describe('low ports', () => {
  const open = { 'net.ipv4.ip_unprivileged_port_start': '0' };
  test.each<[Partial<Launch>, string[]]>([
    [{ ...root, ports: [80] }, ['likely any NET_BIND_SERVICE']],
    [{ ...root, ports: [80], sysctls: open }, []],
    [
      { ...root, ports: [80], sysctls: { 'net.ipv4.ip_unprivileged_port_start': '443' } },
      ['likely any NET_BIND_SERVICE'],
    ],
    [{ ...root, ports: [8_080] }, []],
    [{ ...user, ports: [80] }, ['possible any NET_BIND_SERVICE']],
    [{ ...user, ports: [80], sysctls: open }, []],
    [{ image: 'nginx', ports: [80], sysctls: open }, ['likely nginx CHOWN SETGID SETUID']],
  ])('%j: %j', (said, expected) => {
    expect(risks(said)).toEqual(expected);
  });

  test('may be open to all by the runtime, which cannot be known', () => {
    expect(unknown({ ...root, ports: [80] })).toContain('Whether the runtime opens port 80 to all');
    expect(unknown({ ...root, ports: [80], sysctls: open })).not.toContain('Whether the runtime');
  });
});

describe('what is kept and what was missing before', () => {
  const six = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'NET_BIND_SERVICE', 'SETGID', 'SETUID'];
  test('what is kept is not needed', () => {
    expect(risks({ image: 'nginx', ports: [80], after: holding(six, false) })).toEqual([]);
    expect(risks({ image: 'sshd', ports: [22], after: holding(six, false) })).toEqual(['likely sshd SYS_CHROOT']);
    expect(risks({ ...user, command: sh('ping x'), after: holding([...six, 'NET_RAW'], false) })).toEqual([
      'likely ping with escalation',
    ]);
  });

  test('what hardening takes of what was added, breaks', () => {
    const before = holding([...DEFAULTS, 'NET_ADMIN'], true);
    expect(risks({ ...root, command: ['ip', 'route', 'add', 'x'], before })).toEqual(['sure ip NET_ADMIN']);
  });

  test('what did not work before is no risk, and may be said', () => {
    const said = { ...root, command: ['ip', 'route', 'add', 'x'] };
    expect(risks(said)).toEqual([]);
    expect(unknown(said)).toContain('Whether ip works today: it was measured to need NET_ADMIN');
  });
});

describe('what the manifest adds', () => {
  const before = holding(['NET_ADMIN', 'NET_RAW'], false);
  test('was added for something', () => {
    expect(risks({ ...root, command: ['/init'], before })).toEqual(['possible any NET_ADMIN NET_RAW']);
    expect(risks({ command: ['/init'], before: holding([...DEFAULTS, 'SYS_TIME'], true) })).toEqual([
      'possible any SYS_TIME',
    ]);
    expect(risks({ ...root, command: ['/init'], before, after: before })).toEqual([]);
    expect(risks({ ...root, command: ['/init'], before, after: holding(['NET_RAW'], false) })).toEqual([
      'possible any NET_ADMIN',
    ]);
  });

  test('is not said twice', () => {
    expect(risks({ ...root, command: ['iptables-legacy', '-L'], before })).toEqual(['sure iptables NET_ADMIN NET_RAW']);
  });
});

describe('silent failures', () => {
  const silentOf = (said: Partial<Launch>): unknown[] => forecast(launchOf(said)).risks.map(({ silent }) => silent);
  test.each(['cron -f', 'vsftpd', 'unbound -d', 'php-fpm -F', 'supervisord -n', 'squid -N'])(
    'of %s are said',
    (command) => {
      expect(silentOf({ ...root, command: command.split(' ') })).toEqual([expect.stringMatching(/./)]);
    },
  );

  test('Apache needs what it would go on without, as root', () => {
    const { risks: found } = forecast(launchOf({ image: 'httpd:2.4', ports: [8_080] }));
    expect(found).toEqual([expect.objectContaining({ needs: ['CHOWN', 'SETGID', 'SETUID'] })]);
    expect(found[0]!.silent).toContain('still root');
    const after = holding(['CHOWN', 'NET_BIND_SERVICE'], false);
    expect(risks({ image: 'httpd:2.4', ports: [80], after })).toEqual(['likely apache SETGID SETUID']);
  });
});

describe('what cannot be known', () => {
  test.each<[string, Partial<Launch>, string]>([
    ['what an unknown image starts', { image: 'example.com/mine' }, 'What example.com/mine starts'],
    ['what an entrypoint does first', { image: 'redis:7', args: ['redis-cli'] }, 'What the entrypoint of redis:7 does'],
    ['what is in a script', { command: ['sh', '/opt/run.sh'] }, 'What /opt/run.sh does'],
    ['as whom it runs', {}, 'Whether it runs as root'],
    ['whether files are marked', root, 'Whether it starts marked files'],
    ['whether a user calls setuid helpers', user, 'setuid helpers'],
    [
      'who owns the files of a volume',
      { ...root, volumes: ['hostPath'] },
      'Who owns the files on its volumes (hostPath)',
    ],
  ])('is said: %s', (_, said, text) => {
    expect(unknown(said)).toContain(text);
  });

  test('of a user is only the marks and helpers, and no risk', () => {
    const { risks: none, unknown: one } = forecast(launchOf({ ...user, command: ['/server'], ports: [8_080] }));
    expect(none).toEqual([]);
    expect(one).toHaveLength(1);
  });
});

describe('laws', () => {
  const names = PROGRAMS.flatMap(({ commands }) => commands);
  const images = PROGRAMS.flatMap(({ images: known = [] }) => known);
  const options = [
    '-u',
    '-a',
    '-x',
    '-p',
    '80',
    '--user=x',
    'root',
    '-c',
    '--',
    'sh',
    'tini',
    'env',
    'gosu',
    ';',
    '$(ping x)',
  ];
  const word = fc.oneof(fc.constantFrom(...names, ...options), fc.string());
  const words = fc.array(word, { maxLength: 6 });
  const held = fc.record({
    capabilities: fc.subarray([...CAPABILITIES, 'UNHEARD_OF']).map((some) => new Set<string>(some)),
    mayEscalate: fc.boolean(),
  });
  const launch = fc.record({
    image: fc.oneof(fc.constantFrom('', ...images), fc.string()),
    command: words,
    args: words,
    uid: fc.constantFrom(undefined, 0, 1_000),
    neverRoot: fc.boolean(),
    hasFsGroup: fc.boolean(),
    ports: fc.array(fc.integer({ min: -1, max: 70_000 }), { maxLength: 3 }),
    sysctls: fc.dictionary(
      fc.constantFrom('net.ipv4.ip_unprivileged_port_start', 'net.ipv4.ping_group_range'),
      fc.oneof(fc.constantFrom('0', '80', '0 2147483647'), fc.string()),
    ),
    volumes: fc.subarray(['hostPath', 'emptyDir']),
    before: held,
    after: held,
  });
  const runs = { numRuns: 2_000 };

  test('a container that loses nothing has no risks and no unknowns', () => {
    const law = fc.property(launch, (one) => {
      expect(forecast({ ...one, after: one.before })).toEqual({ risks: [], unknown: [] });
    });
    fc.assert(law, runs);
  });

  test('what is needed is what hardening takes', () => {
    const law = fc.property(launch, (one) => {
      const { before, after } = one;
      for (const { needs, escalation } of forecast(one).risks) {
        const lost = (needs ?? []).filter((name) => before.capabilities.has(name) && !after.capabilities.has(name));
        expect(lost).toEqual(needs);
        expect(needs?.length !== 0 || (escalation && before.mayEscalate && !after.mayEscalate)).toBe(true);
      }
    });
    fc.assert(law, runs);
  });

  test('to take more never gives fewer risks', () => {
    const law = fc.property(launch, fc.subarray<string>([...CAPABILITIES]), (one, more) => {
      const { capabilities, mayEscalate } = one.after;
      const less = holding(
        [...capabilities].filter((name) => !more.includes(name)),
        mayEscalate && more.length === 0,
      );
      expect(forecast({ ...one, after: less }).risks.length).toBeGreaterThanOrEqual(forecast(one).risks.length);
    });
    fc.assert(law, runs);
  });

  test('the surest come first', () => {
    const law = fc.property(launch, (one) => {
      const order = forecast(one).risks.map(({ sure }) => ['sure', 'likely', 'possible'].indexOf(sure));
      expect(order).toEqual([...order].sort((a, b) => a - b));
    });
    fc.assert(law, runs);
  });
});
