import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { calledBy } from '../../src/knowledge/forecast-commands.ts';
import { simpleCommands } from '../../src/knowledge/forecast-script.ts';

const called = (...words: string[]): string[] =>
  calledBy(words).map(({ name, behind, becameUser, guarded }) =>
    [...behind.map((one) => `${one}>`), name, becameUser ? ' as a user' : '', guarded ? ' guarded' : ''].join(''),
  );
const inShell = (script: string): string[] => calledBy(['sh', '-c', script]).map(({ words }) => words.join(' '));

describe('the programs of a command line', () => {
  test.each([
    [['/usr/sbin/nginx', '-g', 'daemon off;'], ['nginx']],
    [['A=1', 'env', '-i', '-u', 'HOME', 'B=2', 'nginx'], ['env>nginx']],
    [['tini', '-g', '--', 'dumb-init', '-v', 'node', 'x.js'], ['tini>dumb-init>node']],
    [['exec', 'redis-server'], ['redis-server']],
    [['timeout', '-s', 'KILL', '5', 'ping', 'x'], ['timeout>ping']],
    [['busybox', 'httpd', '-f'], ['busybox>httpd']],
    [
      ['gosu', 'redis', 'redis-server'],
      ['gosu', 'gosu>redis-server as a user'],
    ],
    [
      ['setpriv', '--reuid=1', '--regid', '2', 'ping', 'x'],
      ['setpriv', 'setpriv>ping as a user'],
    ],
    [
      ['runuser', '-u', 'alice', '--', 'ping'],
      ['runuser', 'runuser>ping as a user'],
    ],
    [
      ['su', 'alice', '-c', 'ping x; mknod y c 1 3'],
      ['su', 'su>ping as a user', 'su>mknod as a user'],
    ],
    [
      ['chroot', '--userspec=a:b', '/host', 'ip', 'a'],
      ['chroot', 'chroot>ip'],
    ],
    [
      ['nice', '-n', '-5', 'java'],
      ['nice', 'nice>java'],
    ],
    [
      ['docker-entrypoint.sh', 'redis-server'],
      ['docker-entrypoint.sh', 'docker-entrypoint.sh>redis-server'],
    ],
    [
      ['bash', '-exo', 'pipefail', '-c', 'ping x || true'],
      ['bash>ping guarded', 'bash>true'],
    ],
    [['sh', '/scripts/start.sh'], ['sh']],
    [['FOO=1'], []],
    [[], []],
  ])('%j: %j', (words, expected) => {
    expect(called(...words)).toEqual(expected);
  });
});

describe('the commands of a script', () => {
  test.each([
    ['a 1 && b 2; c | d & e\nf', ['a 1', 'b 2', 'c', 'd', 'e', 'f']],
    ['echo "gosu a; b" \'c; d\' e\\;f # g; h', ['echo gosu a; b c; d e;f']],
    ['if [ -d /x ]; then chown a /x; else mkdir /x; fi', ['[ -d /x ]', 'chown a /x', 'mkdir /x']],
    ['for i in a b; do ping $i; done', ['ping $i']],
    ['while true; do sleep 5; done', ['true', 'sleep 5']],
    ['x=$(buildah from y) && z "$(mknod c)"', ['z $(mknod c)', 'buildah from y', 'mknod c']],
    ['a >/dev/null 2>&1 <in b', ['a b']],
    ['cat <<EOF > /etc/x\nchown root /y\nEOF\ntrue', ['cat', 'true']],
    ['a#b', ['a#b']],
    ['sh -c "sh -c \'ping x\'"', ['ping x']],
    ['( cd /x; { y; } )', ['cd /x', 'y']],
    ['"unclosed', ['unclosed']],
  ])('%j: %j', (script, expected) => {
    expect(inShell(script)).toEqual(expected);
  });

  test('are found in anything, and soon', () => {
    const pieces = ['$(', '`', '"', "'", '(', ')', '${', '<<', '\\', 'sh -c ', ';', '\n', '#', 'x', ' ', '|'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces)), (parts) => {
        expect(Array.isArray(simpleCommands(parts.join('')))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
    const before = process.cpuUsage();
    for (const piece of pieces) simpleCommands(piece.repeat(100_000));
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000);
  });
});
