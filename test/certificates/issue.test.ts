import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type ConnectionOptions } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import { issue, type Issued } from '../../src/certificates/issue.ts';

const NAME = 'dropcap-webhook.dropcap-system.svc';
const NOW = new Date();
const DAY = 86_400_000;

const issued = await issue({ dnsName: NAME, validDays: 90, now: NOW });
const other = await issue({ dnsName: NAME, validDays: 1, now: NOW });
const leaf = new X509Certificate(issued.certificate);
const ca = new X509Certificate(issued.authority);

describe('the certificate', () => {
  test('is signed by the authority, and by no other', () => {
    expect(leaf.checkIssued(ca)).toBe(true);
    expect(leaf.verify(ca.publicKey)).toBe(true);
    expect(leaf.verify(new X509Certificate(other.authority).publicKey)).toBe(false);
  });

  test('is for the name that the API server asks for, and no other', () => {
    expect(leaf.checkHost(NAME)).toBe(NAME);
    expect(leaf.subjectAltName).toBe(`DNS:${NAME}`);
  });

  test('is for servers only, and signs nothing', () => {
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(leaf.ca).toBe(false);
  });

  test('has its key, in PKCS#8, on P-256', () => {
    const key = createPrivateKey(issued.key);
    expect(leaf.checkPrivateKey(key)).toBe(true);
    expect(issued.key).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(key.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  });

  test('begins an hour early, for clocks that differ, and ends on its day; the authority ends no earlier', () => {
    const second = (ms: number): number => Math.floor(ms / 1000);
    expect(second(leaf.validFromDate.getTime())).toBe(second(NOW.getTime() - 3_600_000));
    expect(second(leaf.validToDate.getTime())).toBe(second(NOW.getTime() + 90 * DAY));
    expect(ca.validToDate.getTime()).toBeGreaterThanOrEqual(leaf.validToDate.getTime());
  });

  test('and its authority have random positive serial numbers of at most twenty bytes', () => {
    const serials = [leaf, ca, new X509Certificate(other.certificate)].map(({ serialNumber }) => serialNumber);
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
    expect(new Set(serials).size).toBe(serials.length);
  });

  test('can be for a Service and a namespace of the longest names', async () => {
    const dnsName = `${'s'.repeat(63)}.${'n'.repeat(63)}.svc`;
    const long = new X509Certificate((await issue({ dnsName, validDays: 1, now: NOW })).certificate);
    expect(long.checkHost(dnsName)).toBe(dnsName);
  });

  test('can end after 2050, where certificates write years in another way', async () => {
    const now = new Date('2049-06-01T00:00:00Z');
    const late = new X509Certificate((await issue({ dnsName: NAME, validDays: 3_650, now })).certificate);
    expect(late.validToDate.toISOString()).toBe('2059-05-30T00:00:00.000Z');
  });
});

test('no two authorities have the same subject: some verifiers try only the first of a name', () => {
  expect(ca.ca).toBe(true);
  expect(ca.subject).not.toBe(new X509Certificate(other.authority).subject);
});

/** Connects to a server that serves a pair. Resolves with what went wrong, or undefined. */
async function handshake({ certificate, key }: Issued, options: ConnectionOptions): Promise<string | undefined> {
  const server = createServer({ cert: certificate, key }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', servername: NAME, ...options });
  const failed = await once(socket, 'secureConnect').then(
    () => undefined,
    (error: unknown) => (error as NodeJS.ErrnoException).code,
  );
  socket.destroy();
  server.close();
  return failed;
}

describe('a TLS client that trusts a bundle', () => {
  const bundle = other.authority + issued.authority;

  test.each([
    ['TLS 1.3 and the authority last in it', { ca: bundle, minVersion: 'TLSv1.3' }, undefined],
    [
      'TLS 1.2 and the authority first in it',
      { ca: issued.authority + other.authority, maxVersion: 'TLSv1.2' },
      undefined,
    ],
    ['another authority only', { ca: other.authority }, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['another name', { ca: bundle, servername: 'other.dropcap-system.svc' }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ] as const)('with %s', async (_, options, failure) => {
    expect(await handshake(issued, options as ConnectionOptions)).toBe(failure);
  });
});
