import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tls, { type ConnectionOptions } from 'node:tls';
import { X509Certificate } from 'node:crypto';
import { authority, pathsIn, signedBy, writePair, type Pair } from './certificates.ts';
import { ask } from './client.ts';
import { closeAll, eventually, start, temporaryFolder, type TestServer } from './harness.ts';
import { Certificate } from '../../src/server/certificate.ts';
import { creating, plainPod, responseIn } from './reviews.ts';

let server: TestServer;
const { folder, remove } = temporaryFolder();
beforeAll(async () => {
  server = await start();
});
afterAll(async () => {
  await closeAll();
  remove();
});

/** Connects and says what was agreed, or why nothing was. */
async function handshake(port: number, options: ConnectionOptions): Promise<string> {
  const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
  try {
    await once(socket, 'secureConnect');
    return socket.getProtocol() ?? '';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    socket.destroy();
  }
}

describe('protocol', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s is spoken', async (version) => {
    expect(await handshake(server.port, { minVersion: version, maxVersion: version })).toBe(version);
  });

  test.each(['TLSv1', 'TLSv1.1'] as const)('%s is refused for being too old', async (version) => {
    const old = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    expect(await handshake(server.port, old)).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
  });
});

describe('a client authority', () => {
  let clientCa: Pair;
  let asking: TestServer;
  beforeAll(async () => {
    clientCa = await authority('clients');
    writeFileSync(join(folder, 'client-ca.crt'), clientCa.cert);
    asking = await start({ clientCa: join(folder, 'client-ca.crt') });
  });

  const send = (options: https.RequestOptions) =>
    ask({
      port: asking.port,
      path: '/mutate',
      method: 'POST',
      ca: asking.ca.cert,
      body: JSON.stringify(creating(plainPod())),
      tls: options,
    });

  test('lets clients in that have a certificate of it', async () => {
    const { cert, key } = await signedBy(clientCa, 'kube-apiserver');
    expect((await send({ cert, key })).status).toBe(200);
  });

  test('keeps out clients without a certificate', async () => {
    await expect(send({})).rejects.toThrow(/certificate required|ECONNRESET|EPIPE|hang up/);
  });

  test('keeps out clients with a certificate of another authority, the server’s own among them', async () => {
    const { cert, key } = await signedBy(await authority('clients'), 'kube-apiserver');
    await expect(send({ cert, key })).rejects.toThrow(/unknown ca|ECONNRESET|EPIPE|hang up/);
    const own = await signedBy(asking.ca, 'kube-apiserver');
    await expect(send({ cert: own.cert, key: own.key })).rejects.toThrow(/unknown ca|ECONNRESET|EPIPE|hang up/);
  });
});

