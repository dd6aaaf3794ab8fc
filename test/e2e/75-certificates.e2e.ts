/** The certificates that dropcap makes itself: renewed by several at once, repaired, and made again where they are lost. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPod } from './api.ts';
import { count } from './counts.ts';
import { SYSTEM, untilServing } from './dropcap.ts';
import { runCertificates } from './jobs.ts';
import { kubectl, kubectlJson, until } from './kubectl.ts';
import { dropNamespaces, enforcing } from './namespaces.ts';
import { pod, type StoredPod } from './pods.ts';
import { configurations } from './webhooks.ts';

let space = '';
beforeAll(async () => {
  space = await enforcing('restricted');
  await untilServing();
});
afterAll(dropNamespaces);

type Data = Readonly<Record<string, string>>;

const secret = async (): Promise<Data> =>
  (await kubectlJson<{ data?: Data }>('get', 'secret', 'dropcap-tls', '-n', SYSTEM)).data ?? {};

const bundles = async (): Promise<string[]> =>
  (await configurations()).flatMap(({ webhooks }) => webhooks.map(({ clientConfig }) => clientConfig.caBundle));

async function tryOne(): Promise<'hardened' | 'untouched' | 'refused'> {
  const { status, body } = await createPod(space, pod('one'), true);
  if (status !== 201) return 'refused';
  return (body as unknown as StoredPod).spec.containers[0]!.securityContext === undefined ? 'untouched' : 'hardened';
}

test('every webhook trusts exactly the bundle in the Secret, and no authority has left its key there', async () => {
  const data = await secret();
  expect(Object.keys(data).sort()).toEqual(['ca.crt', 'tls.crt', 'tls.key']);
  expect(await bundles()).toEqual([data['ca.crt'], data['ca.crt']]);
});

test('a run with nothing to do writes nothing', async () => {
  const before = await secret();
  expect(await runCertificates()).toContain('nothing to do');
  expect(await secret()).toEqual(before);
});

test('five renewals at once agree on one certificate', async () => {
  const before = await secret();
  const said = await Promise.all(Array.from({ length: 5 }, () => runCertificates('--renew')));
  const data = await secret();
  expect(data['tls.crt']).not.toBe(before['tls.crt']);
  expect(await bundles()).toEqual([data['ca.crt'], data['ca.crt']]);
  expect(said.filter((text) => text.includes('the new certificate is in place'))).toHaveLength(1);
  count('renewals at once, and certificates put in place', `${said.length}, 1`);
});

test('a bundle that somebody took out of a configuration is put back', async () => {
  const patch = [{ op: 'remove', path: '/webhooks/0/clientConfig/caBundle' }];
  await kubectl(['patch', 'mutatingwebhookconfiguration', 'zz-dropcap', '--type=json', '-p', JSON.stringify(patch)]);
  // The gate is still trusted: what could not be hardened does not pass, though failurePolicy is Ignore.
  await until('the gate refuses pods', async () => (await tryOne()) === 'refused');
  expect(await runCertificates()).toContain('the CA bundle is written');
  await until('pods are hardened again', async () => (await tryOne()) === 'hardened');
});

test('a Secret that is emptied is filled again while pods go on being hardened', async () => {
  await kubectl([
    'patch',
    'secret',
    'dropcap-tls',
    '-n',
    SYSTEM,
    '--type=json',
    '-p',
    '[{"op":"remove","path":"/data"}]',
  ]);
  let asked = 0;
  const run = runCertificates();
  const ended = run.then(
    () => true,
    () => true,
  );
  do {
    expect(await tryOne()).toBe('hardened');
    asked++;
  } while (!(await Promise.race([ended, Promise.resolve(false)])) || asked < 100);
  expect(await run).toContain('a new certificate is made: the certificate is not there');
  expect(await bundles()).toEqual(Array(2).fill((await secret())['ca.crt']));
  count('pods hardened while an emptied Secret was filled', asked);
});
