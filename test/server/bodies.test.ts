import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import https from 'node:https';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import tls from 'node:tls';
import { errorIn } from './client.ts';
import { closeAll, eventually, start, type TestServer } from './harness.ts';
import { creating, operationsIn, plainPod, responseIn } from './reviews.ts';

let server: TestServer;
beforeAll(async () => {
  server = await start();
});
afterAll(closeAll);

const MIB = 1024 * 1024;
const works = async (): Promise<void> => {
  expect(operationsIn(responseIn((await server.post(creating(plainPod()))).body))).not.toEqual([]);
};

/** A socket that speaks HTTP by hand, to send what no client library would. */
async function connection(): Promise<tls.TLSSocket> {
  const socket = tls.connect({ host: '127.0.0.1', port: server.port, ca: server.ca.cert });
  await once(socket, 'secureConnect');
  return socket;
}

const head = (length: number): string =>
  `POST /mutate?timeout=10s HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`;

async function readAll(socket: tls.TLSSocket, until: (text: string) => boolean): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  await eventually(() => text, until);
  return text;
}

describe('size', () => {
  const padded = (bytes: number): string => {
    const review = (pad: string) => JSON.stringify(creating(plainPod({ annotations: { pad } }), { uid: 'u' }));
    return review('x'.repeat(bytes - review('').length));
  };

  test('a review of 6 MiB, which carries an object and its old one, is answered', async () => {
    const reply = await server.post(padded(6 * MIB));
    expect(reply.status).toBe(200);
    expect(responseIn(reply.body).patchType).toBe('JSONPatch');
  });

  test('8 MiB are read, one byte more is 413', async () => {
    expect((await server.post(padded(8 * MIB))).status).toBe(200);
    const reply = await server.post(padded(8 * MIB + 1));
    expect(reply.status).toBe(413);
    expect(errorIn(reply)).toEqual({ code: 'too-large', message: 'body: larger than 8388608 bytes' });
  });

  test('the answer 413 arrives though the client is still sending a body several times as large', async () => {
    const reply = await server.post(Buffer.alloc(40 * MIB, 0x20));
    expect(reply.status).toBe(413);
    expect(errorIn(reply).code).toBe('too-large');
    await works();
  });

  test('a body without a length, sent in chunks, has the same bound', async () => {
    const options = {
      host: '127.0.0.1',
      port: server.port,
      path: '/mutate',
      method: 'POST',
      ca: server.ca.cert,
      agent: false,
    };
    const request = https.request(options);
    request.on('error', () => undefined);
    for (let i = 0; i < 12; i++) request.write(Buffer.alloc(MIB, 0x20));
    request.end();
    const [response] = (await once(request, 'response')) as [{ statusCode: number; resume: () => void }];
    expect(response.statusCode).toBe(413);
    response.resume();
    await works();
  });
});

