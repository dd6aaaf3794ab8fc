import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { writeCertificate } from '../certificate.ts';
import { dropcap, folderOf, pod, shell, type Files } from './command.ts';
import { endAll, serving } from './server-process.ts';

jest.setTimeout(60_000);
afterEach(endAll);

const policy = (name: string, spec: string): string =>
  `apiVersion: dropcap.dev/v1alpha1\nkind: HardeningPolicy\nmetadata: {name: ${name}}\nspec: {${spec}}\n`;
const CLOSED = policy('closed', 'mode: enforce, level: restricted, optOut: {allowed: false}');
const NAMESPACES = 'kind: Namespace\nmetadata: {name: default, labels: {a: b}}\n';

describe('serve refuses to start, and says why', () => {
  let folder: string;
  const files: Files = {
    'good/p.yaml': CLOSED,
    'bad/p.yaml': policy('bad', 'mode: enforced, level: restricted'),
    'open/p.yaml': policy('open', 'mode: enforce, level: restricted'),
    'namespaces.yaml': NAMESPACES,
    'broken.yaml': 'a: [1\n',
    'empty/x': '',
  };

  beforeAll(async () => {
    folder = folderOf(files);
    await writeCertificate(folder);
  });

  /** What is said of a line, in which `%` stands for the folder; where it names no pair, with a good one. */
  async function said(line: string): Promise<string> {
    const pair = line.includes('--tls') ? '' : ' --tls-cert-file %/tls.crt --tls-private-key-file %/tls.key';
    const args = `${line}${pair}`.replaceAll('%', folder).split(' ');
    const { stdout, stderr, status } = await dropcap(['serve', ...args]);
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
    return stderr.replaceAll(folder, '%');
  }

  test.each([
    ['--policy %/nowhere', '%/nowhere: found nothing there, expected a folder of policies'],
    [
      '--policy %/bad',
      '%/bad/p.yaml:4:14: spec.mode: found enforced, expected enforce, audit or warn; did you mean enforce?',
    ],
    [
      '--policy %/good --tls-cert-file %/no --tls-private-key-file %/tls.key',
      'TLS: %/no: cannot be read: no such file or folder',
    ],
    ['--policy %/good --client-ca-file %/no', 'TLS: %/no: cannot be read: no such file or folder'],
    ['--policy %/good --client-ca-file %/broken.yaml', 'TLS: %/broken.yaml: holds no certificate in PEM'],
    ['--policy %/good --namespaces %/no', '--namespaces: %/no: no such file or folder'],
    ['--policy %/good --namespaces %/empty', '--namespaces: %/empty: a folder, where a file was expected'],
    ['--policy %/open --kubeconfig %/no', '--kubeconfig: %/no: no such file or folder'],
    ['--policy %/good --audit-log %/no/audit', '--audit-log: %/no/audit: no such file or folder'],
    ['--policy %/good --audit-log %/empty', '--audit-log: %/empty: a folder, where a file was expected'],
    ['--policy %/good --watch-pods', '--watch-pods: found no --audit-store, which it is for'],
    [
      '--policy %/good --audit-store %/a.db --watch-pods',
      '--watch-pods: there is no cluster to watch; give --kubeconfig',
    ],
    [
      '--policy %/good --audit-store postgres://database/audit --watch-pods',
      'missing: --audit-journal <dir>: a database needs one, where records wait while it is down',
    ],
  ])('%s', async (line, message) => expect(await said(line)).toBe(`error: ${message}\n`));

  test('with a key of another certificate', async () => {
    const other = folderOf();
    await writeCertificate(other);
    expect(await said(`--policy %/good --tls-cert-file %/tls.crt --tls-private-key-file ${other}/tls.key`)).toContain(
      'not a certificate with its key',
    );
  });

  test('without a cluster and without --namespaces, where a policy needs labels; it names that policy', async () => {
    expect(await said('--policy %/good --policy %/open')).toBe(
      `error: the labels of namespaces are needed (by open), and there is no cluster to read them from
Opt-outs and namespaceSelector depend on them. Give --kubeconfig, or --namespaces with a file of Namespace objects,
or take both out of the policies (optOut: {allowed: false}).
`,
    );
  });

  test('with everything that is wrong, at once', async () => {
    const all = await said(
      '--policy %/bad --tls-cert-file %/no --tls-private-key-file %/tls.key --namespaces %/no --audit-log %/no/audit',
    );
    expect(all.match(/^error: \S+/gm)).toEqual([
      'error: %/bad/p.yaml:4:14:',
      'error: TLS:',
      'error: --audit-log:',
      'error: --namespaces:',
    ]);
  });

  test('where a port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    expect(await said(`--policy %/good --port 0 --admin-address 127.0.0.1:${port}`)).toBe(
      `error: --admin-address: cannot listen on 127.0.0.1:${port}: another process listens there already\n`,
    );
    const everywhere = createServer().listen(0);
    await once(everywhere, 'listening');
    const second = (everywhere.address() as AddressInfo).port;
    expect(await said(`--policy %/good --port ${second} --admin-address 127.0.0.1:0`)).toBe(
      `error: --port: cannot listen on [::]:${second}: another process listens there already\n`,
    );
    taken.close();
    everywhere.close();
  });

  test('where the admin address is of another machine, or of none', async () => {
    expect(await said('--policy %/good --port 0 --admin-address 192.0.2.1:1')).toBe(
      'error: --admin-address: cannot listen on 192.0.2.1:1: this machine does not have the address\n',
    );
  });

  test('as a process it ends with 2, without a stack trace', () => {
    const line = 'dropcap serve --policy open --tls-cert-file no --tls-private-key-file tls.key';
    const { stdout, stderr, status } = shell(`unset KUBERNETES_SERVICE_HOST; ${line}`, folder);
    expect(stderr).toMatch(
      /^error: TLS: no: cannot be read: no such file or folder\nerror: the labels of namespaces are needed/,
    );
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
  });
});

