import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import { ask } from './client.ts';
import { closeAll, eventually, start, type TestServer } from './harness.ts';
import { creating, operationsIn, plainPod, responseIn } from './reviews.ts';

afterEach(closeAll);

const body = JSON.stringify(creating(plainPod()));

const keepingAlive = (server: TestServer) => {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1, ca: server.ca.cert });
  return { agent, send: () => ask({ port: server.port, path: '/mutate', method: 'POST', agent, body }) };
};

const readyz = (server: TestServer) => ask({ port: server.adminPort, path: '/readyz', plain: true });

/** Opens a connection and sends all of a request but its last byte. */
async function almostAsked(server: TestServer): Promise<tls.TLSSocket> {
  const socket = tls.connect({ host: '127.0.0.1', port: server.port, ca: server.ca.cert });
  await once(socket, 'secureConnect');
  socket.write(`POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, -1)}`);
  // Until the server has seen it: what it has not begun to read is not under way.
  await new Promise((resolve) => setTimeout(resolve, 100));
  return socket;
}

async function answerOf(socket: tls.TLSSocket): Promise<{ head: string; operations: number }> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.write(body.slice(-1));
  await once(socket, 'close');
  const [head, json] = text.split('\r\n\r\n') as [string, string];
  return { head, operations: operationsIn(responseIn(json)).length };
}

describe('an idle connection', () => {
  test('is kept for longer than the 90 seconds for which the API server keeps it', async () => {
    const server = await start();
    const { agent, send } = keepingAlive(server);
    const reply = await send();
    expect(reply.headers.connection).toBe('keep-alive');
    expect(Number(/timeout=(\d+)/.exec(reply.headers['keep-alive'] as string)?.[1])).toBeGreaterThan(90);
    expect((await send()).reused).toBe(true);
    agent.destroy();
  });
});

describe('a server that is told to end', () => {
  test('is ready before, and unready with a reason while it still answers', async () => {
    const server = await start({ drainMs: 300 });
    expect([
      (await readyz(server)).status,
      (await ask({ port: server.adminPort, path: '/healthz', plain: true })).status,
    ]).toEqual([200, 200]);
    const closing = server.close();
    const reply = await readyz(server);
    expect(reply.status).toBe(503);
    expect(JSON.parse(reply.body)).toMatchObject({ ready: false, checks: { draining: { ok: false } } });
    expect((await ask({ port: server.adminPort, path: '/healthz', plain: true })).status).toBe(200);
    expect(operationsIn(responseIn((await server.post(body)).body))).not.toEqual([]);
    await closing;
    await expect(readyz(server)).rejects.toThrow('ECONNREFUSED');
    await expect(server.post(body)).rejects.toThrow('ECONNREFUSED');
  });

  test('tells a connection that is kept alive to close, with the answer', async () => {
    const server = await start({ drainMs: 300 });
    const { agent, send } = keepingAlive(server);
    expect((await send()).headers.connection).toBe('keep-alive');
    const closing = server.close();
    const reply = await send();
    expect([reply.status, reply.reused, reply.headers.connection]).toEqual([200, true, 'close']);
    await closing;
    agent.destroy();
  });

  test('closes connections that nobody uses', async () => {
    const server = await start();
    const { agent, send } = keepingAlive(server);
    await send();
    const socket = Object.values(agent.freeSockets)[0]![0]!;
    const closed = once(socket, 'close');
    await server.close();
    await closed;
  });

  test('answers a request that is under way, tells its connection to close, and records it', async () => {
    const server = await start();
    const socket = await almostAsked(server);
    const closing = server.close();
    const { head, operations } = await answerOf(socket);
    expect(head).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(head).toMatch(/connection: close/i);
    expect(operations).toBeGreaterThan(0);
    await closing;
    expect(await server.records()).toHaveLength(1);
  });

  test('ends though a client never finishes its request', async () => {
    const server = await start();
    const socket = await almostAsked(server);
    socket.on('error', () => undefined);
    const closed = once(socket, 'close');
    await server.close();
    await closed;
    expect(await server.records()).toEqual([]);
  });

  test('has written every audit record when it has ended', async () => {
    const server = await start();
    const replies = await Promise.all(Array.from({ length: 50 }, () => server.post(creating(plainPod()))));
    const uids = replies.map((reply) => responseIn(reply.body).uid);
    await server.close();
    expect((await server.records()).map(({ uid }) => uid).toSorted()).toEqual(uids.toSorted());
  });
});

describe('a server that cannot start', () => {
  test('because its admin port is taken says so and leaves nothing open', async () => {
    const other = net.createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port: adminPort } = other.address() as net.AddressInfo;
    let closed = false;
    const namespaceSource = {
      cached: () => undefined,
      fetch: () => Promise.reject(new Error('none')),
      synced: () => true,
      close: () => Promise.resolve(void (closed = true)),
    };
    const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
    const before = sockets();
    await expect(start({ adminPort, namespaceSource })).rejects.toThrow('EADDRINUSE');
    expect(closed).toBe(true);
    await eventually(sockets, (now) => now === before);
    other.close();
  });
});