describe('structure', () => {
  const inReview = (json: string): string =>
    JSON.stringify(creating({ ...plainPod(), status: 'HERE' })).replace('"HERE"', json);

  /** How long the event loop stood still at most while something went on, in milliseconds. */
  async function longestStandstill(during: () => Promise<unknown>): Promise<number> {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    await during();
    delay.disable();
    return delay.max / 1e6;
  }

  const timeToParse = (text: string): number => {
    const start = performance.now();
    JSON.parse(text);
    return performance.now() - start;
  };

  test.each([
    ['nested lists', `${'['.repeat(1_500_000)}${']'.repeat(1_500_000)}`, 400, 'too-deep'],
    ['nested objects', `${'{"a":'.repeat(500_000)}1${'}'.repeat(500_000)}`, 400, 'too-deep'],
    ['lists side by side', `[${'[],'.repeat(1_000_000)}[]]`, 413, 'too-large'],
  ])('3 MB of %s are refused without being parsed', async (_, json, status, code) => {
    const body = inReview(json);
    expect(body.length).toBeGreaterThan(2_999_000);
    const reply = await server.post(body);
    expect([reply.status, errorIn(reply).code]).toEqual([status, code]);
    await works();
  });

  test('refusing 3 MB of lists holds the event loop for less time than parsing them would', async () => {
    const body = inReview(`[${'[],'.repeat(1_000_000)}[]]`);
    // The best of several on either side: a busy machine only ever adds.
    const parsing = Math.min(...[1, 2, 3].map(() => timeToParse(body)));
    const standstills: number[] = [];
    for (let i = 0; i < 3; i++) standstills.push(await longestStandstill(() => server.post(body)));
    expect(Math.min(...standstills)).toBeLessThan(parsing);
  });

  test('a 60 KB body, which is not looked at before it is parsed, may be as deep as it likes', async () => {
    const reply = await server.post(inReview(`${'['.repeat(30_000)}${']'.repeat(30_000)}`));
    expect(reply.status).toBe(200);
  });

  test('more containers than any pod can have are denied, since an error would let them pass untouched', async () => {
    const containers = Array.from({ length: 2_001 }, (_, i) => ({ name: `c${i}` }));
    const reply = await server.post(creating(plainPod({}, ...containers)));
    expect(reply.status).toBe(200);
    expect(responseIn(reply.body)).toMatchObject({
      allowed: false,
      status: { message: 'dropcap: spec: 2001 containers, at most 2000' },
    });
  });

  test('a list of capability names that would take minutes to judge is denied', async () => {
    const add = Array.from({ length: 200_000 }, () => 'cap_net_bind_service');
    const reply = await server.post(
      creating(plainPod({}, { name: 'app', securityContext: { capabilities: { add } } })),
    );
    const { allowed, status } = responseIn(reply.body);
    expect(allowed).toBe(false);
    expect(status?.message).toMatch(
      /^dropcap: spec: \d+ characters of capability names in one container, at most \d+$/,
    );
  });

  test('an opt-out with a reason of a megabyte, which every finding would repeat, is cut', async () => {
    const annotations = { 'dropcap.dev/opt-out': 'true', 'dropcap.dev/opt-out-reason': 'x'.repeat(1_000_000) };
    const reply = await server.post(creating(plainPod({ annotations })));
    expect(reply.status).toBe(200);
    expect(reply.body.length).toBeLessThan(10_000);
  });
});

describe('delivery', () => {
  test('a body in many small pieces, cut inside characters, is read whole', async () => {
    const object = plainPod({ annotations: { note: 'Grüße, 世界, 😀' } });
    const body = Buffer.from(JSON.stringify(creating(object, { uid: 'ü😀' })));
    const socket = await connection();
    socket.setNoDelay(true);
    socket.write(head(body.length));
    for (let i = 0; i < body.length; i += 7) {
      socket.write(body.subarray(i, i + 7));
      if (i % 70 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const text = await readAll(socket, (all) => all.includes('\r\n\r\n') && all.endsWith('}}'));
    socket.destroy();
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(Buffer.from(text, 'latin1').toString('utf8')).toContain('"uid":"ü😀"');
  });

  test.each([
    ['at its end', `${' '.repeat(100_000)}${'['.repeat(20_000)}`],
    ['at its beginning, which came before it was known to be large', `${'['.repeat(20_000)}${' '.repeat(100_000)}`],
  ])('a large body in small pieces is scanned: too deep %s', async (_, text) => {
    const body = Buffer.from(text);
    const socket = await connection();
    socket.write(head(50_000_000));
    for (let i = 0; i < body.length; i += 997) socket.write(body.subarray(i, i + 997));
    // The rest is never sent: the answer does not wait for it.
    const answer = await readAll(socket, (all) => all.includes('too-deep'));
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toMatch(/connection: close/i);
  });

  test.each([10, 70_000])('a client that goes away after %d bytes of its body ends nothing', async (bytes) => {
    const requests = await server.metric('dropcap_requests_total');
    const before = server.log.length;
    for (let i = 0; i < 5; i++) {
      const socket = await connection();
      socket.write(head(100_000) + ' '.repeat(bytes));
      await new Promise((resolve) => setTimeout(resolve, 5));
      socket.destroy();
    }
    await works();
    expect(server.log.slice(before)).toEqual([]);
    expect(await server.metric('dropcap_requests_total')).toBe(requests + 1);
  });

  test('a client that goes away before it reads its answer ends nothing', async () => {
    const body = JSON.stringify(creating(plainPod()));
    for (let i = 0; i < 5; i++) {
      const socket = await connection();
      socket.write(head(body.length) + body, () => socket.destroy());
    }
    await works();
  });
});
