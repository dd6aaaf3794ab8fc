/** A Secret that is not as it was left leads to a clean renewal, never to a crash. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { SecretData } from '../../src/certificates/cluster.ts';
import { issue } from '../../src/certificates/issue.ts';
import { promoted, withNext } from '../../src/certificates/secret.ts';
import { step, type Action } from '../../src/certificates/step.ts';
import { ModelCluster, verifies } from './model.ts';
import { DNS_NAME, live } from './runs.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const DAY = 86_400_000;
const order = { dnsName: DNS_NAME, validDays: 90, now: NOW };
const [first, second] = [await issue(order), await issue(order)];
const elsewhere = await issue({ ...order, dnsName: 'dropcap-webhook.elsewhere.svc' });

const encoded = (text: string): string => Buffer.from(text).toString('base64');
const underWay: SecretData = withNext({}, [], first);
const good = promoted(underWay);

const stepAt = (data: SecretData, now = NOW, unwanted: string[] = []): Action =>
  step(
    { data, now, bundles: [[data['ca.crt']]], propagated: true },
    { dnsName: DNS_NAME, unwanted: new Set(unwanted) },
  );

const { privateKey } = generateKeyPairSync('ed25519');
const ed25519 = encoded(privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);

describe('a pair is made because', () => {
  const { 'tls.key': key, 'tls.crt': certificate, 'ca.crt': bundle } = good as Required<SecretData>;
  test.each<[string, SecretData]>([
    ['the certificate is not there', {}],
    ['the certificate is not there', { 'tls.crt': '', 'tls.key': '', 'ca.crt': '' }],
    ['the certificate is not readable', { ...good, 'tls.crt': '%%%' }],
    ['the certificate is not readable', { ...good, 'tls.crt': encoded('-----BEGIN CERTIFICATE-----\nAAAA\n') }],
    ['the certificate is not readable', { ...good, 'tls.crt': encoded(`x\n${first.certificate}`) }],
    ['the certificate is not readable', { 'ca.crt': bundle!, 'tls.key': key! }],
    ['the certificate is without its key', { 'ca.crt': bundle!, 'tls.crt': certificate! }],
    ['the certificate is without its key', { ...good, 'tls.key': encoded(second.key) }],
    ['the certificate is without its key', { ...good, 'tls.key': encoded('garbage') }],
    ['the certificate is without its key', { ...good, 'tls.key': ed25519 }],
    ['the certificate is signed by no authority of the bundle', { ...good, 'ca.crt': '' }],
    ['the certificate is signed by no authority of the bundle', { ...good, 'ca.crt': encoded(second.authority) }],
    ['the certificate is signed by no authority of the bundle', { ...good, 'ca.crt': encoded(`x${first.authority}`) }],
    ['the certificate is signed by no authority of the bundle', { ...good, 'ca.crt': certificate! }],
    ['the certificate is for another name', promoted(withNext({}, [], elsewhere))],
    ['the next certificate is without its key', { ...good, 'next.crt': encoded(second.certificate) }],
    ['the next certificate is not readable', { ...good, 'next.key': encoded(second.key) }],
    [
      'the next certificate is signed by no authority of the bundle',
      { ...good, 'next.crt': encoded(second.certificate), 'next.key': encoded(second.key) },
    ],
  ])('%s (%#)', (because, data) => {
    expect(stepAt(data)).toMatchObject({ do: 'issue', because });
  });

  test.each([
    [59, { do: 'settle' }],
    [61, { do: 'issue', because: 'less than a third of its life is left' }],
    [91, { do: 'issue', because: 'the certificate has expired' }],
    [-1, { do: 'issue', because: 'the certificate is not valid yet' }],
  ])('after %i of 90 days', (days, expected) => {
    expect(stepAt(good, new Date(NOW.getTime() + days * DAY))).toMatchObject(expected);
  });

  test('it was asked for', () => {
    expect(stepAt(good, NOW, [first.certificate])).toMatchObject({ do: 'issue', because: 'a renewal was asked for' });
    expect(stepAt(underWay, NOW, [first.certificate])).toMatchObject({ do: 'issue' });
  });
});

test('a good pair that is under way is put in place, not made again', () => {
  expect(stepAt(underWay)).toEqual({ do: 'promote', data: good });
});

test('other keys of the Secret stay', () => {
  expect(promoted(withNext({ mine: 'eA==' }, [], first))).toEqual({ ...good, mine: 'eA==' });
});

test('an expired authority is dropped at a renewal, any other kept', () => {
  const keptAt = (now: Date, unwanted: string[]): number => {
    const action = stepAt(good, now, unwanted);
    return action.do === 'issue' ? action.kept.length : -1;
  };
  expect(keptAt(new Date(NOW.getTime() + 91 * DAY), [])).toBe(0);
  expect(keptAt(NOW, [first.certificate])).toBe(1);
});

const value = fc.oneof(
  ...[first, second, elsewhere].flatMap(({ certificate, key, authority: ca }) =>
    [certificate, key, ca].map((text) => fc.constant(encoded(text))),
  ),
  fc.constant(encoded(first.authority + second.authority)),
  fc.constant(encoded(first.certificate.slice(0, 200))),
  fc.constant(ed25519),
  fc.base64String(),
  fc.string(),
);
const garbage = fc.record(
  { 'tls.crt': value, 'tls.key': value, 'ca.crt': value, 'next.crt': value, 'next.key': value },
  { requiredKeys: [] },
);

test('from any Secret at all a run settles on a good pair', async () => {
  await fc.assert(
    fc.asyncProperty(garbage, fc.boolean(), fc.scheduler(), async (data, renew, scheduler) => {
      const cluster = new ModelCluster();
      cluster.secret.write(data, cluster.now);
      const run = { renew, crash: undefined, skew: 0 };
      expect(await live(cluster, [{ after: 0, runs: [run], delays: [1] }], scheduler)).toEqual(['settled']);
      const { 'tls.crt': served = '', 'ca.crt': bundle = '', ...rest } = cluster.secret.value;
      const text = (base64: string): string => Buffer.from(base64, 'base64').toString();
      expect(verifies(text(served), text(bundle))).toBe(true);
      expect(Object.keys(rest)).toEqual(['tls.key']);
      expect(stepAt(cluster.secret.value, new Date(cluster.now))).toMatchObject({ do: 'settle' });
    }),
    { numRuns: 150 },
  );
}, 60_000);
