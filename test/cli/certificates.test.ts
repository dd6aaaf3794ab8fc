import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { CertificatesApi, type Stored } from './certificates-api.ts';
import { dropcap, folderOf, shell, spawned, type Ran } from './command.ts';

jest.setTimeout(60_000);

const SECRET = '/api/v1/namespaces/dropcap-system/secrets/dropcap-tls';
const CONFIGURATIONS = '/apis/admissionregistration.k8s.io/v1';
const MUTATING = `${CONFIGURATIONS}/mutatingwebhookconfigurations/zz-dropcap`;
const VALIDATING = `${CONFIGURATIONS}/validatingwebhookconfigurations/zz-dropcap`;

type Data = Readonly<Record<string, string>>;
interface Configuration extends Stored {
  readonly webhooks: readonly { readonly name: string; readonly clientConfig: { readonly caBundle?: string } }[];
}

const service = (namespace: string, name: string): object => ({ clientConfig: { service: { namespace, name } } });
const ours = service('dropcap-system', 'dropcap-webhook');

let api: CertificatesApi;
let kubeconfig: string;

beforeEach(async () => {
  api = await CertificatesApi.start();
  kubeconfig = `${folderOf({ config: api.kubeconfig() })}/config`;
  const metadata = { name: 'zz-dropcap' };
  api.put(SECRET, { metadata: { name: 'dropcap-tls' }, type: 'Opaque', unknown: ['kept'] });
  api.put(MUTATING, {
    metadata,
    webhooks: [
      { name: 'mutate.dropcap.dev', timeoutSeconds: 3, ...ours },
      { name: 'other.example.com', ...service('elsewhere', 'dropcap-webhook') },
      { name: 'another.example.com', ...service('dropcap-system', 'another') },
      { name: 'url.example.com', clientConfig: { url: 'https://example.com', caBundle: 'b3RoZXI=' } },
      { name: 'templates.dropcap.dev', ...ours },
    ],
  });
  api.put(VALIDATING, { metadata, webhooks: [{ name: 'validate.dropcap.dev', ...ours }] });
});
afterEach(() => api.stop());

const certificates = (...args: string[]): Promise<Ran> =>
  dropcap([
    ...['certificates', '--kubeconfig', kubeconfig, '--namespace', 'dropcap-system'],
    ...['--propagation-seconds', '0', ...args],
  ]);
const data = (): Data => (api.get(SECRET) as unknown as { data: Data }).data;
const configuration = (path: string): Configuration => api.get(path) as Configuration;
const bundles = (path: string): (string | undefined)[] =>
  configuration(path).webhooks.map(({ clientConfig }) => clientConfig.caBundle);
const dates = String.raw`ends \d{4}-\d\d-\d\dT[\d:]{8}Z and is renewed from \d{4}-\d\d-\d\dT[\d:]{8}Z`;
const NAME = 'dropcap-webhook.dropcap-system.svc';

describe('the first run', () => {
  test('makes a certificate, has it trusted, and says so', async () => {
    const { stdout, stderr, status } = await certificates();
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
    expect(stderr.replace(new RegExp(dates), 'ENDS')).toBe(
      'a new certificate is made: the certificate is not there\n' +
        'MutatingWebhookConfiguration zz-dropcap: the CA bundle is written\n' +
        'ValidatingWebhookConfiguration zz-dropcap: the CA bundle is written\n' +
        'the new certificate is in place\n' +
        `settled: the certificate for ${NAME} ENDS\n`,
    );
    expect(Object.keys(data()).sort()).toEqual(['ca.crt', 'tls.crt', 'tls.key']);
    const leaf = new X509Certificate(Buffer.from(data()['tls.crt']!, 'base64'));
    expect(leaf.verify(new X509Certificate(Buffer.from(data()['ca.crt']!, 'base64')).publicKey)).toBe(true);
    expect(leaf.checkHost(NAME)).toBe(NAME);
  });

  test('changes the bundles of our webhooks and nothing else', async () => {
    const [secret, mutating] = [api.get(SECRET), configuration(MUTATING)];
    await certificates();
    const bundle = data()['ca.crt'];
    expect(bundles(MUTATING)).toEqual([bundle, undefined, undefined, 'b3RoZXI=', bundle]);
    expect(bundles(VALIDATING)).toEqual([bundle]);
    const without = (configuration: Configuration): unknown =>
      JSON.parse(JSON.stringify(configuration).replaceAll(`,"caBundle":"${bundle!}"`, ''));
    const metadata: unknown = expect.anything();
    expect(without(configuration(MUTATING))).toEqual({ ...mutating, metadata });
    expect(api.get(SECRET)).toEqual({ ...secret, metadata, data: data() });
  });

  test('asks for nothing but what its few rights allow', async () => {
    await certificates();
    expect(new Set(api.asked)).toEqual(
      new Set([
        ...[`GET ${SECRET}`, `PUT ${SECRET}`],
        ...[`GET ${MUTATING}`, `PATCH ${MUTATING}`, `GET ${VALIDATING}`, `PATCH ${VALIDATING}`],
      ]),
    );
  });
});

