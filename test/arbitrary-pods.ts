/** Random pods: everything that the API server lets through in the fields that dropcap reads, and fields it doesn't know. */
import fc from 'fast-check';
import type { Json, JsonMap } from './pods.ts';

const MISSING = Symbol('missing');
type Field = Json | typeof MISSING;

const nothing = fc.constantFrom<Field[]>(MISSING, MISSING, null);

/** Usually there, sometimes absent, now and then null. */
const maybe = (arbitrary: fc.Arbitrary<Field>, weight: number): fc.Arbitrary<Field> =>
  fc.oneof({ weight, arbitrary }, { weight: 2, arbitrary: nothing });

const map = (fields: Record<string, fc.Arbitrary<Field>>): fc.Arbitrary<JsonMap> =>
  fc
    .record(fields)
    .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== MISSING)) as JsonMap);

/** Names that matter: in all default sets, in some, in none. */
export const CAPABILITY_NAMES = [
  'CHOWN',
  'KILL',
  'MKNOD',
  'NET_ADMIN',
  'NET_BIND_SERVICE',
  'NET_BROADCAST',
  'NET_RAW',
  'SETUID',
  'SYS_ADMIN',
];

const respell = [
  (name: string) => name.toLowerCase(),
  (name: string) => `CAP_${name}`,
  (name: string) => `cap_${name.toLowerCase()}`,
  (name: string) => name.charAt(0) + name.slice(1).toLowerCase(),
];

/** Spellings that name nothing: misspelt, empty, padded, twice prefixed, and letters that only JavaScript upper-cases to ST. */
const UNKNOWN = ['bogus', 'NET_BIND_SERVCE', '', ' CHOWN', 'CAP_CAP_CHOWN', 'CAP_', 'net_broadca\ufb06', 'CHOWN,KILL'];

const entry: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...CAPABILITY_NAMES) },
  {
    weight: 5,
    arbitrary: fc.tuple(fc.constantFrom(...CAPABILITY_NAMES), fc.constantFrom(...respell)).map(([n, f]) => f(n)),
  },
  { weight: 2, arbitrary: fc.constantFrom('ALL', 'all', 'All', 'CAP_ALL', 'cap_all') },
  { weight: 2, arbitrary: fc.constantFrom(...UNKNOWN) },
);

// Long-s is upper-cased to S by every runtime, so a drop may use it.
const dropEntry = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('ALL', 'all', 'aLL') },
  { weight: 9, arbitrary: entry },
  { weight: 1, arbitrary: fc.constant('\u017fetuid') },
);

const list = (of: fc.Arbitrary<string>): fc.Arbitrary<Field> => maybe(fc.array(of, { maxLength: 4 }), 5);

const someFlag = (values: (boolean | null | typeof MISSING)[]): fc.Arbitrary<Field> =>
  fc.constantFrom<Field[]>(...values);

const looseContext: fc.Arbitrary<Field> = map({
  capabilities: maybe(
    map({ add: list(entry), drop: list(dropEntry), future: fc.constantFrom<Field[]>(MISSING, MISSING, ['x']) }),
    6,
  ),
  allowPrivilegeEscalation: someFlag([MISSING, MISSING, null, true, false]),
  privileged: someFlag([MISSING, MISSING, MISSING, MISSING, MISSING, null, false, true]),
  runAsNonRoot: someFlag([MISSING, MISSING, true]),
  windowsOptions: fc.oneof(
    { weight: 40, arbitrary: fc.constant<Field>(MISSING) },
    { weight: 1, arbitrary: fc.constantFrom<Field[]>({}, { hostProcess: true }) },
  ),
  notYetInvented: fc.constantFrom<Field[]>(MISSING, MISSING, { deep: [{ drop: null }] }),
});

const COMPLIANT: JsonMap = { capabilities: { drop: ['ALL'] }, allowPrivilegeEscalation: false, runAsUser: 1000 };

/** Windows pods that the API server accepts have none of the Linux fields. */
const windowsContext = fc.constantFrom<Field[]>(MISSING, null, {}, { windowsOptions: {} }, { runAsNonRoot: true });

const context = (windows: boolean): fc.Arbitrary<Field> =>
  windows
    ? windowsContext
    : fc.oneof(
        { weight: 8, arbitrary: looseContext },
        { weight: 2, arbitrary: fc.constantFrom<Field[]>(MISSING, null, {}) },
        { weight: 2, arbitrary: fc.constant<Field>(COMPLIANT) },
      );

const images = fc.constantFrom(
  'nginx',
  'nginx:1.27',
  'ghcr.io/team/app@sha256:' + 'a'.repeat(64),
  'localhost:5000/x',
  'No such',
);

