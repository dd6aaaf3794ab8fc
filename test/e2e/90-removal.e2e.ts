/** Removing dropcap leaves nothing behind. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { count } from './counts.ts';
import { manifests } from './dropcap.ts';
import { inventory } from './inventory.ts';
import { kubectl } from './kubectl.ts';
import { dropNamespaces } from './namespaces.ts';

test('kubectl delete -k removes every object that the install brought', async () => {
  await dropNamespaces();
  await kubectl(['wait', '--for=delete', 'namespace', '-l', 'dropcap.test=e2e', '--timeout=180s']);
  const before = JSON.parse(readFileSync(process.env['DROPCAP_E2E_BEFORE']!, 'utf8')) as string[];
  const installed = (await inventory()).filter((object) => !before.includes(object));
  expect(installed.length).toBeGreaterThan(10);
  await kubectl(['delete', '-k', manifests(), '--timeout=180s']);
  expect((await inventory()).filter((object) => !before.includes(object))).toEqual([]);
  count('objects installed, and gone after kubectl delete -k', installed.length);
});
