import { join } from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { dropcap, folderOf, ROOT, type Ran } from './command.ts';
import { decided, exceptionsIn, filled, heldBy, manifestOf } from './suggestions.ts';

/** One container of a pod in the namespace `shop`. */
const podOf = (name: string, fields: object, metadata: object = {}, spec: object = {}): string =>
  `${JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', ...metadata },
    spec: { containers: [{ name, ...fields }], ...spec },
  })}\n`;

/** `dropcap explain --suggest`, with the text on stdin where no file is named. */
const suggest = (text: string, ...args: string[]): Promise<Ran> =>
  dropcap(['explain', '-f', '-', '--suggest', ...args], text);

const adds = (...names: string[]): object => ({ securityContext: { capabilities: { add: names } } });

const NGINX = ['CHOWN', 'NET_BIND_SERVICE', 'SETGID', 'SETUID'];
const SWITCH = ['CHOWN', 'SETGID', 'SETUID'];

/** How well-known programs start, and what they need. */
const STARTS: readonly (readonly [string, object, readonly string[]])[] = [
  ['nginx', { image: 'nginx:1.27' }, NGINX],
  ['redis', { image: 'redis:7' }, SWITCH],
  ['postgres', { image: 'postgres:16' }, SWITCH],
  ['apache', { image: 'httpd:2.4' }, NGINX],
  ['cron', { image: 'debian', command: ['cron', '-f'] }, ['SETGID', 'SETUID']],
  ['ping', { image: 'alpine', command: ['ping', 'db'], ...adds('NET_RAW') }, ['NET_RAW']],
  ['vault', { image: 'hashicorp/vault', ...adds('IPC_LOCK') }, ['IPC_LOCK']],
];

describe.each(STARTS)('%s', (name, fields, needs) => {
  const manifest = podOf(name, fields);

  test('keeps what it needs, and no more', async () => {
    const { stdout, status } = await suggest(manifest);
    expect(status).toBe(0);
    const exceptions = exceptionsIn('restricted', filled(stdout));
    expect(exceptions).toHaveLength(1);
    const [beside] = decided([manifestOf(manifest)], 'restricted', exceptions);
    expect([...heldBy(beside!).after].sort()).toEqual([...needs]);
  });

  test.each([
    ['another namespace', podOf(name, fields, { namespace: 'other' })],
    ['another image', podOf(name, { ...fields, image: 'other.example.com/some/app' })],
    ['another container name', podOf(name, { ...fields, name: 'other' })],
  ])('spares nothing in %s', async (_, other) => {
    const exceptions = exceptionsIn('restricted', filled((await suggest(manifest)).stdout));
    const [alone, beside] = [
      decided([manifestOf(other)], 'restricted'),
      decided([manifestOf(other)], 'restricted', exceptions),
    ];
    expect(beside.map(({ decided: one }) => one.decision)).toEqual(alone.map(({ decided: one }) => one.decision));
  });

  test('says of each capability why, how sure it is, and what to do without', async () => {
    const { stdout } = await suggest(manifest);
    for (const kept of needs) expect(stdout).toMatch(new RegExp(`^ {4}- ${kept} # (?:sure|likely): .+$`, 'm'));
    expect(stdout).toMatch(/^ {2}# Better without: /m);
  });
});

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app.kubernetes.io/name: web, app.kubernetes.io/instance: web-7, pod-template-hash: abc}}
    spec:
      initContainers: [{name: own, image: busybox, command: [chown, '1', /data]}]
      containers: [{name: web, image: 'registry.example.com:5000/team/nginx:1.27'}]
