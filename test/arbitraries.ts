/** Random pods, policies and requests with every oddity that the API server lets through, the interesting ones often. */
import fc from 'fast-check';
import type { HardeningException, HardeningPolicy, Match, PolicyDocument } from '../src/engine/policy.ts';
import type { Conditions, Request } from '../src/engine/request.ts';
import { annotations, CAPABILITY_NAMES, labels, pods, type PodShape } from './arbitrary-pods.ts';
import { mapAt, type Json, type JsonMap } from './pods.ts';

/** One case for the laws: everything that a decision depends on. */
export interface Case {
  readonly documents: readonly PolicyDocument[];
  readonly request: Request;
  readonly conditions: Conditions;
}

export const TODAY = '2026-09-01';

const NAMES = ['ALL', ...CAPABILITY_NAMES];

const optional = <T>(arbitrary: fc.Arbitrary<T>, weight = 1): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight, arbitrary });

/** Leaves out the fields that are undefined, as no file could say them. */
const compact = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;

const record = <T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  (fc.record(fields) as fc.Arbitrary<T>).map(compact);

const match: fc.Arbitrary<Match | undefined> = fc.oneof(
  { weight: 5, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Match>(
      { namespaces: ['*'] },
      { namespaces: ['team-?', 'other'] },
      { containers: ['app', 'side*'] },
      { containerKinds: ['initContainers'] },
      { containerKinds: ['containers', 'ephemeralContainers'] },
      { images: [{ registry: 'docker.io' }, { repository: 'library/*' }] },
      { podSelector: { matchLabels: { app: 'a' } } },
      { namespaceSelector: { matchExpressions: [{ key: 'env', operator: 'NotIn', values: ['prod'] }] } },
      { workloads: ['Pod'], containers: ['app'] },
      { namespaces: ['elsewhere'] },
    ),
  },
);

const names = (of: readonly string[], maxLength: number): fc.Arbitrary<string[]> =>
  fc.uniqueArray(fc.constantFrom(...of), { maxLength });

const drop = fc.oneof({ weight: 4, arbitrary: fc.constant(['ALL']) }, { weight: 1, arbitrary: names(NAMES, 3) });

type Capabilities = HardeningPolicy['spec']['capabilities'];

const capabilities: fc.Arbitrary<Capabilities> = record<NonNullable<Capabilities>>({
  drop: optional(drop, 5),
  allowedAdd: optional(names(NAMES, 5), 4),
  defaultAdd: optional(names(NAMES.slice(1), 4)),
  dropWhenPrivileged: optional(fc.boolean()),
});

const optOut: fc.Arbitrary<HardeningPolicy['spec']['optOut']> = fc.constantFrom(
  undefined,
  undefined,
  { allowed: false },
  { namespaces: ['*'], requireReason: false },
  { namespaces: ['team-a'], maxDays: 30 },
  { namespaces: ['*'], rules: ['allowPrivilegeEscalation'] },
);

const gates: fc.Arbitrary<HardeningPolicy['spec']['gate']> = fc.constantFrom(
  undefined,
  undefined,
  {},
  { missed: 'enforce' },
  { missed: 'warn', unresolved: 'enforce' },
  { unresolved: 'audit' },
  { missed: 'enforce', unresolved: 'enforce' },
);

const spec = (mode: fc.Arbitrary<HardeningPolicy['spec']['mode']>): fc.Arbitrary<HardeningPolicy['spec']> =>
  record<HardeningPolicy['spec']>({
    mode,
    level: fc.constantFrom(undefined, undefined, undefined, 'baseline', 'restricted'),
    match,
    exclude: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: match }),
    capabilities: optional(capabilities, 8),
    allowPrivilegeEscalation: fc.constantFrom(undefined, false, false, true),
    defaultAllowPrivilegeEscalation: fc.constantFrom(undefined, undefined, false),
    optOut,
    gate: gates,
  });

const modes = fc.constantFrom<HardeningPolicy['spec']['mode'][]>('enforce', 'enforce', 'enforce', 'audit', 'warn');

const POLICIES = ['policy-a', 'policy-b', 'policy-c', 'policy-d'];

/** One to four policies with different names. */
export const policies: fc.Arbitrary<HardeningPolicy[]> = fc
  .array(spec(modes), { minLength: 1, maxLength: POLICIES.length })
  .map((specs) =>
    specs.map((one, i): HardeningPolicy => ({ kind: 'HardeningPolicy', metadata: { name: POLICIES[i]! }, spec: one })),
  );