describe('a later run', () => {
  beforeEach(async () => {
    await certificates();
    api.asked.length = 0;
  });

  test('finds nothing to do, and writes nothing', async () => {
    const { stderr, status } = await certificates();
    expect(stderr).toMatch(new RegExp(`^nothing to do: the certificate for ${NAME} ${dates}\n$`));
    expect(status).toBe(0);
    expect(api.asked.filter((asked) => !asked.startsWith('GET'))).toEqual([]);
  });

  test('puts back a bundle that somebody reset', async () => {
    const { metadata, webhooks } = configuration(MUTATING);
    api.put(MUTATING, { metadata, webhooks: webhooks.map((one) => ({ ...one, ...ours })) });
    expect((await certificates()).stderr).toMatch(
      /^MutatingWebhookConfiguration zz-dropcap: the CA bundle is written\ns/,
    );
    expect(bundles(MUTATING)[0]).toBe(data()['ca.crt']);
  });

  test('makes a new pair where it is asked to, and goes on trusting the old one', async () => {
    const before = data();
    const { stderr, status } = await certificates('--renew', '--valid-days', '7');
    expect(status).toBe(0);
    expect(stderr).toMatch(/^a new certificate is made: a renewal was asked for\n/);
    expect(stderr).toContain(
      'waiting 0 s for every API server to see the CA bundle\nthe new certificate is in place\n',
    );
    expect(data()['tls.crt']).not.toBe(before['tls.crt']);
    expect(Buffer.from(data()['ca.crt']!, 'base64').toString()).toContain(
      Buffer.from(before['ca.crt']!, 'base64').toString(),
    );
  });

  test.each([
    ['is not there, passed over', () => api.delete(VALIDATING)],
    [
      'has no webhook that calls this service, passed over',
      () => api.put(VALIDATING, { metadata: { name: 'zz-dropcap' } }),
    ],
  ])('says where a configuration %s', async (said, change) => {
    change();
    const { stderr, status } = await certificates();
    expect(stderr).toMatch(new RegExp(`^ValidatingWebhookConfiguration zz-dropcap: ${said}\nnothing to do: `));
    expect(status).toBe(0);
  });

  test('writes its lines as JSON where it is asked to', async () => {
    const { stderr } = await certificates('--log-format', 'json');
    expect(JSON.parse(stderr)).toEqual({
      level: 'info',
      message: expect.stringMatching(/^nothing to do: /) as unknown,
      timestamp: expect.stringMatching(/Z$/) as unknown,
    });
  });
});

test('waits for the configurations that an install brings after it', async () => {
  const [mutating, validating] = [configuration(MUTATING), configuration(VALIDATING)];
  api.delete(MUTATING);
  api.delete(VALIDATING);
  const run = certificates();
  while (api.asked.filter((asked) => asked.includes(MUTATING)).length < 4) await sleep(20);
  api.put(MUTATING, mutating);
  api.put(VALIDATING, validating);
  const { stderr, status } = await run;
  expect(status).toBe(0);
  expect(stderr).toContain('MutatingWebhookConfiguration zz-dropcap: waiting for it\n');
  expect([bundles(MUTATING)[0], bundles(VALIDATING)[0]]).toEqual([data()['ca.crt'], data()['ca.crt']]);
});

test('five runs at once agree on one certificate, and five forced ones on one new', async () => {
  for (const args of [[], ['--renew']]) {
    const before = (api.get(SECRET)['data'] as Data | undefined)?.['tls.crt'];
    const ran = await Promise.all(Array.from({ length: 5 }, () => certificates(...args)));
    expect(ran.map(({ status }) => status)).toEqual([0, 0, 0, 0, 0]);
    expect(ran.filter(({ stderr }) => stderr.includes('is in place'))).toHaveLength(1);
    expect(Object.keys(data()).sort()).toEqual(['ca.crt', 'tls.crt', 'tls.key']);
    expect(data()['tls.crt']).not.toBe(before);
    expect([...bundles(VALIDATING), bundles(MUTATING)[0]]).toEqual([data()['ca.crt'], data()['ca.crt']]);
  }
});

test('no key and no token is ever said', async () => {
  const said = [await certificates(), await certificates('--renew'), await certificates()];
  const key = Buffer.from(data()['tls.key']!, 'base64').toString();
  for (const { stderr } of said) {
    expect(stderr).not.toContain('BEGIN');
    expect(stderr).not.toContain('secret-token');
    expect(stderr).not.toContain(key.split('\n')[1]);
    expect(stderr).not.toContain(data()['tls.key']!.slice(40, 80));
  }
});

