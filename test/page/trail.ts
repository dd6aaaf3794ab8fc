/** An audit trail of a cluster that does not exist: a week of a small shop, made by the engine, the same each time. */
import type { ResultLine } from '../../src/audit/admission-result.ts';
import { recordOf, type AuditRecord, type Circumstances } from '../../src/audit/record.ts';
import { evaluate } from '../../src/engine/evaluate.ts';
import { gate } from '../../src/engine/gate.ts';
import type { PolicyDocument } from '../../src/engine/policy.ts';
import { policySetOf } from '../../src/engine/policy-set.ts';
import type { Request } from '../../src/engine/request.ts';
import { nameLabel } from '../../src/kube/source.ts';
import type { JsonMap } from '../pods.ts';

/** The moment at which the page is looked at. */
export const NOW = Date.parse('2026-11-22T14:26:00Z');
const HOUR_MS = 3_600_000;
const HOURS = 7 * 24;

const policy = (
  name: string,
  mode: 'enforce' | 'audit' | 'warn',
  namespaces: string[],
  more: JsonMap,
): PolicyDocument => ({
  kind: 'HardeningPolicy',
  metadata: { name },
  spec: { mode, match: { namespaces }, ...more },
});

const RESTRICTED = {
  capabilities: { drop: ['ALL'], allowedAdd: ['NET_BIND_SERVICE'] },
  allowPrivilegeEscalation: false,
};

const exception = (name: string, reason: string, owner: string, more: object): PolicyDocument => ({
  kind: 'HardeningException',
  metadata: { name },
  spec: { reason, owner, rules: ['capabilities.drop', 'capabilities.add'], ...more } as never,
});

/** The policies in force. */
export const DOCUMENTS: readonly PolicyDocument[] = [
  policy('restricted', 'enforce', ['storefront', 'checkout', 'search', 'batch'], {
    ...RESTRICTED,
    gate: { missed: 'warn' },
  }),
  policy('restricted-next', 'audit', ['payments', 'monitoring'], RESTRICTED),
  policy('compatible', 'warn', ['search'], {
    capabilities: {
      drop: ['ALL'],
      allowedAdd: ['CHOWN', 'SETGID', 'SETUID'],
      defaultAdd: ['CHOWN', 'SETGID', 'SETUID'],
    },
  }),
  policy('archive', 'audit', ['archive'], RESTRICTED),
  exception('node-agent', 'reads network counters of the node', 'platform@example.com', {
    match: { namespaces: ['batch'], containers: ['agent'] },
    keep: ['NET_ADMIN'],
  }),
  exception('image-import', 'unpacks images as root until the importer is rewritten', 'media@example.com', {
    match: { namespaces: ['storefront'], containers: ['import'] },
    expires: '2026-12-01',
  }),
  exception('old-proxy', 'binds port 80 as root', 'edge@example.com', {
    match: { namespaces: ['edge'], containers: ['proxy'] },
    expires: '2026-10-31',
  }),
];

const SET = policySetOf(DOCUMENTS);

/** The set in force, and its version. */
export const IN_FORCE = { set: SET, version: '541c7be4b5d6' };

interface Workload {
  readonly namespace: string;
  readonly owner: string;
  readonly containers: readonly JsonMap[];
  readonly annotations?: JsonMap;
  /** Pods a week. */
  readonly pods: number;
}

const plain = (name: string): JsonMap => ({ name });
const adding = (name: string, ...add: string[]): JsonMap => ({ name, securityContext: { capabilities: { add } } });

const WORKLOADS: readonly Workload[] = [
  { namespace: 'storefront', owner: 'ReplicaSet/web-7d4b9c', containers: [plain('web'), plain('metrics')], pods: 140 },
  { namespace: 'storefront', owner: 'ReplicaSet/images-5f6c8', containers: [plain('import')], pods: 12 },
  { namespace: 'checkout', owner: 'ReplicaSet/cart-66d8f', containers: [adding('cart', 'NET_ADMIN')], pods: 60 },
  {
    namespace: 'checkout',
    owner: 'StatefulSet/queue',
    containers: [adding('queue', 'SYS_PTRACE', 'NET_RAW')],
    pods: 9,
  },
  { namespace: 'search', owner: 'ReplicaSet/indexer-84c7', containers: [adding('indexer', 'SYS_ADMIN')], pods: 34 },
  {
    namespace: 'payments',
    owner: 'ReplicaSet/ledger-59b4',
    containers: [adding('ledger', 'NET_BIND_SERVICE', 'CHOWN')],
    pods: 28,
  },
  { namespace: 'monitoring', owner: 'DaemonSet/collector', containers: [plain('collector')], pods: 15 },
  {
    namespace: 'batch',
    owner: 'Job/nightly-report',
    containers: [plain('report'), adding('agent', 'NET_ADMIN')],
    pods: 21,
  },
  {
    namespace: 'batch',
    owner: 'Job/migrate',
    containers: [{ name: 'migrate', securityContext: { privileged: true } }],
    pods: 4,
  },
  {
    namespace: 'checkout',
    owner: 'StatefulSet/cache',
    containers: [plain('cache')],
    annotations: {
      'dropcap.dev/opt-out': 'capabilities.drop',
      'dropcap.dev/opt-out-reason': 'chowns its volume until the data is migrated',
      'dropcap.dev/opt-out-until': '2026-12-15',
    },
    pods: 6,
  },
  {
    namespace: 'search',
    owner: 'Deployment/suggest',
    containers: [plain('suggest')],
    annotations: { 'dropcap.dev/opt-out': 'true' },
    pods: 3,
  },
];

