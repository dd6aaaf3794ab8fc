import { expect, test } from '@jest/globals';
import { writeCertificate } from '../certificate.ts';
import { dropcap, folderOf } from '../cli/command.ts';

test('serve --events without a cluster to write them to does not start, and says so', async () => {
  const folder = folderOf({ 'namespaces.yaml': 'kind: Namespace\nmetadata: {name: default}\n' });
  await writeCertificate(folder);
  const { stderr, status } = await dropcap([
    ...['serve', '--events', '--policy', 'restricted', '--namespaces', `${folder}/namespaces.yaml`],
    ...['--tls-cert-file', `${folder}/tls.crt`, '--tls-private-key-file', `${folder}/tls.key`],
  ]);
  expect(stderr).toBe('error: --events: there is no cluster to write them to; give --kubeconfig\n');
  expect(status).toBe(2);
});
