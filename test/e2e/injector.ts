/** Other people's mutating webhooks, such as a mesh's: they run in this process. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { makeCertificate } from '../certificate.ts';
import { serverHost } from './api.ts';
import { apply, kubectl } from './kubectl.ts';
import { container, type ContainerFields, type StoredPod } from './pods.ts';

interface Operation {
  readonly op: 'add';
  readonly path: string;
  readonly value: unknown;
}

/** What such a webhook makes of a pod; no operations where it leaves it. */
export type Mutates = (pod: StoredPod) => readonly Operation[];

/** One webhook that is registered with the API server. */
export interface Injector {
  /** Calls so far. */
  readonly calls: () => number;
  remove(): Promise<void>;
}

/** Injects a container `sidecar` with these fields, once, where `when` says so. */
export const sidecar =
  (fields: ContainerFields, when: (pod: StoredPod) => boolean = () => true): Mutates =>
  (pod) =>
    when(pod) && !pod.spec.containers.some(({ name }) => name === 'sidecar')
      ? [{ op: 'add', path: '/spec/containers/-', value: container('sidecar', fields) }]
      : [];

function answer(body: string, mutates: Mutates): string {
  const { request } = JSON.parse(body) as { request: { uid: string; object: StoredPod } };
  const patch = mutates(request.object);
  const changes = { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') };
  const response = { uid: request.uid, allowed: true, ...(patch.length > 0 ? changes : {}) };
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });
}

const configuration = (name: string, namespace: string, url: string, cert: string): object => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingWebhookConfiguration',
  metadata: { name },
  webhooks: [
    {
      name: 'inject.dropcap.test',
      clientConfig: { url, caBundle: Buffer.from(cert).toString('base64') },
      rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      failurePolicy: 'Fail',
      reinvocationPolicy: 'IfNeeded',
      timeoutSeconds: 5,
    },
  ],
});

/** Registers a webhook for the pods of a namespace. The API server calls webhooks in the order of their names. */
export async function inject(name: string, namespace: string, mutates: Mutates): Promise<Injector> {
  const { cert, key } = await makeCertificate(serverHost);
  let calls = 0;
  const server = createServer({ cert, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      calls++;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(answer(Buffer.concat(chunks).toString(), mutates));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, serverHost, resolve));
  const { port } = server.address() as AddressInfo;
  await apply([configuration(name, namespace, `https://${serverHost}:${port}/inject`, cert)]);
  return {
    calls: () => calls,
    remove: async () => {
      await kubectl(['delete', 'mutatingwebhookconfiguration', name]);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
