/** Random audit records and filters, and what a store must answer, worked out over a plain array. */
import fc from 'fast-check';
import type { AuditRecord } from '../../src/audit/record.ts';
import type { Finding } from '../../src/engine/finding.ts';
import type { AuditCount, AuditEntry, AuditFilter, AuditStats } from '../../src/store/terms.ts';

const HOUR = 3_600_000;
/** A whole hour. */
export const START = Date.UTC(2026, 10, 22, 17);

const NAMESPACES = ['shop', 'team-a', ''];
const POLICIES = ['restricted', 'compatible', 'audit: only'];
const ENTRIES = ['NET_RAW', 'cap_net_raw', 'SYS_ADMIN', 'ALL', 'CHOWN', 'made-up'];
const RULES = ['capabilities.add', 'capabilities.drop', 'allowPrivilegeEscalation'] as const;
const OUTCOMES = ['hardened', 'audited', 'exempt', 'unresolved'] as const;
const USERS = ['alice', 'system:serviceaccount:kube-system:replicaset-controller'];

const some = <T>(of: readonly T[], maxLength: number): fc.Arbitrary<T[]> =>
  fc.array(fc.constantFrom(...of), { maxLength });
const optional = <T>(of: readonly T[]): fc.Arbitrary<T | undefined> =>
  fc.option(fc.constantFrom(...of), { nil: undefined });

const finding: fc.Arbitrary<Finding> = fc.record({
  container: fc.constantFrom('app', 'side'),
  kind: fc.constant('containers' as const),
  path: fc.constant('/spec/containers/0/securityContext/capabilities/add'),
  before: fc.oneof(some(ENTRIES, 4), fc.constant(null)),
  after: fc.oneof(some(ENTRIES, 2), fc.constant(null)),
  rule: fc.constantFrom(...RULES),
  policies: fc.uniqueArray(fc.constantFrom(...POLICIES), { maxLength: 2 }),
  outcome: fc.constantFrom(...OUTCOMES),
  reason: fc.constant('Why: so.\nAnd "so".'),
});

/** Moments around whole hours, often the same. */
const moment = fc
  .tuple(fc.integer({ min: -1, max: 3 }), fc.constantFrom(-1, 0, 1, 1_000, HOUR / 2))
  .map(([hours, more]) => START + hours * HOUR + more);

const optOut = { rules: [], containers: undefined, reason: '', until: '', honouredBy: [], ignored: [] };

/** One record, as it is read back: nothing in it is undefined. */
export const record: fc.Arbitrary<AuditRecord> = fc
  .record({
    time: moment.map((time) => new Date(time).toISOString()),
    uid: fc.constantFrom('a', 'b', 'c'),
    dryRun: fc.constant(false as const),
    operation: fc.constant('CREATE'),
    kind: optional(['Deployment']),
    namespace: fc.constantFrom(...NAMESPACES),
    name: optional(['web']),
    generateName: optional(['web-5d4b8c-', 'web-']),
    owner: optional(['ReplicaSet/web-5d4b8c', 'Job/web']),
    user: fc.constantFrom(...USERS),
    policies: fc.uniqueArray(fc.constantFrom(...POLICIES), { maxLength: 2 }),
    findings: fc.array(finding, { maxLength: 4 }),
    patch: fc.constant([]),
    optOut: optional([optOut]),
    durationMs: fc.constant(0.5),
    policySet: fc.constant('1'),
    instance: fc.constant('replica-1'),
    version: fc.constant('1.2.3'),
  })
  // The passes of one request come close together.
  .map((fields) => ({ ...fields, uid: `${fields.uid}${Math.round(Date.parse(fields.time) / (HOUR / 2))}` }))
  .map((fields) => JSON.parse(JSON.stringify(fields)) as AuditRecord);

/** A filter of a few fields. */
export const filter: fc.Arbitrary<AuditFilter> = fc
  .record(
    {
      since: fc.oneof(moment, fc.constant(START + 0.5)),
      until: fc.oneof(moment, fc.constant(Infinity)),
      namespace: fc.constantFrom(...NAMESPACES, 'nowhere'),
      workload: fc.constantFrom('web', 'web-5d4b8c', 'web-', 'ReplicaSet/web-5d4b8c', 'Deployment/web'),
      policy: fc.constantFrom(...POLICIES),
      rule: fc.constantFrom(...RULES),
      capability: fc.constantFrom('NET_RAW', 'SYS_ADMIN', 'ALL', 'MADE-UP'),
      outcome: fc.constantFrom(...OUTCOMES),
      optOut: fc.boolean(),
      user: fc.constantFrom(...USERS),
    },
    { requiredKeys: [] },
  )
  .chain((whole) =>
    fc
      .subarray(Object.keys(whole), { maxLength: Math.min(3, Object.keys(whole).length) })
      .map((keys) => pick(whole, keys)),
  );