const container = (windows: boolean): fc.Arbitrary<JsonMap> =>
  map({
    image: images,
    securityContext: context(windows),
    restartPolicy: fc.constantFrom<Field[]>(MISSING, MISSING, 'Always'),
    env: fc.constantFrom<Field[]>(MISSING, MISSING, [{ name: 'drop', value: 'ALL' }]),
    notYetInvented: fc.constantFrom<Field[]>(MISSING, MISSING, { add: ['x'] }),
  });

const containers = (windows: boolean, prefix: string, min: number, max: number): fc.Arbitrary<Field> =>
  fc
    .array(container(windows), { minLength: min, maxLength: max })
    .map((some) => some.map((one, i) => ({ name: i === 0 ? prefix : `${prefix}-${i}`, ...one })));

/** Labels as matches in the random policies look for them. */
export const labels: fc.Arbitrary<Field> = fc.constantFrom<Field[]>(MISSING, null, {}, { app: 'a' }, { app: 'b' });

const optOuts: fc.Arbitrary<JsonMap> = map({
  'dropcap.dev/opt-out': fc.constantFrom<Field[]>(
    'true',
    'true',
    'capabilities.add',
    'capabilities.drop, allowPrivilegeEscalation',
    'everything',
    '',
  ),
  'dropcap.dev/opt-out-reason': fc.constantFrom<Field[]>('eBPF agent', 'eBPF agent', '  ', MISSING),
  'dropcap.dev/opt-out-containers': fc.constantFrom<Field[]>(MISSING, MISSING, 'app', 'side init'),
  'dropcap.dev/opt-out-until': fc.constantFrom<Field[]>(MISSING, MISSING, '2026-09-20', '2026-08-01', '2027-13-01'),
});

/** Annotations: none, an opt-out that may count or not, forged ones. */
export const annotations: fc.Arbitrary<Field> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom<Field[]>(MISSING, MISSING, null, {}, { note: 'x' }) },
  { weight: 4, arbitrary: optOuts },
  { weight: 1, arbitrary: fc.constant<Field>({ 'dropcap.dev/hardened': 'policy-a' }) },
  { weight: 1, arbitrary: fc.constant<Field>({ 'dropcap.dev/audit-record': '00000000-0000-4000-8000-000000000000' }) },
  { weight: 1, arbitrary: fc.constant<Field>({ 'kubernetes.io/config.mirror': 'abc' }) },
);

const metadata = maybe(
  map({
    name: fc.constantFrom<Field[]>('app', MISSING),
    generateName: fc.constantFrom<Field[]>('app-', MISSING),
    labels,
    annotations,
    deletionTimestamp: fc.constantFrom<Field[]>(MISSING, MISSING, MISSING, '2026-01-01T00:00:00Z'),
    creationTimestamp: fc.constantFrom<Field[]>(MISSING, null),
  }),
  8,
);

/** What kind of pods are wanted. */
export interface PodShape {
  /** Pods that say they are Windows; without, one in twenty is. */
  readonly windows?: boolean;
}

const affinity = (operator: string): Json => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/os', operator, values: ['windows'] }] }],
    },
  },
});

const podOf = (windows: boolean): fc.Arbitrary<JsonMap> =>
  map({
    apiVersion: fc.constant('v1'),
    kind: fc.constant('Pod'),
    metadata,
    spec: map({
      os: windows
        ? fc.constant<Field>({ name: 'windows' })
        : fc.constantFrom<Field[]>(MISSING, MISSING, null, {}, { name: 'linux' }),
      initContainers: maybe(containers(windows, 'init', 0, 2), 2),
      containers: containers(windows, 'app', 1, 3),
      ephemeralContainers: maybe(containers(windows, 'side', 0, 2), 3),
      nodeName: fc.constantFrom<Field[]>(MISSING, MISSING, 'node-1'),
      nodeSelector: fc.oneof(
        { weight: 30, arbitrary: fc.constantFrom<Field[]>(MISSING, {}, { 'kubernetes.io/os': 'linux' }) },
        { weight: 1, arbitrary: fc.constant<Field>({ 'kubernetes.io/os': 'windows' }) },
      ),
      affinity: fc.oneof(
        { weight: 30, arbitrary: fc.constantFrom<Field[]>(MISSING, null, affinity('NotIn')) },
        { weight: 1, arbitrary: fc.constant<Field>(affinity('In')) },
      ),
      securityContext: fc.constantFrom<Field[]>(MISSING, {}, { runAsUser: 0 }),
      hostUsers: fc.constantFrom<Field[]>(MISSING, false),
      notYetInvented: fc.constantFrom<Field[]>(MISSING, { securityContext: { privileged: true } }),
    }),
  });

/** Random pods, fresh from the wire: no two fields share one object. */
export const pods = ({ windows }: PodShape = {}): fc.Arbitrary<JsonMap> =>
  (windows === undefined
    ? fc.oneof({ weight: 19, arbitrary: podOf(false) }, { weight: 1, arbitrary: podOf(true) })
    : podOf(windows)
  ).map((pod) => JSON.parse(JSON.stringify(pod)) as JsonMap);