/** The serial number of the certificate that a new connection sees. */
async function served(port: number): Promise<string> {
  const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

const serial = ({ cert }: Pair): string => new X509Certificate(cert).serialNumber;

/** Lays a pair out as the kubelet mounts a Secret: the files are links through `..data`, which alone is ever replaced. */
function mount(target: string, pair: Pair, version: string): void {
  const real = join(target, `..${version}`);
  mkdirSync(real);
  writePair(real, pair);
  symlinkSync(`..${version}`, join(target, '..data_tmp'));
  renameSync(join(target, '..data_tmp'), join(target, '..data'));
}

describe('a certificate that is replaced', () => {
  test('by the swap of one symlink is served to new connections, while one that is open goes on', async () => {
    const mounted = join(folder, 'mounted');
    mkdirSync(mounted);
    const ca = await authority();
    const [first, second] = [await signedBy(ca), await signedBy(ca)];
    mount(mounted, first, '2026_01');
    for (const file of ['tls.crt', 'tls.key']) symlinkSync(join('..data', file), join(mounted, file));
    const swapped = await start({ mounted: { folder: mounted, ca } });
    expect(await served(swapped.port)).toBe(serial(first));

    const agent = new https.Agent({ keepAlive: true, maxSockets: 1, ca: ca.cert });
    const send = () =>
      ask({ port: swapped.port, path: '/mutate', method: 'POST', agent, body: JSON.stringify(creating(plainPod())) });
    expect((await send()).reused).toBe(false);

    mount(mounted, second, '2026_02');
    rmSync(join(mounted, '..2026_01'), { recursive: true });
    await eventually(
      () => served(swapped.port),
      (number) => number === serial(second),
    );
    const reply = await send();
    expect([reply.status, reply.reused]).toEqual([200, true]);
    agent.destroy();
    expect(await swapped.metric('dropcap_certificate_reloads_total', { result: 'loaded' })).toBe(1);
    expect(await swapped.metric('dropcap_certificate_expiry_timestamp_seconds')).toBe(
      Date.parse(new X509Certificate(second.cert).validTo) / 1000,
    );
    expect(swapped.log.filter(({ message }) => message === 'certificate reloaded')).toHaveLength(1);
  });

  test('by a certificate without its key stays as it was, with an alarm, until a good pair comes', async () => {
    const other = await start();
    const before = await served(other.port);
    const [stranger, good] = [await signedBy(other.ca), await signedBy(other.ca)];
    writeFileSync(pathsIn(other.folder).cert, stranger.cert);
    const readyz = async () => (await ask({ port: other.adminPort, path: '/readyz', plain: true })).body;
    const alarm = await eventually(readyz, (body) => body.includes('newer files cannot be served'));
    expect(JSON.parse(alarm)).toMatchObject({ ready: true, checks: { certificate: { ok: true } } });
    expect(await other.metric('dropcap_certificate_reloads_total', { result: 'failed' })).toBe(1);
    expect(await served(other.port)).toBe(before);
    expect(responseIn((await other.post(creating(plainPod()))).body).patchType).toBe('JSONPatch');

    // More of the same is no news.
    writeFileSync(pathsIn(other.folder).cert, 'no certificate at all');
    await sleep(400);
    writePair(other.folder, good);
    await eventually(
      () => served(other.port),
      (number) => number === serial(good),
    );
    expect(await readyz()).not.toContain('newer files cannot be served');
    const errors = other.log.filter(({ level }) => level === 'error');
    expect(errors).toHaveLength(1);
    expect(JSON.stringify(errors)).not.toContain('PRIVATE KEY');
  });

  test('a client authority that is no certificate keeps the old one, which goes on letting clients in', async () => {
    const clientCa = await authority('clients');
    const file = join(folder, 'replaced-ca.crt');
    writeFileSync(file, clientCa.cert);
    const other = await start({ clientCa: file });
    writeFileSync(file, 'no certificate');
    await eventually(
      () => other.metric('dropcap_certificate_reloads_total', { result: 'failed' }),
      (count) => count === 1,
    );
    const { cert, key } = await signedBy(clientCa);
    const body = JSON.stringify(creating(plainPod()));
    const reply = await ask({
      port: other.port,
      path: '/mutate',
      method: 'POST',
      ca: other.ca.cert,
      body,
      tls: { cert, key },
    });
    expect(reply.status).toBe(200);
  });
});

describe('files that cannot be served at the start', () => {
  const certificateIn = (name: string, { cert, key }: Pair, clientCa?: string): Certificate => {
    const there = join(folder, name);
    mkdirSync(there);
    writePair(there, { cert, key });
    return new Certificate({ ...pathsIn(there), clientCa });
  };

  test('are refused, and the file is named', async () => {
    const ca = await authority();
    const [one, two] = [await signedBy(ca), await signedBy(ca)];
    expect(() => certificateIn('mixed', { cert: one.cert, key: two.key })).toThrow(/tls\.crt and .*tls\.key: not a/);
    expect(() => certificateIn('empty', { cert: '', key: '' })).toThrow(/tls\.crt/);
    expect(() => certificateIn('no-ca', one, join(folder, 'missing.crt'))).toThrow(
      /missing\.crt: cannot be read: ENOENT$/,
    );
    writeFileSync(join(folder, 'garbage.crt'), 'garbage');
    expect(() => certificateIn('bad-ca', one, join(folder, 'garbage.crt'))).toThrow(/garbage\.crt/);
  });

  test('a certificate that has ended makes the server unready', async () => {
    const ca = await authority();
    const ended = join(folder, 'ended');
    mkdirSync(ended);
    writePair(ended, await signedBy(ca, '127.0.0.1', new Date('2021-01-01T00:00:00Z')));
    const old = await start({ mounted: { folder: ended, ca } });
    const reply = await ask({ port: old.adminPort, path: '/readyz', plain: true });
    expect(reply.status).toBe(503);
    expect(JSON.parse(reply.body)).toMatchObject({
      ready: false,
      checks: { certificate: { ok: false, detail: 'ends 2021-01-01T00:00:00.000Z' } },
    });
    expect(await old.metric('dropcap_certificate_expiry_timestamp_seconds')).toBe(
      Date.parse('2021-01-01T00:00:00Z') / 1000,
    );
  });
});