`;

describe('what is covered', () => {
  test('is one container by namespace, stable labels, image without tag, and name', async () => {
    const { stdout } = await suggest(WEB, '--container', 'web', '--keep', 'CHOWN');
    expect(exceptionsIn('restricted', filled(stdout))[0]!.spec.match).toEqual({
      namespaces: ['shop'],
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'web' } },
      images: [{ registry: 'registry.example.com:5000', repository: 'team/nginx' }],
      containers: ['web'],
    });
  });

  test('is an init container as such', async () => {
    const { stdout } = await suggest(WEB, '--container', 'own');
    const [exception] = exceptionsIn('restricted', filled(stdout));
    expect(exception!.spec).toMatchObject({ match: { containerKinds: ['initContainers'] }, keep: ['CHOWN'] });
  });

  test('is the namespace default where the manifest names none, and that is said', async () => {
    const { stdout, stderr } = await suggest(podOf('redis', { image: 'redis' }, { namespace: undefined }));
    expect(stdout).toContain('namespaces: [default] # assumed: the manifest names none\n');
    expect(stderr).toContain('warning: where a manifest names no namespace, default is assumed');
  });

  test.each([
    ['an image that is no reference', { image: 'my image' }, 'image "my image" is no image reference'],
    ['no image', { image: '' }, 'the container names no image'],
    ['a registry that is a glob', { image: '*.io/a' }, 'is no image reference'],
    ['a name that is a glob', { image: 'a', name: '*' }, '* is no name of a container'],
  ])('cannot be %s', async (_, fields, words) => {
    const { stdout, stderr } = await suggest(podOf('x', fields), '--keep', 'CHOWN');
    expect({ stdout, said: stderr.includes(words) }).toEqual({ stdout: '', said: true });
  });

  test('the same in two documents is one exception', async () => {
    const two = `${podOf('redis', { image: 'redis:6' })}---\n${podOf('redis', { image: 'redis:7' })}`;
    const { stdout, stderr } = await suggest(two);
    expect(exceptionsIn('restricted', filled(stdout))).toHaveLength(1);
    expect(stdout).toContain('and 1 other like it');
    expect(stderr).toContain('1 exception for 2 containers');
  });

  test('two exceptions have two names', async () => {
    const two = `${podOf('redis', { image: 'redis' })}---\n${podOf('redis', { image: 'redis' }, { namespace: 'b' })}`;
    const names = exceptionsIn('restricted', filled((await suggest(two)).stdout)).map(({ metadata }) => metadata.name);
    expect(names).toEqual(['redis', 'redis-2']);
  });
});

describe('what a person names', () => {
  test('is all that is kept, in any spelling, and the rest that was foretold is said', async () => {
    const { stdout, stderr } = await suggest(podOf('nginx', { image: 'nginx' }), '--keep', 'cap_setuid,SetGid');
    expect(exceptionsIn('restricted', filled(stdout))[0]!.spec.keep).toEqual(['SETGID', 'SETUID']);
    expect(stdout).toContain('- SETGID # asked for; likely: ');
    expect(stderr).toContain('foretold, but not named by --keep, so not kept: CHOWN, NET_BIND_SERVICE');
  });

  test('is refused where it names nothing, each name with what may be meant', async () => {
    const { stdout, stderr, status } = await suggest(podOf('a', { image: 'a' }), '--keep', 'CHWON,ALL,');
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
    expect(stderr.split('\n').slice(0, 3)).toEqual([
      'error: --keep: found CHWON, expected a capability; did you mean CHOWN?',
      'error: --keep: found ALL, expected capabilities one by one: those that are needed',
      'error: --keep: found nothing, expected a capability',
    ]);
  });

  test.each([
    ['CRI-O never gave it', 'NET_RAW', {}, 'CRI-O does not give it by default', 'capabilities.add: [NET_RAW]'],
    [
      'it drops it',
      'KILL',
      { securityContext: { capabilities: { drop: ['KILL'] } } },
      'drops it itself',
      'take KILL from',
    ],
    ['it is misspelt', 'BPF', adds('CAP_BPF'), 'not every runtime takes CAP_BPF for it', 'write BPF instead'],
    ['it never had it', 'BPF', {}, 'the container does not add it', 'capabilities.add: [BPF]'],
  ])('is refused where %s, with the line to change', async (_, name, fields, why, write) => {
    const { stdout, stderr, status } = await suggest(podOf('a', { image: 'a', ...fields }), '--keep', `${name},CHOWN`);
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
    expect(stderr).toMatch(/^error: Pod\/a container a: no exception can keep [A-Z_]+ .* In stdin:1:\d+ /m);
    for (const words of [why, write]) expect(stderr).toContain(words);
  });

  test('is refused for several containers at once', async () => {
    const { stdout, stderr, status } = await suggest(WEB, '--keep', 'CHOWN');
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
    expect(stderr).toContain('--keep: found 2 containers (own, web), expected one: name it with --container');
  });

  test('is only said where nothing takes it', async () => {
    const { stdout, stderr, status } = await suggest(
      podOf('a', { image: 'a', ...adds('NET_BIND_SERVICE') }),
      '--keep',
      'NET_BIND_SERVICE',
    );
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
    expect(stderr).toContain('NET_BIND_SERVICE is not taken: it needs no exception');
  });

  test('may be escalation, which no exception gives where the pod forbids it itself', async () => {
    const allowed = await suggest(podOf('a', { image: 'a' }), '--allow-escalation');
    expect(exceptionsIn('restricted', filled(allowed.stdout))[0]!.spec).toMatchObject({
      rules: ['allowPrivilegeEscalation'],
    });
    const own = podOf('a', { image: 'a', securityContext: { allowPrivilegeEscalation: false } });
    const refused = await suggest(own, '--allow-escalation');
    expect({ stdout: refused.stdout, status: refused.status }).toEqual({ stdout: '', status: 2 });
    expect(refused.stderr).toContain('sets allowPrivilegeEscalation: false itself');
  });

  test('with SYS_ADMIN frees from the flag, too, so that no gate refuses it', async () => {
    const { stdout } = await suggest(podOf('a', { image: 'a', ...adds('SYS_ADMIN') }), '--keep', 'SYS_ADMIN');
    const [exception] = exceptionsIn('restricted', filled(stdout));
    expect(exception!.spec).toMatchObject({ keep: ['SYS_ADMIN'], rules: ['allowPrivilegeEscalation'] });
  });

  test.each([['--keep', 'CHOWN'], ['--allow-escalation'], ['--log', 'x.log']])(
    '%s needs --suggest',
    async (...option) => {
      const { stderr, status } = await dropcap(['explain', '-f', '-', ...option], podOf('a', { image: 'a' }));
      expect({ status, said: stderr.includes(`${option[0]}: found it without --suggest`) }).toEqual({
        status: 2,
        said: true,
      });
    },
  );
});

describe('a log', () => {
  const log = 'started\nchown("/var/lib/data", 101) failed (1: Operation not permitted)\npassword=hunter2\n';
  const app = podOf('app', { image: 'example.com/app' });

  test('gives what it surely or likely shows, without repeating its lines', async () => {
    const file = join(folderOf({ 'app.log': log }), 'app.log');
    const { stdout, stderr } = await suggest(app, '--log', file);
    expect(exceptionsIn('restricted', filled(stdout))[0]!.spec.keep).toEqual(['CHOWN']);
    expect(stdout).toContain('- CHOWN # sure: line 2 of the log');
    for (const text of [stdout, stderr]) expect(text).not.toMatch(/var\/lib|hunter2/);
  });

  test.each([
    ['is not there', 'nowhere.log', 'error: --log: nowhere.log: no such file or folder'],
    ['is a folder', '/', 'error: --log: /: a folder, where a file was expected'],
    ['stands on the same stdin', '-', 'error: --log: found -, which -f reads already'],
  ])('is refused where it %s', async (_, file, words) => {
    const { stdout, stderr, status } = await suggest(app, '--log', file);
    expect({ stdout, status, said: stderr.includes(words) }).toEqual({ stdout: '', status: 2, said: true });
  });

  test('that shows nothing is said to', async () => {
    const file = join(folderOf({ 'app.log': 'all is well\n' }), 'app.log');
    const { stdout, stderr, status } = await suggest(app, '--log', file);
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
    expect(stderr).toContain('--log: no error text that dropcap knows');
  });
});

describe('nothing', () => {
  test.each([
    ['is known', podOf('a', { image: 'example.com/a' }), 'nothing is foretold to break surely or likely'],
    [
      'that is added is known to be needed',
      podOf('a', { image: 'a', ...adds('SYS_TIME') }),
      '--container a --keep SYS_TIME',
    ],
    [
      'but a pod that must add it first helps',
      podOf('ping', { image: 'busybox', command: ['ping', 'db'] }),
      'But no exception can keep NET_RAW as the pod is',
    ],
  ])('is printed where nothing %s, and why is said', async (_, text, words) => {
    const { stdout, stderr, status } = await suggest(text);
    expect({ stdout, status, said: stderr.includes(words) }).toEqual({ stdout: '', status: 0, said: true });
    expect(stderr).toContain('0 exceptions for 1 container');
  });

  test('is suggested for what an exception that comes with dropcap covers', async () => {
    const fields = { image: 'quay.io/prometheus/node-exporter:v1', name: 'node-exporter', ...adds('SYS_TIME') };
    const { stdout, stderr } = await suggest(podOf('node-exporter', fields, { namespace: 'monitoring' }));
    expect(stdout).toBe('');
    expect(stderr).toContain('see --policy exceptions, which has node-exporter for it');
  });
});

/** As docs/exceptions.md speaks of it. */
const CACHE = `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: cache, namespace: shop }
spec:
  serviceName: cache
  selector: { matchLabels: { app: cache } }
  template:
    metadata: { labels: { app: cache } }
    spec:
      containers:
        - name: redis
          image: redis:7.2