describe('serve', () => {
  test('starts, is ready, follows its policies, and ends with 0 on SIGTERM', async () => {
    const server = await serving({ 'p/p.yaml': CLOSED }, ['--policy', 'p', '--drain-seconds', '0']);
    const { status, body } = await server.admin('/readyz');
    expect({ status, ready: (JSON.parse(body) as { ready: boolean }).ready }).toEqual({ status: 200, ready: true });

    writeFileSync(join(server.folder, 'p', 'p.yaml'), CLOSED.replace('enforce', 'enforced'));
    const refused = await server.logged('the new policies are bad, the old ones stay');
    expect(refused['errors']).toEqual([expect.stringContaining('p/p.yaml:4:14: spec.mode: found enforced')]);
    expect((await server.admin('/readyz')).body).toContain('a newer set is bad: p/p.yaml:4:14: spec.mode');
    const changed = await server.review(JSON.parse(pod('a', {})));
    expect(changed).toMatchObject({ allowed: true, patchType: 'JSONPatch' });

    writeFileSync(join(server.folder, 'p', 'p.yaml'), CLOSED.replace('enforce', 'audit'));
    await server.logged('policies reloaded');
    expect(await server.review(JSON.parse(pod('b', {})))).not.toHaveProperty('patch');

    server.signal('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(server.audited().map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('ends with 0 on SIGINT', async () => {
    const server = await serving({ 'p.yaml': CLOSED }, ['--policy', './p.yaml', '--drain-seconds', '0']);
    server.signal('SIGINT');
    expect(await server.ended).toBe(0);
  });

  test('is unready while it drains, and ends at once when it is told a second time', async () => {
    const server = await serving({ 'p.yaml': CLOSED }, ['--policy', './p.yaml', '--drain-seconds', '3600']);
    server.signal('SIGINT');
    await server.logged('ending; the same signal again ends at once');
    expect((await server.admin('/readyz')).status).toBe(503);
    server.signal('SIGINT');
    expect(await server.ended).toBe(1);
  });

  test('warns of an exception that has expired', async () => {
    const expired = `apiVersion: dropcap.dev/v1alpha1\nkind: HardeningException\nmetadata: {name: old}\nspec: {keep: [CHOWN], match: {namespaces: [a]}, reason: r, owner: o, expires: '2020-01-01'}\n`;
    const server = await serving({ 'p/p.yaml': CLOSED, 'p/e.yaml': expired }, [
      '--policy',
      'p',
      '--drain-seconds',
      '0',
    ]);
    expect(await server.logged('p/e.yaml:4:')).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('spec.expires: old ended on 2020-01-01: it is ignored'),
    });
  });

  test('decides as harden does: the same patch, for the same pod, policies and labels', async () => {
    const capabilities = (...add: string[]) => ({ securityContext: { capabilities: { add } } });
    const pods = [
      pod('plain', {}),
      pod('adds', capabilities('SYS_ADMIN', 'net_bind_service', 'CAP_CHOWN', 'NONSENSE'), capabilities()),
      pod('privileged', { securityContext: { privileged: true } }, {}),
      pod('drops', { securityContext: { capabilities: { drop: ['all', 'NET_RAW'] }, allowPrivilegeEscalation: true } }),
      pod('tidy', { securityContext: { capabilities: { drop: ['ALL'] }, allowPrivilegeEscalation: false } }),
    ];
    const args = ['--policy', 'compatible', '--policy', 'p', '--namespaces', 'n.yaml'];
    const selecting = policy(
      'q',
      'mode: enforce, match: {namespaceSelector: {matchLabels: {a: b}}}, capabilities: {drop: [MKNOD]}',
    );
    const server = await serving({ 'p/p.yaml': selecting, 'n.yaml': NAMESPACES }, [
      ...args,
      '--no-annotate',
      '--drain-seconds',
      '0',
    ]);
    const [first] = pods;
    expect(JSON.stringify(await server.review(JSON.parse(first!)))).toContain('"patch"');
    for (const one of pods) {
      writeFileSync(join(server.folder, 'pod.json'), one);
      const { patch } = await server.review(JSON.parse(one));
      const places = args.map((arg) => (['p', 'n.yaml'].includes(arg) ? join(server.folder, arg) : arg));
      const { stdout } = await dropcap(['harden', '-f', join(server.folder, 'pod.json'), '-o', 'patch', ...places]);
      const decoded =
        patch === undefined ? undefined : (JSON.parse(Buffer.from(patch as string, 'base64').toString()) as unknown);
      expect({ one, patch: (JSON.parse(stdout) as { patch: unknown }[])[0]?.patch }).toEqual({ one, patch: decoded });
    }
  });
});
