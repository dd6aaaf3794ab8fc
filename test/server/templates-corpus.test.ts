import https from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { nameLabel } from '../../src/kube/source.ts';
import { loadPolicies } from '../../src/policies/load.ts';
import { resolvePolicyFolder } from '../../src/policies/shipped.ts';
import { dropcap } from '../cli/command.ts';
import { CORPUS, hasCorpus, readCorpus } from '../corpus.ts';
import { mapAt, type Json, type JsonMap } from '../pods.ts';
import { ask } from './client.ts';
import { closeAll, start, type TestServer } from './harness.ts';
import { operationsIn, responseIn } from './reviews.ts';
import { creatingObject, WORKLOADS } from './workloads.ts';

if (!hasCorpus) process.stderr.write(`skipped: the corpus of manifests is not at ${CORPUS}\n`);

/** A workload as the API server sends it to webhooks: in the version that they ask for, with a namespace. */
function asSent(json: Json): JsonMap[] {
  const { kind, apiVersion } = json as JsonMap;
  const known = WORKLOADS.find(([name]) => name === kind);
  if (typeof apiVersion !== 'string' || !known) return [];
  const metadata = { ...mapAt(json, 'metadata'), namespace: mapAt(json, 'metadata')['namespace'] ?? 'default' };
  return [{ ...(json as JsonMap), apiVersion: known[1] === '' ? 'v1' : `${known[1]}/v1`, metadata }];
}

const workloads = hasCorpus ? readCorpus('A-manifests/').documents.flatMap(({ json }) => asSent(json)) : [];

interface Hardened {
  readonly document: number;
  readonly patch: unknown;
}

(hasCorpus ? describe : describe.skip).each(['restricted', 'compatible'])('real workloads under %s', (policy) => {
  // As the API server keeps its connections: a handshake for each would take most of the time.
  const agent = new https.Agent({ keepAlive: true });
  let server: TestServer;
  beforeAll(async () => {
    const namespaceSource = {
      cached: nameLabel,
      fetch: (namespace: string) => Promise.resolve(nameLabel(namespace)),
      synced: () => true,
      close: () => Promise.resolve(),
    };
    server = await start({ policies: loadPolicies([resolvePolicyFolder(policy)]).documents, namespaceSource });
  });
  afterAll(async () => {
    agent.destroy();
    await closeAll();
  });

  test('get exactly the patch that harden gives for their manifest', async () => {
    const manifest = workloads.map((object) => JSON.stringify(object)).join('\n---\n');
    const { stdout, stderr } = await dropcap(['harden', '-f', '-', '-o', 'patch', '--policy', policy], manifest);
    expect(stderr).not.toMatch(/^error/m);
    const patches = new Map((JSON.parse(stdout) as Hardened[]).map(({ document, patch }) => [document, patch]));
    let changed = 0;
    for (const [i, object] of workloads.entries()) {
      const body = JSON.stringify(creatingObject(object));
      const { port, ca } = server;
      const reply = await ask({ port, path: '/mutate?timeout=3s', method: 'POST', body, ca: ca.cert, agent });
      const operations = operationsIn(responseIn(reply.body));
      changed += Number(operations.length > 0);
      expect([i, operations]).toEqual([i, patches.get(i) ?? []]);
    }
    process.stdout.write(`corpus, ${policy}: ${workloads.length} workloads, ${changed} changed\n`);
    expect(changed).toBeGreaterThan(100);
  }, 60_000);
});