`;

test('the exception that the documentation shows is the one that is printed, filled in', async () => {
  const manifest = join(folderOf({ 'manifests/redis.yaml': CACHE }), 'manifests/redis.yaml');
  const { stdout } = await dropcap(['explain', '-f', manifest, '--suggest']);
  const docs = readFileSync(join(ROOT, 'docs/exceptions.md'), 'utf8');
  const [, block] = /^ {3}```yaml\n( {3}# StatefulSet.*?)^ {3}```$/ms.exec(docs)!;
  const shown = block!.replaceAll(/^ {3}/gm, '').replaceAll(/^( {2}(?:reason|owner): )"[^"]+"/gm, '$1""');
  expect(stdout.replace(manifest, 'manifests/redis.yaml')).toBe(shown);
});

test('from findings to an exception: the output leads from each command to the next', async () => {
  const folder = folderOf({ 'redis.yaml': podOf('redis', { image: 'redis:7' }), 'exceptions/none': '' });
  const [manifest, exceptions] = [join(folder, 'redis.yaml'), join(folder, 'exceptions')];
  expect((await dropcap(['check', '-f', manifest])).status).toBe(1);
  const { stdout, stderr } = await dropcap(['explain', '-f', manifest, '--suggest']);
  expect(stderr).toContain(`dropcap check -f ${manifest} --policy restricted --policy FOLDER`);
  writeFileSync(join(exceptions, 'redis.yaml'), stdout);
  const refused = await dropcap(['policy', 'validate', 'restricted', exceptions]);
  expect(refused.status).toBe(2);
  for (const field of ['reason', 'owner'])
    expect(refused.stderr).toMatch(new RegExp(`redis.yaml:\\d+:3: spec.${field}: found "", expected some text`));
  writeFileSync(join(exceptions, 'redis.yaml'), filled(stdout));
  expect((await dropcap(['policy', 'validate', 'restricted', exceptions])).status).toBe(0);
  const after = await dropcap(['check', '-f', manifest, '--policy', 'restricted', '--policy', exceptions]);
  expect(after.stdout).toContain('spared by exception/redis');
  expect(after.stderr).toContain('1 exempt');
});
