/** The API server, asked directly: where the warnings, the status and thousands of requests matter. */
import { Agent, request } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { pod, type StoredPod } from './pods.ts';

/** One answer of the API server. */
export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  /** Texts of the `Warning` headers. */
  readonly warnings: readonly string[];
}

const config = new KubeConfig();
config.loadFromDefault();

const { server } = config.getCurrentCluster()!;

/** The API server's host; in a cluster of our own also an address of this machine that the API server and pods reach. */
export const serverHost = new URL(server).hostname;

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

const WARNING = /299 - "((?:[^"\\]|\\.)*)"/g;

const warningsIn = (header: string | readonly string[] | undefined): string[] =>
  [header ?? []]
    .flat()
    .flatMap((line) => [...line.matchAll(WARNING)].map(([, text]) => text!.replaceAll(/\\(.)/g, '$1')));

/** Sends one request, as the current user of the kubeconfig. Rejects only where there is no answer. */
export async function api(
  method: string,
  path: string,
  body?: object,
  contentType = 'application/json',
): Promise<Answer> {
  const options = { method, headers: { 'content-type': contentType, accept: 'application/json' } };
  await config.applyToHTTPSOptions(options);
  return new Promise((resolve, reject) => {
    // After the kubeconfig's options, which bring an agent of their own for each request.
    const call = request(new URL(path, server), { ...options, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const warnings = warningsIn(response.headers.warning);
        resolve({ status: response.statusCode!, body: JSON.parse(text || '{}') as Record<string, unknown>, warnings });
      });
    });
    call.on('error', reject);
    call.end(body && JSON.stringify(body));
  });
}

/** Creates a pod in a namespace. */
export const createPod = (namespace: string, body: object, dryRun = false): Promise<Answer> =>
  api('POST', `/api/v1/namespaces/${namespace}/pods${dryRun ? '?dryRun=All' : ''}`, body);

/**
 * Would a pod be hardened there now? While one replica does not know of a change yet, another's gate may refuse what it left.
 */
export async function isHardenedIn(namespace: string): Promise<boolean> {
  const { status, body } = await createPod(namespace, pod('probe'), true);
  return status === 201 && (body as unknown as StoredPod).spec.containers[0]!.securityContext !== undefined;
}