const pick = (whole: AuditFilter, keys: readonly string[]): AuditFilter =>
  Object.fromEntries(Object.entries(whole).filter(([key]) => keys.includes(key)));

const KNOWN = ['NET_RAW', 'SYS_ADMIN', 'ALL', 'CHOWN'];
const bare = (entry: string): string => entry.toUpperCase().replace(/^CAP_/, '');

function capabilitiesIn({ rule, before, after }: Finding): string[] {
  if (rule !== 'capabilities.add' || !Array.isArray(before)) return [];
  const kept = Array.isArray(after) ? (after as string[]).map(bare) : [];
  return KNOWN.filter((name) => (before as string[]).some((entry) => bare(entry) === name) && !kept.includes(name));
}

const workloads = ({ kind, name, generateName, owner }: AuditRecord): (string | undefined)[] => [
  name,
  name && `${name}-`,
  name?.replace(/-$/, ''),
  generateName,
  generateName?.slice(0, -1),
  owner,
  kind && name && `${kind}/${name}`,
];

const TESTS: { [K in keyof AuditFilter]-?: (of: AuditRecord, value: NonNullable<AuditFilter[K]>) => boolean } = {
  since: ({ time }, value) => Date.parse(time) >= value,
  until: ({ time }, value) => Date.parse(time) < value,
  namespace: ({ namespace }, value) => namespace === value,
  workload: (of, value) => workloads(of).includes(value),
  policy: ({ policies, findings }, value) =>
    policies.includes(value) || findings.some((one) => one.policies.includes(value)),
  rule: ({ findings }, value) => findings.some(({ rule }) => rule === value),
  capability: ({ findings }, value) => findings.some((one) => capabilitiesIn(one).includes(value)),
  outcome: ({ findings }, value) => findings.some(({ outcome }) => outcome === value),
  optOut: (of, value) => (of.optOut !== undefined) === value,
  user: ({ user }, value) => user === value,
};

const isMeant = (of: AuditRecord, asked: AuditFilter): boolean =>
  Object.entries(asked).every(([key, value]) =>
    (TESTS[key as keyof AuditFilter] as (a: AuditRecord, b: unknown) => boolean)(of, value),
  );

/** In the order of a store: by time, and where that is the same as they were recorded. */
const inOrder = (all: readonly AuditRecord[]): AuditRecord[] =>
  all.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time));

/** What `records` must give. */
export const meant = (all: readonly AuditRecord[], asked: AuditFilter): AuditRecord[] =>
  inOrder(all).filter((one) => isMeant(one, asked));

/** What `show` must give. */
export function entryOf(all: readonly AuditRecord[], uid: string): AuditEntry | undefined {
  const passes = inOrder(all).filter((one) => one.uid === uid);
  return passes.length > 0 ? { uid, time: Date.parse(passes[0]!.time), passes } : undefined;
}

/** What all pages of `list` together must give. */
export const listed = (all: readonly AuditRecord[], asked: AuditFilter): AuditEntry[] =>
  [...new Set(meant(all, asked).map(({ uid }) => uid))].reverse().map((uid) => entryOf(all, uid)!);

function tally(names: readonly string[]): AuditCount[] {
  const counted = [...Map.groupBy(names, (name) => name)].map(([name, { length: count }]) => ({ name, count }));
  return counted.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}

/** What `stats` must give. */
export function numbers(all: readonly AuditRecord[], asked: AuditFilter): AuditStats {
  const records = meant(all, asked);
  const findings = records.flatMap((one) => one.findings);
  const times = records.map(({ time }) => Date.parse(time));
  return {
    records: records.length,
    ...(records.length > 0 ? { first: Math.min(...times), last: Math.max(...times) } : {}),
    outcomes: tally(findings.map(({ outcome }) => outcome)),
    policies: tally(findings.flatMap(({ policies }) => policies)),
    rules: tally(findings.map(({ rule }) => rule)),
    capabilities: tally(findings.flatMap(capabilitiesIn)),
    namespaces: tally(records.flatMap(({ namespace, findings: of }) => of.map(() => namespace))),
    hours: tally(records.map(({ time }) => time.slice(0, 13))).sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
