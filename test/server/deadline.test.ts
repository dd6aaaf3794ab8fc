import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { parseDuration, timeoutOf } from '../../src/server/duration.ts';
import { ask, errorIn, type Reply } from './client.ts';
import { closeAll, start, type TestServer } from './harness.ts';
import { creating, operationsIn, plainPod, responseIn } from './reviews.ts';

let server: TestServer;
beforeAll(async () => {
  server = await start();
});
afterAll(closeAll);

describe('the deadline that the API server names', () => {
  test.each([
    ['/mutate?timeout=5s', 5_000],
    ['/mutate?timeout=250ms', 250],
    ['/mutate?timeout=1m30s', 90_000],
    ['/mutate?timeout=1.5s', 1_500],
    ['/mutate?x=1&timeout=30s', 30_000],
    ['/mutate', 10_000],
    ['/mutate?timeout=', 10_000],
    ['/mutate?timeout=soon', 10_000],
    ['/mutate?timeout=-5s', 10_000],
    ['/mutate?timeout=5', 10_000],
  ])('%s is %d ms', (url, milliseconds) => {
    expect(timeoutOf(url)).toBe(milliseconds);
    expect(timeoutOf(url)).toBe(milliseconds);
  });

  test('micro- and nanoseconds are no milliseconds', () => {
    expect(parseDuration('1500us')).toBeCloseTo(1.5);
    expect(parseDuration('1500µs')).toBeCloseTo(1.5);
    expect(parseDuration('2000000ns')).toBeCloseTo(2);
  });
});

test('a request whose deadline has passed before its turn gets 503 and is not worked on', async () => {
  const body = JSON.stringify(creating(plainPod()));
  const socket = tls.connect({ host: '127.0.0.1', port: server.port, ca: server.ca.cert });
  await once(socket, 'secureConnect');
  socket.write(
    `POST /mutate?timeout=20ms HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, -1)}`,
  );
  await sleep(200);
  socket.write(body.slice(-1));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 503 /);
  expect(answer.toString()).toContain('{"error":{"code":"deadline","message":"the deadline passed before');
  expect(await server.metric('dropcap_requests_total', { outcome: 'expired' })).toBe(1);
  expect(await server.metric('dropcap_changes_total')).toBe(0);
  expect(await server.records()).toEqual([]);
});

describe('more requests than can be answered in time', () => {
  test('are told so at once, with a reason and a count; those with time are answered, and the server recovers', async () => {
    const env = Array.from({ length: 1_000 }, (_, i) => ({ name: `V${i}`, value: 'x'.repeat(200) }));
    const body = JSON.stringify(creating(plainPod({}, { name: 'app', env })));
    const agent = new https.Agent({ keepAlive: true, maxSockets: 100, ca: server.ca.cert });
    const send = (timeout: string): Promise<Reply> =>
      ask({ port: server.port, path: `/mutate?timeout=${timeout}`, method: 'POST', agent, body });
    await Promise.all(Array.from({ length: 100 }, () => send('30s')));

    const asked = Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? '30s' : '5ms'));
    const replies = await Promise.all(asked.map(send));
    const patient = replies.filter((_, i) => asked[i] === '30s');
    expect(patient.filter(({ status }) => status !== 200)).toEqual([]);
    const refused = replies.filter(({ status }) => status !== 200);
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]));
    const codes = refused.map((reply) => errorIn(reply).code);
    const shed = codes.filter((code) => code === 'overloaded').length;
    expect(shed).toBeGreaterThan(0);
    expect(codes.filter((code) => code !== 'overloaded' && code !== 'deadline')).toEqual([]);
    expect(errorIn(refused[codes.indexOf('overloaded')]!).message).toBe('more is waiting than can be answered in time');
    expect(await server.metric('dropcap_requests_total', { outcome: 'shed' })).toBe(shed);

    // With the time that the API server gives, the same load is answered whole.
    const after = await Promise.all(Array.from({ length: 100 }, () => send('30s')));
    expect(after.every((reply) => operationsIn(responseIn(reply.body)).length > 0)).toBe(true);
    agent.destroy();
  });
});