describe('a cluster', () => {
  test.each([[[503, 500]], [[429]], [[0, 502]], [[504, 0, 503]]])(
    'that fails briefly with %j is asked again',
    async (failures) => {
      api.failures.push(...failures);
      expect(await certificates()).toMatchObject({ stderr: expect.stringMatching(/^a new certificate/), status: 0 });
      expect(api.failures).toEqual([]);
    },
  );

  test.each([
    [403, `MutatingWebhookConfiguration zz-dropcap: HTTP 403 Forbidden: story of 403`],
    [401, `MutatingWebhookConfiguration zz-dropcap: HTTP 401 Unauthorized: story of 401`],
  ])('that refuses with %i ends the run with 1 and its reason', async (failure, message) => {
    api.failures.push(failure);
    expect(await certificates()).toEqual({ stdout: '', stderr: `error: ${message}\n`, status: 1 });
  });

  test('that refuses a write is not asked again', async () => {
    await certificates();
    api.asked.length = 0;
    // Both configurations and the Secret are read.
    api.failures.push(...[undefined, undefined, undefined, 422].map((failure) => failure as number));
    const { stderr, status } = await certificates('--renew');
    expect({ stderr, status }).toEqual({
      stderr: 'error: Secret dropcap-system/dropcap-tls: HTTP 422 Unprocessable Entity: story of 422\n',
      status: 1,
    });
    expect(api.asked).toHaveLength(4);
  });

  test('without the Secret ends the run with 1 and the command that makes it', async () => {
    api.delete(SECRET);
    expect(await certificates()).toEqual({
      stdout: '',
      stderr:
        'error: Secret dropcap-system/dropcap-tls: is not there. It is made once, empty, and never by this command: ' +
        'kubectl create secret generic dropcap-tls --namespace dropcap-system\n',
      status: 1,
    });
  });

  test('that cannot be reached ends the built command with 1 and one line', async () => {
    await api.stop();
    const line = `dropcap certificates --kubeconfig ${kubeconfig} --namespace dropcap-system`;
    const { stdout, stderr, status } = shell(line);
    expect({ stdout, status }).toEqual({ stdout: '', status: 1 });
    expect(stderr).toMatch(/^error: https:\/\/127\.0\.0\.1:\d+: cannot be reached: connection refused\n$/);
  });
});

test('the built command settles a cluster', async () => {
  const child = spawned(['certificates', '--kubeconfig', kubeconfig, '--namespace', 'dropcap-system']);
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(bundles(VALIDATING)).toEqual([data()['ca.crt']]);
});

describe('options that are wrong end with 2 and say why', () => {
  const name = 'a name of a-z, 0-9 and -, at most 63 long';
  const longer = 'a name of a-z, 0-9, - and ., at most 253 long';
  test.each([
    ['', 'missing: --namespace <name> (only in a pod its own is known)'],
    ['--namespace x', 'missing: --kubeconfig <file> (only in a pod is the cluster known)'],
    ['--namespace ../x', `--namespace: found ../x, expected ${name}`],
    ['--service a.b', `--service: found a.b, expected ${name}`],
    ['--secret a/b', `--secret: found a/b, expected ${longer}`],
    ['--webhook-configuration A', `--webhook-configuration: found A, expected ${longer}`],
    ['--valid-days 0', '--valid-days: found 0, expected days, 1 to 3650'],
    ['--valid-days 1.5', '--valid-days: found 1.5, expected days, 1 to 3650'],
    ['--propagation-seconds -1', '--propagation-seconds: found -1, expected seconds, 0 to 3600'],
    ['--log-format xml', '--log-format: found xml, expected text or json'],
    ['--namespace x --kubeconfig /nowhere', '--kubeconfig: /nowhere: no such file or folder'],
  ])('%s', async (line, message) => {
    expect(await dropcap(['certificates', ...line.split(' ').filter(Boolean)])).toEqual({
      stdout: '',
      stderr: `error: ${message}\n`,
      status: 2,
    });
  });

  test('a kubeconfig without a cluster', async () => {
    const empty = `${folderOf({ config: '{"apiVersion":"v1","kind":"Config"}' })}/config`;
    const { stderr, status } = await dropcap(['certificates', '--namespace', 'x', '--kubeconfig', empty]);
    expect({ stderr, status }).toEqual({
      stderr: `error: --kubeconfig: ${empty}: has no current context with a cluster\n`,
      status: 2,
    });
  });
});

test('help goes to stdout and fits 120 columns', async () => {
  const { stdout, stderr, status } = await dropcap(['certificates', '--help']);
  expect(stdout).toMatch(/^Usage: dropcap certificates/);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(stdout.split('\n').filter(({ length }) => length > 120)).toEqual([]);
});