const exceptionSpec: fc.Arbitrary<HardeningException['spec']> = record<HardeningException['spec']>({
  policies: fc.constantFrom(undefined, undefined, ['policy-a'], ['policy-b', 'policy-c']),
  match,
  keep: optional(names(NAMES.slice(1), 3), 2),
  rules: fc.constantFrom(
    undefined,
    undefined,
    ['allowPrivilegeEscalation'],
    ['capabilities.add'],
    ['capabilities.drop'],
    ['capabilities.drop', 'allowPrivilegeEscalation'],
  ),
  reason: fc.constant('needed'),
  owner: fc.constant('team-a'),
  expires: fc.constantFrom(undefined, undefined, '2026-12-31', '2026-08-31'),
});

const exceptions: fc.Arbitrary<HardeningException[]> = fc.array(exceptionSpec, { maxLength: 2 }).map((specs) =>
  specs.map((one, i): HardeningException => ({
    kind: 'HardeningException',
    metadata: { name: `exception-${i}` },
    spec: one,
  })),
);

/** Policies, most often alone, sometimes with exceptions. */
export const documents: fc.Arbitrary<PolicyDocument[]> = fc
  .tuple(policies, fc.oneof({ weight: 1, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: exceptions }))
  .map(([some, exempting]) => [...some, ...exempting]);

/** Puts a pod where the request's base says, inside a document of its own. */
export const documentOf = ({ base, object }: Pick<Request, 'base' | 'object'>): Json =>
  base === ''
    ? (object as Json)
    : { kind: 'Deployment', metadata: { name: 'app' }, spec: { template: object as Json } };

/** The pod in a document, where the request's base says that it is. */
export const podIn = (document: Json, base: string): Json =>
  base === '' ? document : mapAt(mapAt(document, 'spec'), 'template');

const storedPod = (pod: JsonMap, kept: number): JsonMap => {
  const podSpec = mapAt(pod, 'spec');
  const ephemeral = podSpec['ephemeralContainers'];
  const old = Array.isArray(ephemeral) ? ephemeral.slice(0, kept) : [];
  return { ...pod, spec: { ...podSpec, ephemeralContainers: old } };
};

type Kind = 'CREATE' | 'template' | 'ephemeral' | 'UPDATE';

const user = fc.constantFrom<Request['user'][]>(
  undefined,
  { username: 'jane', groups: ['system:authenticated'] },
  { username: 'system:node:node-1', groups: ['system:nodes', 'system:authenticated'] },
);

const requestOf = (
  kind: Kind,
  pod: JsonMap,
  kept: number,
): Pick<Request, 'operation' | 'subResource' | 'object' | 'oldObject' | 'base'> => {
  const updates = kind === 'UPDATE' || kind === 'ephemeral';
  return {
    operation: updates ? 'UPDATE' : 'CREATE',
    subResource: kind === 'ephemeral' ? 'ephemeralcontainers' : '',
    object: pod,
    oldObject: updates ? storedPod(pod, kept) : undefined,
    base: kind === 'template' ? '/spec/template' : '',
  };
};

const kinds = fc.constantFrom<Kind[]>(
  'CREATE',
  'CREATE',
  'CREATE',
  'CREATE',
  'template',
  'ephemeral',
  'ephemeral',
  'UPDATE',
);

/** Requests about pods of the given shape. */
export const requests = (shape?: PodShape): fc.Arbitrary<Request> =>
  fc
    .record({
      kind: kinds,
      pod: pods(shape),
      kept: fc.nat(2),
      user,
      namespace: fc.constantFrom('team-a', 'team-b', 'other'),
      namespaceLabels: fc.constantFrom({}, { 'dropcap.dev/allow-opt-out': 'true' }, { env: 'prod' }),
    })
    .map(({ kind, pod, kept, ...rest }) => ({ ...rest, ...requestOf(kind, pod, kept), workload: undefined }));

/** Whole cases. */
export const cases = (shape?: PodShape): fc.Arbitrary<Case> =>
  fc.record({
    documents,
    request: requests(shape),
    conditions: fc.record({
      today: fc.constant(TODAY),
      annotate: fc.boolean(),
      auditRecord: fc.option(fc.uuid(), { nil: undefined }),
    }),
  });

export { annotations, labels };