const GATED = WORKLOADS[2]!;

const requestOf = ({ namespace, containers, annotations }: Workload): Request => ({
  operation: 'CREATE',
  subResource: '',
  namespace,
  namespaceLabels: {
    ...nameLabel(namespace),
    ...(namespace === 'checkout' && { 'dropcap.dev/allow-opt-out': 'true' }),
  },
  user: { username: 'system:serviceaccount:kube-system:replicaset-controller', groups: [] },
  object: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: annotations ? { annotations } : {},
    spec: { containers: [...containers] },
  },
  oldObject: null,
  base: '',
  workload: undefined,
});

/** Numbers from 0 to 1 that look random. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    yield state / 2_147_483_648;
  }
}

const hex = (number: number): string =>
  Math.floor(number * 0xffffffff)
    .toString(16)
    .padStart(8, '0');

/** More by day than by night. */
const timeOf = (a: number, b: number): number => {
  const hour = Math.floor(a * HOURS);
  const daily = (hour % 24) / 24;
  return NOW - (hour + (b > 0.5 + 0.5 * Math.cos(2 * Math.PI * daily) ? 10 * b : b)) * HOUR_MS;
};

const WRITER = { instance: 'dropcap-6c8f5d7b9-x2x4k', version: '0.1.0' };

const at = (time: number, uid: string, workload: Workload, more: Partial<Circumstances> = {}): Circumstances => ({
  time,
  uid,
  operation: 'CREATE',
  subResource: '',
  kind: '',
  namespace: workload.namespace,
  name: '',
  generateName: `${workload.owner.split('/')[1]!}-`,
  owner: workload.owner,
  username: 'system:serviceaccount:kube-system:replicaset-controller',
  policySet: IN_FORCE.version,
  durationMs: 0.412,
  ...more,
});

function resultOf(record: AuditRecord, chance: number): ResultLine | undefined {
  const pod = {
    name: `${record.generateName ?? ''}${record.uid.slice(0, 5)}`,
    uid: `${record.uid.slice(0, 8)}-aaaa-4bbb-8ccc-0123456789ab`,
  };
  const time = new Date(Date.parse(record.time) + 900).toISOString();
  const line = { uid: record.uid, recorded: record.time };
  if (chance > 0.97) return undefined;
  if (chance > 0.94) return { ...line, result: { status: 'not-admitted', time } };
  const finding = record.findings.find(({ rule, outcome }) => rule === 'capabilities.add' && outcome === 'hardened');
  if (chance < 0.04 && finding)
    return {
      ...line,
      result: {
        status: 'altered',
        time,
        pod,
        alterations: [
          { container: finding.container, rule: finding.rule, proposed: finding.after, found: finding.before },
        ],
      },
    };
  return { ...line, result: { status: 'admitted', time, pod } };
}

/** The lines of the trail, the oldest first. */
export function trail(): (AuditRecord | ResultLine)[] {
  const random = numbers(7);
  const next = (): number => random.next().value;
  const lines = WORKLOADS.flatMap((workload) =>
    Array.from({ length: workload.pods }, () => {
      const [time, chance, a, b] = [timeOf(next(), next()), next(), next(), next()];
      const uid = `${hex(a)}-7f3a-4c0e-9d55-${hex(b)}1b11`;
      const decision = evaluate(requestOf(workload), SET, { today: '2026-11-22', annotate: false });
      const record = recordOf(at(time, uid, workload), decision, WRITER);
      const result = resultOf(record, chance);
      return [record, ...(result ? [result] : [])] as const;
    }),
  );
  const late = gate(requestOf(GATED), SET, '2026-11-22');
  const gated = recordOf(
    at(NOW - 3 * HOUR_MS, '0badcafe-7f3a-4c0e-9d55-0a2f6f0e1b11', GATED, { gate: late.action }),
    late.decision,
    WRITER,
  );
  const sorted = lines.toSorted(([a], [b]) => Date.parse(a.time) - Date.parse(b.time));
  return [...sorted.flat(), gated];
}
