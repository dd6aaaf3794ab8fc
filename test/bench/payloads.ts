import { randomUUID } from 'node:crypto';
import { namespace, podOf, type PodShape } from './pod.ts';

const shapes = {
  small: { containers: 1, initContainers: 0, env: 0, volumes: 0, compliant: false },
  typical: { containers: 3, initContainers: 2, env: 3, volumes: 5, compliant: false },
  compliant: { containers: 3, initContainers: 2, env: 3, volumes: 5, compliant: true },
  large: { containers: 44, initContainers: 0, env: 16, volumes: 4, compliant: false },
} as const satisfies Record<string, PodShape>;

/** The reviews that the benchmark sends: about 2.7, 17, 17 and 254 KB. All but `compliant` need every container hardened. */
export type PayloadName = keyof typeof shapes;

/** The pod inside the review of that name. */
export const pod = (name: PayloadName): object => podOf(shapes[name]);

/** The text of an AdmissionReview as the API server sends it when a controller creates `pod`. */
export function review(pod: object): string {
  const resource = { group: '', version: 'v1', resource: 'pods' };
  const kind = { group: '', version: 'v1', kind: 'Pod' };
  const account = 'system:serviceaccount:kube-system:replicaset-controller';
  const request = {
    uid: randomUUID(),
    kind,
    resource,
    requestKind: kind,
    requestResource: resource,
    namespace,
    operation: 'CREATE',
    userInfo: {
      username: account,
      uid: '5f0c4c55-1c3f-4f0e-8f63-0d3a6f0f7c1e',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
    },
    object: pod,
    oldObject: null,
    dryRun: false,
    options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
  };
  return JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request });
}

/** Whole HTTP/1.1 requests, ready to be written to a socket; eight that differ in uid only. */
export function requests(name: PayloadName, timeout: string): Buffer[] {
  return Array.from({ length: 8 }, () => {
    const body = Buffer.from(review(pod(name)));
    const head = [
      `POST /mutate?timeout=${timeout} HTTP/1.1`,
      'Host: localhost',
      'User-Agent: kube-apiserver-admission',
      `Content-Length: ${body.length}`,
      'Accept: application/json, */*',
      'Content-Type: application/json',
    ];
    return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
  });
}
