import { afterAll, describe, expect, test } from '@jest/globals';
import type { NamespaceSource } from '../../src/kube/source.ts';
import { errorIn, ask } from './client.ts';
import { closeAll, restricted, start } from './harness.ts';
import { creating, operationsIn, plainPod, responseIn } from './reviews.ts';

afterAll(closeAll);

const bySelector = [restricted({ match: { namespaceSelector: { matchLabels: { tier: 'front' } } } })];
const inNamespace = (namespace: string) => creating(plainPod({ namespace }), { namespace });

const file = (...namespaces: [string, string][]): string =>
  namespaces
    .map(([name, tier]) => `kind: Namespace\nmetadata: {name: ${name}, labels: {tier: ${tier}}}\n`)
    .join('---\n');

describe('labels of namespaces from a file', () => {
  test('decide which policies cover a pod', async () => {
    const server = await start({ policies: bySelector, namespaces: file(['shop', 'front'], ['ledger', 'back']) });
    expect(operationsIn(responseIn((await server.post(inNamespace('shop'))).body))).not.toEqual([]);
    expect(operationsIn(responseIn((await server.post(inNamespace('ledger'))).body))).toEqual([]);
  });

  test('a namespace that is not among them is an error, never taken for one that does not match', async () => {
    const server = await start({ policies: bySelector, namespaces: file(['shop', 'front']) });
    const reply = await server.post(inNamespace('unknown'));
    expect(reply.status).toBe(500);
    expect(errorIn(reply)).toEqual({
      code: 'internal',
      message: expect.stringMatching(/^namespace unknown is not in .*namespaces\.yaml$/),
    });
    expect(server.log.at(-1)).toMatchObject({ level: 'error', message: 'request failed' });
    expect(await server.metric('dropcap_requests_total', { outcome: 'error' })).toBe(1);
    expect(await server.records()).toEqual([]);
  });

  test('a namespace that is not among them does not matter where no policy asks for its labels', async () => {
    const server = await start({ policies: [restricted({ optOut: {} })], namespaces: file(['shop', 'front']) });
    expect(operationsIn(responseIn((await server.post(inNamespace('unknown'))).body))).not.toEqual([]);
  });

  test('a wrong type is the sender’s fault in an unknown namespace, too', async () => {
    const server = await start({ policies: bySelector, namespaces: file(['shop', 'front']) });
    const reply = await server.post(creating({ ...plainPod(), spec: 'text' }, { namespace: 'unknown' }));
    expect([reply.status, errorIn(reply).code]).toEqual([400, 'wrong-type']);
  });

  test('without any source of labels a policy that needs them makes an error', async () => {
    const server = await start({ policies: bySelector });
    const reply = await server.post(inNamespace('shop'));
    expect([reply.status, errorIn(reply).message]).toEqual([500, 'the labels of namespace shop are not known']);
  });
});

describe('labels of namespaces from a source that is not there yet', () => {
  const source = (changes: Partial<NamespaceSource>): NamespaceSource => ({
    cached: () => undefined,
    fetch: () => Promise.reject(new Error('namespaces: HTTP 503')),
    synced: () => true,
    close: () => Promise.resolve(),
    ...changes,
  });

  test('the server is not ready until all namespaces were listed', async () => {
    let synced = false;
    const server = await start({ policies: bySelector, namespaceSource: source({ synced: () => synced }) });
    const readyz = () => ask({ port: server.adminPort, path: '/readyz', plain: true });
    const reply = await readyz();
    expect(reply.status).toBe(503);
    expect(JSON.parse(reply.body)).toMatchObject({
      ready: false,
      checks: { namespaces: { ok: false }, policies: { ok: true } },
    });
    synced = true;
    expect((await readyz()).status).toBe(200);
  });

  test('one that was made a moment ago is asked for', async () => {
    const asked: string[] = [];
    const fetch = (name: string) => (asked.push(name), Promise.resolve({ tier: 'front' }));
    const server = await start({ policies: bySelector, namespaceSource: source({ fetch }) });
    expect(operationsIn(responseIn((await server.post(inNamespace('new'))).body))).not.toEqual([]);
    expect(asked).toEqual(['new']);
  });

  test('one that cannot be asked for is an error with the reason', async () => {
    const server = await start({ policies: bySelector, namespaceSource: source({}) });
    const reply = await server.post(inNamespace('new'));
    expect([reply.status, errorIn(reply).message]).toEqual([500, 'namespaces: HTTP 503']);
  });

  test('nobody is asked where no policy reads labels', async () => {
    const fetch = () => Promise.reject(new Error('asked'));
    const server = await start({ namespaceSource: source({ fetch }) });
    expect((await server.post(inNamespace('new'))).status).toBe(200);
  });
});
