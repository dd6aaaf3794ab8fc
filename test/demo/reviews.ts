/** AdmissionReviews as the API server sends them, made from manifests. */
import { randomUUID } from 'node:crypto';
import { parseAllDocuments } from 'yaml';
import { podTemplatesOf } from '../../src/engine/template.ts';

/** One request, with what to call it. */
export interface DemoRequest {
  readonly title: string;
  readonly body: string;
}

const CONTROLLERS: Readonly<Record<string, string>> = { Deployment: 'ReplicaSet', CronJob: 'Job' };

const review = (request: object): string =>
  JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: { uid: randomUUID(), ...request },
  });

const resource = { group: '', version: 'v1', resource: 'pods' };
const podKind = { group: '', version: 'v1', kind: 'Pod' };

/** The pod that a workload's controller would make: no name yet, an owner, and the controller as its user. */
function podOf(kind: string, name: string, namespace: string, template: Record<string, unknown>): object {
  const metadata = template['metadata'] as object | undefined;
  const base = { apiVersion: 'v1', kind: 'Pod', spec: template['spec'] };
  if (kind === 'Pod') return { ...base, metadata };
  const controller = CONTROLLERS[kind] ?? kind;
  const owner = { apiVersion: 'apps/v1', kind: controller, name, uid: randomUUID(), controller: true };
  return { ...base, metadata: { ...metadata, generateName: `${name}-`, namespace, ownerReferences: [owner] } };
}

/** A request for each pod template in some manifests. */
export function requestsFor(manifests: string): DemoRequest[] {
  const documents = [...parseAllDocuments(manifests)].map((document): unknown => document.toJS());
  return documents
    .flatMap((document) => podTemplatesOf(document))
    .map(({ kind, name, namespace, pod }) => {
      const username = kind === 'Pod' ? 'jane@example.com' : 'system:serviceaccount:kube-system:replicaset-controller';
      const body = review({
        kind: podKind,
        resource,
        operation: 'CREATE',
        namespace,
        userInfo: { username, groups: ['system:authenticated'] },
        object: podOf(kind, name, namespace, pod),
        oldObject: null,
        dryRun: false,
      });
      return { title: `${kind} ${namespace}/${name}`, body };
    });
}

/** What `kubectl debug` sends: a second ephemeral container for a pod that runs. */
export function debugRequest(): DemoRequest {
  const older = { name: 'debugger-1', image: 'busybox:1.37' };
  const newer = {
    name: 'debugger-2',
    image: 'busybox:1.37',
    securityContext: { capabilities: { add: ['SYS_PTRACE'] } },
  };
  const pod = (ephemeralContainers: object[]): object => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-0', namespace: 'shop' },
    spec: { containers: [{ name: 'web', image: 'nginx:1.29' }], ephemeralContainers },
  });
  const body = review({
    kind: podKind,
    resource,
    subResource: 'ephemeralcontainers',
    operation: 'UPDATE',
    name: 'web-0',
    namespace: 'shop',
    userInfo: { username: 'jane@example.com', groups: ['system:authenticated'] },
    object: pod([older, newer]),
    oldObject: pod([older]),
    dryRun: false,
  });
  return { title: 'kubectl debug on Pod shop/web-0', body };
}
