/** What a pod under test looks like. Everything not named here is the same for all pods. */
export interface PodShape {
  readonly containers: number;
  readonly initContainers: number;
  /** Environment variables of each container; probes, ports and resources come with the first one. */
  readonly env: number;
  readonly volumes: number;
  /** Whether every container already is as the restricted policy wants it. */
  readonly compliant: boolean;
}

/** The namespace that every reviewed pod is in. */
export const namespace = 'team-7';

/** The `app` label of every reviewed pod. */
export const app = 'orders-7';

const words = ['ledger', 'basket', 'courier', 'invoice', 'tariff', 'parcel', 'voucher', 'catalog', 'refund', 'stock'];
const word = (n: number): string => words[n % words.length]!;

const labels = { 'pod-template-hash': '6d9f7c5b4', app, 'app.kubernetes.io/name': app };

function variable(n: number, container: number): object {
  const name = `${word(n).toUpperCase()}_${word(n + container + 3).toUpperCase()}_${n}`;
  const key = `${word(n)}-password`;
  if (n % 4 === 1) return { name, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } } };
  if (n % 4 === 3) return { name, valueFrom: { secretKeyRef: { name: `${app}-credentials`, key } } };
  return { name, value: `https://${word(n)}-${container}.${namespace}.svc.cluster.local:8443/v1/${word(n + 5)}` };
}

function probe(path: string, port: number): object {
  const every = { initialDelaySeconds: 5, timeoutSeconds: 2, periodSeconds: 10, successThreshold: 1 };
  return { httpGet: { path, port, scheme: 'HTTP' }, ...every, failureThreshold: 3 };
}

/** What only a grown-up container has; init containers serve nothing, so they have no ports and no probes. */
function extras(n: number, prefix: string, shape: PodShape): object {
  if (shape.env === 0) return { resources: {} };
  const port = 8080 + n;
  const serving = {
    ports: [{ name: `http-${n}`, containerPort: port, protocol: 'TCP' }],
    livenessProbe: probe('/livez', port),
    readinessProbe: probe('/readyz', port),
  };
  return {
    args: [`--listen=:${port}`, '--log-format=json', `--shard=${n}`],
    env: Array.from({ length: shape.env }, (_, i) => variable(i, n)),
    envFrom: [{ configMapRef: { name: `${app}-settings-${n}`, optional: true } }],
    resources: { limits: { cpu: '500m', memory: '512Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
    ...(prefix === 'serve' ? serving : {}),
  };
}

// Three kinds that all need hardening: nothing set, a half-finished context, and one that asks for too much.
const lax = [
  {},
  { securityContext: { runAsNonRoot: true, capabilities: { drop: ['NET_RAW'] } } },
  { securityContext: { capabilities: { add: ['NET_BIND_SERVICE', 'SYS_TIME'] } } },
];
const strict = { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } };

const volumeName = (n: number): string => `${word(n)}-${n}`;

function container(n: number, prefix: string, shape: PodShape): object {
  const mounts = Array.from({ length: Math.min(shape.volumes, 4) }, (_, i) => ({
    name: volumeName((i + n) % shape.volumes),
    mountPath: `/var/run/${app}/${word(i + n)}`,
    readOnly: i % 2 === 0,
  }));
  return {
    name: `${prefix}-${n}`,
    image: `registry.example.com/${word(n)}/${prefix}:1.${n}.3`,
    ...extras(n, prefix, shape),
    volumeMounts: [...mounts, { name: tokenVolume.name, readOnly: true, mountPath: tokenPath }],
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
    ...(shape.compliant ? strict : lax[n % lax.length]),
  };
}

function volume(n: number): object {
  const [name, source] = [volumeName(n), `${app}-${volumeName(n)}`];
  if (n % 3 === 0) return { name, emptyDir: { sizeLimit: '64Mi' } };
  if (n % 3 === 1) return { name, configMap: { name: source, defaultMode: 420, optional: true } };
  return { name, secret: { secretName: source, defaultMode: 256, items: [{ key: 'tls.crt', path: 'tls.crt' }] } };
}

const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount';
const tokenVolume = {
  name: 'kube-api-access-x7k2p',
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    ],
    defaultMode: 420,
  },
};

/** Managed fields as the API server writes them: an `f:` key for each field, a `k:` key for each named list entry. */
function fieldsOf(value: object): object {
  const entries = Object.entries(value).flatMap(([key, below]: [string, unknown]) => {
    if (typeof below !== 'object' || below === null) return Array.isArray(value) ? [] : [[`f:${key}`, {}]];
    const fields = fieldsOf(below);
    if (!Array.isArray(value)) return [[`f:${key}`, Array.isArray(below) ? { '.': {}, ...fields } : fields]];
    return 'name' in below ? [[`k:{"name":${JSON.stringify(below.name)}}`, { '.': {}, ...fields }]] : [];
  });
  return Object.fromEntries(entries) as object;
}

function managed(manager: string, fieldsV1: object): object {
  const time = '2026-09-14T08:21:37Z';
  return { manager, operation: 'Update', apiVersion: 'v1', time, fieldsType: 'FieldsV1', fieldsV1 };
}

/** A pod as a ReplicaSet controller creates it, after the API server has filled in its defaults. */
export function podOf(shape: PodShape): object {
  const many = (count: number, prefix: string): object[] =>
    Array.from({ length: count }, (_, i) => container(i, prefix, shape));
  const spec = {
    volumes: [...Array.from({ length: shape.volumes }, (_, i) => volume(i)), tokenVolume],
    ...(shape.initContainers > 0 ? { initContainers: many(shape.initContainers, 'prepare') } : {}),
    containers: many(shape.containers, 'serve'),
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: app,
    securityContext: {},
    schedulerName: 'default-scheduler',
    enableServiceLinks: true,
  };
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${app}-6d9f7c5b4`, controller: true };
  const metadata = {
    generateName: `${app}-6d9f7c5b4-`,
    namespace,
    labels,
    ownerReferences: [{ ...owner, uid: '0b6f1f3a-6a0e-4a53-9d0b-3d6f5a2f6f11', blockOwnerDeletion: true }],
    managedFields: [managed('kube-controller-manager', fieldsOf({ metadata: { labels }, spec }))],
  };
  return { kind: 'Pod', apiVersion: 'v1', metadata, spec, status: {} };
}
