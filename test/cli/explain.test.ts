import { describe, expect, test } from '@jest/globals';
import type { Explanation } from '../../src/cli/explain-json.ts';
import { explain, partOf, SHOP } from './explain-command.ts';
import { pod } from './command.ts';

const jsonOf = async (files: Readonly<Record<string, string>>, ...args: string[]): Promise<Explanation> =>
  JSON.parse((await explain(files, ['-f', '%/a.yaml', '-o', 'json', ...args])).stdout) as Explanation;

const DEFAULT = '00000000a80425fb';
const NONE = '0000000000000000';

const policy = (name: string, spec: string): string =>
  `apiVersion: dropcap.dev/v1alpha1\nkind: HardeningPolicy\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
const exception = (name: string, spec: string): string =>
  `apiVersion: dropcap.dev/v1alpha1\nkind: HardeningException\nmetadata: {name: ${name}}\nspec: ${spec}\n`;

describe('in a pipe', () => {
  test('the first lines of a container say what it loses and what breaks', async () => {
    const { stdout, status } = await explain({ 'a.yaml': SHOP });
    const [title, loses, breaks] = partOf(stdout, 'init container wait').split('\n');
    expect(title).toBe('  init container wait, image busybox, line 9');
    expect(loses).toBe('    Loses         all its 14 capabilities; and escalation by setuid and setcap programs');
    expect(breaks).toMatch(/^ {4}Breaks {8}/);
    expect(status).toBe(0);
  });

  test('every container is named by its kind', async () => {
    const { stdout, stderr } = await explain({ 'a.yaml': SHOP });
    const titles = stdout.split('\n').filter((line) => /^ {2}\S.*, line \d+$/.test(line));
    expect(titles.map((line) => line.trim().split(',')[0])).toEqual([
      'init container wait',
      'sidecar container proxy',
      'container web',
      'container good',
      'container host',
    ]);
    expect(stderr).toContain('5 containers of 1 pod template explained\n');
  });

  test('where the image decides the user, both are said', async () => {
    const text = partOf((await explain({ 'a.yaml': SHOP })).stdout, 'init container wait');
    expect(text).toContain(`CapEff, root    ${DEFAULT}  ${NONE}`);
    expect(text).toContain(`CapEff, others  ${NONE}  ${NONE}`);
    expect(text).toContain(`CRI-O: CapBnd 00000000000005fb (9) now, ${NONE} (0) hardened`);
  });

  test('a user who is not root uses no capability, and one that is allowed stays in the bounding set', async () => {
    const text = partOf((await explain({ 'a.yaml': SHOP })).stdout, 'sidecar container proxy');
    expect(text).toContain('13 of its 14 capabilities, of which uid 101 uses none by itself;');
    expect(text).toContain(`CapBnd      ${DEFAULT}  0000000000000400`);
    expect(text).toContain(`CapEff      ${NONE}  ${NONE}`);
    expect(text).toContain('Stays         NET_BIND_SERVICE (the pod adds it, and may)');
  });

  test('fields say what becomes of them, who asks, and why', async () => {
    const text = partOf((await explain({ 'a.yaml': SHOP })).stdout, 'container web');
    expect(text).toContain('- capabilities.drop: [NET_RAW] → [NET_RAW, ALL] (restricted). Without drop ALL');
    expect(text).toContain('- capabilities.add: [SYS_ADMIN, NET_BIND_SERVIC] → removed (restricted).');
    expect(text).toContain('Decided by    policy restricted, mode enforce');
    expect(text).toContain('Docker and CRI-O do not create it with NET_BIND_SERVIC, which containerd ignores');
  });

  test('what complies loses nothing, and it is said why nothing changes', async () => {
    const text = partOf((await explain({ 'a.yaml': SHOP })).stdout, 'container good');
    expect(text).toContain('Loses         nothing\n    Breaks        nothing: nothing goes\n');
    expect(text).toContain('- capabilities.drop: [ALL], unchanged. It complies already.');
    expect(text).toContain('- capabilities.add: unset, unchanged. It adds nothing.');
  });

  test('a privileged container keeps everything, and it is said that nothing can be done', async () => {
    const text = partOf((await explain({ 'a.yaml': SHOP })).stdout, 'container host');
    expect(text).toContain('Loses         nothing: it is privileged');
    expect(text).toContain('capabilities.drop: unset → cannot be changed (restricted).');
  });

  test('capabilities that go are told of once, in the end', async () => {
    const { stdout } = await explain({ 'a.yaml': SHOP });
    expect(stdout).toMatch(/\nWhat goes\n {2}CHOWN +\S.*\n/);
    expect(stdout.match(/^ {2}CHOWN /gm)).toHaveLength(1);
  });

  test('the next commands stand on stderr, with the options that were given', async () => {
    const { stderr } = await explain({ 'a b.yaml': SHOP }, ['-f', '%/a b.yaml', '--policy', 'compatible']);
    expect(stderr).toContain("dropcap harden -f 'a b.yaml' --policy compatible --in-place\n");
    expect(stderr).toContain("dropcap explain -f 'a b.yaml' --policy compatible --try docker\n");
    const { stderr: calm } = await explain({ 'a.yaml': SHOP }, ['-f', '%', '--container', 'good']);
    expect(calm).not.toContain('dropcap harden');
  });

  test('a Windows pod is passed over, and it is said why', async () => {
    const json = pod('w', { image: 'x' }).replace('"spec":{', '"spec":{"os":{"name":"windows"},');
    const { stdout, status } = await explain({ 'a.yaml': json });
    expect(stdout).toContain('Skipped       A Windows pod');
    expect(stdout).not.toContain('CapBnd');
    expect(status).toBe(0);
  });
});

describe('on a terminal', () => {
  test.each([80, 44])('nothing is wider than %i columns', async (columns) => {
    const { stdout } = await explain({ 'a.yaml': SHOP }, ['-f', '%'], { columns, env: { NO_COLOR: '1' } });
    expect(stdout.split('\n').filter(({ length }) => length > columns)).toEqual([]);
    expect(stdout).toContain('Loses');
  });

  test('headings are bold, but not with NO_COLOR', async () => {
    const bold = await explain({ 'a.yaml': SHOP }, ['-f', '%'], { columns: 80 });
    expect(bold.stdout).toContain('\u001b[1ma.yaml: Deployment/web in shop\u001b[22m');
    const plain = await explain({ 'a.yaml': SHOP }, ['-f', '%'], { columns: 80, env: { NO_COLOR: '1' } });
    expect(plain.stdout).not.toContain('\u001b');
  });
});

describe('in JSON', () => {
  test('each container has its place, its rights on each runtime, its fields and its cover', async () => {
    const { containers, errors } = await jsonOf({ 'a.yaml': SHOP });
    expect(errors).toEqual([]);
    const proxy = containers[1]!;
    expect(proxy).toMatchObject({ line: 13, column: 9, workload: 'Deployment/web', kind: 'sidecar container' });
    expect(proxy.rights).toMatchObject({
      runAs: { uid: 101, neverRoot: true },
      before: { noNewPrivs: false, allowPrivilegeEscalation: null },
      after: { noNewPrivs: true, allowPrivilegeEscalation: false },
    });
    expect(proxy.rights!.after.runtimes['cri-o']).toEqual({
      bounding: '0000000000000400',
      effective: NONE,
      capabilities: ['NET_BIND_SERVICE'],
      refused: [],
    });
    expect(proxy.cover.policies).toMatchObject([{ name: 'restricted', mode: 'enforce' }]);
  });

  test('CAP_ before a name names nothing on containerd, and names the capability on the others', async () => {
    const json = pod('p', { securityContext: { capabilities: { drop: ['ALL'], add: ['CAP_SYS_TIME'] } } });
    const { runtimes } = (await jsonOf({ 'a.yaml': json })).containers[0]!.rights!.before;
    expect(runtimes.containerd.capabilities).toEqual([]);
    expect(runtimes['cri-o'].capabilities).toEqual(['SYS_TIME']);
    expect(runtimes.docker.capabilities).toEqual(['SYS_TIME']);
  });

  test('an exception that spares, one that has ended and one that changes nothing are told apart', async () => {
    const spec = (more: string): string =>
      `{match: {namespaces: ['*'], images: [{repository: '*'}], containers: [c0]}, reason: r, owner: o, ${more}}`;
    const files = {
      'a.yaml': pod('p', { image: 'x' }),
      'p/p.yaml': policy(
        'own',
        "{mode: enforce, match: {namespaces: ['*']}, capabilities: {drop: [ALL], allowedAdd: []}}",
      ),
      'p/used.yaml': exception('used', spec('keep: [CHOWN]')),
      'p/ended.yaml': exception('ended', spec("keep: [KILL], expires: '2020-01-01'")),
      'p/idle.yaml': exception('idle', spec('rules: [allowPrivilegeEscalation]')),
    };
    const [one] = (await jsonOf(files, '--policy', '%/p')).containers;
    const told = one!.cover.exceptions.map(({ name, expired, used }) => ({ name, expired, used }));
    expect(told).toEqual([
      { name: 'ended', expired: true, used: false },
      { name: 'idle', expired: false, used: false },
      { name: 'used', expired: false, used: true },
    ]);
    expect(one!.rights!.after.runtimes.containerd.capabilities).toEqual(['CHOWN']);
    const { stdout } = await explain(files, ['-f', '%/a.yaml', '--policy', '%/p']);
    expect(stdout).toContain('exception ended, ended on 2020-01-01: spares nothing any more');
    expect(stdout).toContain('exception used: spares fields');
    expect(stdout).toContain('Stays         CHOWN (the policies or an exception give it back)');
  });

  test('a container that no policy covers is said to be so, and one in audit mode changes nothing', async () => {
    const files = {
      'a.yaml': pod('p', { image: 'x' }, { image: 'x' }),
      'p/p.yaml': policy(
        'own',
        "{mode: audit, match: {namespaces: ['*'], containers: [c0]}, capabilities: {drop: [ALL], allowedAdd: []}}",
      ),
    };
    const [audited, free] = (await jsonOf(files, '--policy', '%/p')).containers;
    expect(audited!.fields[0]).toMatchObject({ outcome: 'audited', after: ['ALL'], policies: ['own'] });
    expect(audited!.rights!.lost).toEqual([]);
    expect(audited!.fields[2]!.reason).toBe('No policy that covers this container asks for it.');
    expect(free!.fields.map(({ reason }) => reason)).toEqual(Array(3).fill('No policy covers this container.'));
    expect(free!.cover.policies).toEqual([]);
  });
});

describe('what is asked', () => {
  test('--container narrows', async () => {
    const { stdout, stderr } = await explain({ 'a.yaml': SHOP }, ['-f', '%', '--container', 'web']);
    expect(stdout).toContain('container web,');
    expect(stdout).not.toContain('proxy');
    expect(stderr).toContain('1 container of 1 pod template explained\n');
  });

  test('a container that is not there is refused with the names that are', async () => {
    const { stdout, stderr, status } = await explain({ 'a.yaml': SHOP }, ['-f', '%', '--container', 'wbe']);
    expect(stderr).toBe(
      'error: --container: found wbe, expected one of: wait, proxy, web, good, host; did you mean web?\n',
    );
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
  });

  test.each([
    [['--try', 'dockr'], '--try: found dockr, expected docker, podman or nerdctl; did you mean docker?'],
    [['-o', 'yaml'], '--output: found yaml, expected table or json'],
    [['--try', 'docker', '-o', 'json'], '--try: found it beside -o, expected one of the two'],
    [['--try', 'docker', '--suggest'], '--suggest: found it beside --try, expected one of the two'],
  ])('%j is refused', async (args, message) => {
    const { stdout, stderr, status } = await explain({ 'a.yaml': SHOP }, ['-f', '%', ...args]);
    expect(stderr).toContain(`error: ${message}`);
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
  });

  test('what cannot be read is named, and the rest explained', async () => {
    const files = { 'a.yaml': SHOP, 'b.yaml': 'a: [', 'c.yaml': pod('p', { image: 3 }) };
    const { stdout, stderr, status } = await explain(files, ['-f', '%', '--container', 'good']);
    expect(stdout).toContain('container good');
    expect(stderr).toMatch(/^error: b\.yaml:1:\d+: /m);
    expect(stderr).toMatch(/^error: c\.yaml:1:\d+: spec\.containers\[0\]\.image: found 3, expected a string/m);
    expect(stderr).toContain('1 container of 1 pod template explained; 2 errors: what they name is left out\n');
    expect(status).toBe(2);
  });

  test('names and images from a manifest move no cursor', async () => {
    const { stdout } = await explain({ 'a.yaml': pod('p', { name: 'a\u001b[2J', image: 'x\u001b[2Jy' }) });
    expect(stdout).not.toContain('\u001b');
    const { stdout: tried } = await explain({ 'a.yaml': pod('p', { image: 'x', args: ['\u001b[2J'] }) }, [
      '-f',
      '%',
      '--try',
      'docker',
    ]);
    expect(tried).not.toContain('\u001b');
    expect(tried).toContain(String.raw`$'\u001b[2J'`);
  });
});
