/** `kubectl apply -k manifests` on an empty cluster: what it installs runs, as it says it does. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { count } from './counts.ts';
import { manifests, servingPods, SYSTEM, untilServing } from './dropcap.ts';
import { kubectl, kubectlJson } from './kubectl.ts';

test('one command leaves two replicas that serve, and an API server that trusts them', async () => {
  await untilServing();
  const pods = await servingPods();
  expect(pods).toHaveLength(2);
  for (const { status } of pods)
    expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
  count('replicas that serve', pods.length);
});

test('the server takes the manifests with strict validation, applied by the server itself', async () => {
  const said = await kubectl([
    'apply',
    '--server-side',
    '--force-conflicts',
    '--validate=strict',
    '--dry-run=server',
    '-k',
    manifests(),
  ]);
  const objects = said.trim().split('\n');
  expect(objects.every((line) => line.endsWith('serverside-applied (server dry run)'))).toBe(true);
  count('objects applied with strict validation', objects.length);
});

test('every overlay that needs no other product is taken, too', async () => {
  const overlays = fileURLToPath(new URL('../../manifests/overlays/', import.meta.url));
  const names = readdirSync(overlays).filter((name) => !['cert-manager', 'monitoring'].includes(name));
  for (const name of names) await kubectl(['apply', '--validate=strict', '--dry-run=server', '-k', manifests(name)]);
  expect(names.length).toBeGreaterThan(0);
  count('overlays taken', names.join(', '));
});

test('our own pods pass the restricted level that their namespace enforces', async () => {
  interface Namespace {
    metadata: { labels: Record<string, string> };
  }
  const { metadata } = await kubectlJson<Namespace>('get', 'namespace', SYSTEM);
  expect(metadata.labels['pod-security.kubernetes.io/enforce']).toBe('restricted');
});
