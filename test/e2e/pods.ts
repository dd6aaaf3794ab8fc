/** Pods for the tests. */
import { kubectl, kubectlJson } from './kubectl.ts';

/** A small image that has sh, cat, grep, sleep, ls, id, chown and nc. */
export const BUSYBOX = process.env['DROPCAP_E2E_BUSYBOX'] ?? 'localhost/busybox:1';

const SLEEP = ['sleep', '3600'];

/** Fields of a container that differ from one that sleeps. */
export type ContainerFields = Readonly<Record<string, unknown>>;

/** A container that sleeps. */
export const container = (name: string, fields: ContainerFields = {}): object => ({
  name,
  image: BUSYBOX,
  imagePullPolicy: 'IfNotPresent',
  command: SLEEP,
  ...fields,
});

/** A pod of one container that sleeps, and ends at once when it is deleted. */
export const pod = (name: string, fields: ContainerFields = {}, spec: object = {}, metadata: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { terminationGracePeriodSeconds: 0, containers: [container('main', fields)], ...spec },
});

/** What the tests read of a stored pod. */
export interface StoredPod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly generateName?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly containers: readonly StoredContainer[];
    readonly initContainers?: readonly StoredContainer[];
    readonly ephemeralContainers?: readonly StoredContainer[];
  };
}

/** What the tests read of a container. */
export interface StoredContainer {
  readonly name: string;
  readonly securityContext?: {
    readonly allowPrivilegeEscalation?: boolean;
    readonly privileged?: boolean;
    readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  };
}

/** The fields that `restricted` leaves on a container which asked for nothing. */
export const HARDENED = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };

/** A pod as it is stored. */
export const storedPod = (namespace: string, name: string): Promise<StoredPod> =>
  kubectlJson('get', 'pod', name, '-n', namespace);

/** Waits until a pod's containers run. */
export const untilRunning = (namespace: string, name: string, seconds = 180): Promise<string> =>
  kubectl(['wait', 'pod', name, '-n', namespace, '--for=condition=Ready', `--timeout=${seconds}s`]);
