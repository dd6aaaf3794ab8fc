import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { CAPABILITIES, isCapability } from '../../src/engine/capabilities.ts';
import { CAUSES, PATTERNS, PROGRAMS, SOURCES, SYMPTOMS, type Start } from '../../src/knowledge/breakage.ts';
import { causeOf, patternOf, programsNamed, programsOfImage } from '../../src/knowledge/breakage-lookup.ts';
import { mendsOf, notByDefault, SHIPPED, verdictOf } from '../../src/knowledge/breakage-mend.ts';
import { breakagePage } from '../../src/knowledge/breakage-page.ts';
import { diagnose } from '../../src/knowledge/symptoms-in-log.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const starts = PROGRAMS.flatMap(({ name, starts: all }) => all.map((start) => ({ ...start, program: name })));
const MOMENTS = ['exec', 'start', 'run', 'use'];

const duplicates = (names: readonly string[]): string[] => names.filter((name, i) => names.indexOf(name) !== i);

describe('the data', () => {
  test('names capabilities that exist, each list in alphabetical order and without doubles', () => {
    const lists = [
      ...CAUSES.flatMap(({ root: asRoot, user }) => [asRoot?.needs, user?.needs]),
      ...SYMPTOMS.map(({ needs }) => needs),
      ...starts.flatMap(({ needs, needsWithSysctls }) => [needs, needsWithSysctls]),
    ].filter((list) => list != null);
    for (const list of lists) {
      expect(list.filter((name) => !isCapability(name))).toEqual([]);
      expect(list).toEqual([...new Set(list)].sort());
    }
  });

  test('names no cause, program, pattern, source or moment that is not there', () => {
    const causes = SYMPTOMS.flatMap(({ cause, also = [] }) => [cause, ...also]);
    const ids = CAUSES.map(({ id }) => id);
    expect(causes.filter((id) => !ids.includes(id))).toEqual([]);
    expect(SYMPTOMS.filter(({ from }) => from !== undefined && programsNamed(from).length === 0)).toEqual([]);
    const numbers = [...CAUSES, ...starts].flatMap(({ pattern }) => (pattern === undefined ? [] : [pattern]));
    expect(numbers.filter((id) => patternOf(id)?.id !== id)).toEqual([]);
    expect(CAUSES.flatMap(({ sources }) => sources).filter((name) => !(name in SOURCES))).toEqual([]);
    const moments = [...SYMPTOMS.map(({ when }) => when), ...starts.flatMap(({ fails }) => fails ?? [])];
    expect(moments.filter((moment) => !MOMENTS.includes(moment))).toEqual([]);
    expect(SYMPTOMS.filter(({ sure }) => !['sure', 'likely', 'possible'].includes(sure))).toEqual([]);
  });

  test('has no name twice, no source that nothing cites, and no cause that no text shows', () => {
    expect(duplicates(CAUSES.map(({ id }) => id))).toEqual([]);
    expect(duplicates(PROGRAMS.map(({ name }) => name))).toEqual([]);
    expect(duplicates(SYMPTOMS.flatMap(({ says = [] }) => says))).toEqual([]);
    const cited = new Set(CAUSES.flatMap(({ sources }) => sources));
    expect(Object.keys(SOURCES).filter((name) => !cited.has(name))).toEqual([]);
    const shown = new Set(SYMPTOMS.flatMap(({ cause, also = [] }) => [cause, ...also]));
    expect(CAUSES.filter(({ id }) => !shown.has(id)).map(({ id }) => id)).toEqual([]);
    expect(Object.values(SOURCES).filter((address) => !address.startsWith('https://'))).toEqual([]);
  });

  test('has the eight patterns, in their order, and a start or cause for each', () => {
    expect(PATTERNS.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const shown = new Set(starts.map(({ pattern }) => pattern));
    expect(PATTERNS.filter(({ id }) => !shown.has(id))).toEqual([]);
  });

  test('says of each start what agrees with itself', () => {
    const wrong = (start: Start): boolean =>
      (start.breaks === 'nothing' && start.needs?.length !== 0) ||
      (start.breaks !== 'nothing' && start.breaks !== 'flag' && start.needs?.length === 0) ||
      (['flag', 'each'].includes(start.breaks) && !start.escalation) ||
      (start.breaks === 'drop' && start.escalation === true) ||
      (start.breaks !== 'nothing' && start.fails === undefined) ||
      (start.breaks === 'drop' && (start.needs === null || notByDefault(start.needs).some(isNoDefault)));
    // What drop ALL broke worked with the defaults, so that it needs no more than these.
    const defaults = ['MKNOD', 'NET_RAW', 'SETFCAP', 'SYS_CHROOT', 'AUDIT_WRITE'];
    const isNoDefault = (name: string): boolean => !defaults.includes(name);
    expect(starts.filter(wrong)).toEqual([]);
  });

  test('asks of the sysctls only to need less', () => {
    const more = starts.filter(
      ({ needs, needsWithSysctls: less }) => needs && less?.some((name) => !needs.includes(name)),
    );
    expect(more).toEqual([]);
  });
});

describe('what the shipped policies let through', () => {
  interface Spec {
    readonly spec: { readonly capabilities: { readonly allowedAdd: string[]; readonly defaultAdd?: string[] } };
  }
  test.each(['restricted', 'compatible'] as const)('is what the policy %s says', (name) => {
    const { spec } = parse(read(`policies/${name}/${name}.yaml`)) as Spec;
    expect(SHIPPED[name]).toEqual({ gives: spec.capabilities.defaultAdd ?? [], allows: spec.capabilities.allowedAdd });
  });

  test.each([
    [['NET_BIND_SERVICE'], false, 'if added', 'given'],
    [['SETGID', 'SETUID'], false, 'refused', 'given'],
    [['NET_RAW'], false, 'refused', 'refused'],
    [['CHOWN', 'SYS_CHROOT'], false, 'refused', 'refused'],
    [['NET_BIND_SERVICE'], true, 'refused', 'refused'],
    [[], true, 'refused', 'refused'],
    [null, false, 'no use', 'no use'],
  ] as const)('%j with escalation %j: restricted %s, compatible %s', (needs, escalation, restricted, compatible) => {
    expect(verdictOf({ needs, escalation }, 'restricted')).toBe(restricted);
    expect(verdictOf({ needs, escalation }, 'compatible')).toBe(compatible);
  });

  test('what not every runtime gives by default, the pod must add', () => {
    expect(notByDefault(CAPABILITIES)).not.toContain('CHOWN');
    expect(notByDefault(['CHOWN', 'NET_ADMIN', 'NET_RAW'])).toEqual(['NET_ADMIN', 'NET_RAW']);
  });

  test("a text's own need takes the place of its cause's, but not where nothing helps", () => {
    expect(mendsOf(causeOf('net-admin'), ['NET_ADMIN', 'NET_RAW']).map(({ needs }) => needs)).toEqual([
      ['NET_ADMIN', 'NET_RAW'],
      null,
    ]);
  });
});

describe('a program is found', () => {
  const names = (found: readonly { name: string }[]): string[] => found.map(({ name }) => name);
  test.each([
    ['nginx', ['nginx']],
    ['/usr/sbin/nginx', ['nginx']],
    ['Named', ['bind9']],
    ['httpd', ['apache', 'busybox httpd']],
    ['ngin', []],
    ['', []],
  ])('by its name %j: %j', (name, found) => {
    expect(names(programsNamed(name))).toEqual(found);
  });

  test.each([
    ['nginx', ['nginx']],
    ['docker.io/library/redis:7@sha256:0123456789abcdef0123456789abcdef', ['redis']],
    ['quay.io/bitnami/postgresql:16', ['postgres']],
    ['registry.k8s.io/ingress-nginx/controller:v1.12.0', ['ingress-nginx']],
    ['example.com/controller', []],
    ['my-nginx-evil', []],
    ['NOT AN IMAGE', []],
  ])('by its image %j: %j', (image, found) => {
    expect(names(programsOfImage(image))).toEqual(found);
  });
});

describe('several causes', () => {
  const causes = (lines: string[], programs?: string[]): string[] =>
    diagnose(lines, programs && new Set(programs)).map(({ cause, sure }) => `${sure} ${cause.id}`);

  test('are ranked: the surest first, then the one whose text says more, then the first', () => {
    expect(
      causes([
        'cat: /data/x: Permission denied',
        'socket: Operation not permitted',
        "chown: changing ownership of '.': Operation not permitted",
        'error: failed switching to "redis": operation not permitted',
      ]),
    ).toEqual([
      'sure chown',
      'sure become-user',
      'likely raw-socket',
      'possible raw-socket-setuid',
      'possible other-owner',
    ]);
  });

  test('a guess is left out where its own line is sure of something else', () => {
    expect(causes(['find: x: failed to change group-id to dip: Permission denied'])).not.toContain(
      'possible other-owner',
    );
  });

  test('a text that comes again is counted, and its first line is kept', () => {
    const [first] = diagnose(['', 'su: cannot set groups: x', 'fine', 'su: cannot set groups: y']);
    expect(first!.evidence).toMatchObject([{ line: 2, times: 2, text: 'su: cannot set groups: x' }]);
  });

  test('texts of other servers are left out where a program is named, those of tools are not', () => {
    const lines = ['AH02156: setgid: unable to set group id', 'failed switching to "redis": operation not permitted'];
    expect(causes(lines, ['redis'])).toEqual(['sure become-user']);
    expect(causes(lines, ['apache'])).toEqual(['sure stays-root', 'sure become-user']);
  });

  test('the port tells a low one from one that needs no capability', () => {
    const first = (line: string): string | undefined => causes([line])[0]?.split(' ')[1];
    expect(first('listen tcp :80: bind: permission denied')).toBe('low-port');
    expect(first('listen tcp [::]:443: bind: permission denied')).toBe('low-port');
    expect(first('listen tcp :8080: bind: permission denied')).toBe('high-port');
    expect(first('10:00:00 Error: listen EACCES: permission denied 0.0.0.0:3000')).toBe('high-port');
    expect(first('bind() to [fd00::12:34]:8443 failed (13: Permission denied)')).toBe('high-port');
    expect(first("can't bind socket: Permission denied for ::1 port 53")).toBe('low-port');
  });
});

test('docs/what-breaks.md is generated from the data: dropcap why --list -o markdown > docs/what-breaks.md', () => {
  expect(read('docs/what-breaks.md')).toBe(breakagePage());
});
