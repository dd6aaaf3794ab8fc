/** Random audit records, results and filters, and what a store must answer, worked out over a plain array. */
import fc from 'fast-check';
import type { AdmissionResult, AdmissionStatus, ResultLine } from '../../src/audit/admission-result.ts';
import type { AuditRecord } from '../../src/audit/record.ts';
import type { Finding } from '../../src/engine/finding.ts';
import type {
  AuditCount,
  AuditEntry,
  AuditFilter,
  AuditStats,
  NamespacePosture,
  Period,
} from '../../src/store/terms.ts';

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
const rarely = <T>(of: readonly T[]): fc.Arbitrary<T | undefined> =>
  fc.option(fc.constantFrom(...of), { nil: undefined, freq: 1 });
const optional = <T>(of: readonly T[]): fc.Arbitrary<T | undefined> =>
  fc.option(fc.constantFrom(...of), { nil: undefined });

const EXCEPTIONS = ['keep-chown', 'until-migrated'];
const STATUSES: readonly AdmissionStatus[] = ['admitted', 'altered', 'not-admitted', 'unknown'];

const finding: fc.Arbitrary<Finding> = fc
  .record({
    container: fc.constantFrom('app', 'side'),
    kind: fc.constant('containers' as const),
    path: fc.constant('/spec/containers/0/securityContext/capabilities/add'),
    before: fc.oneof(some(ENTRIES, 4), fc.constant(null)),
    after: fc.oneof(some(ENTRIES, 2), fc.constant(null)),
    rule: fc.constantFrom(...RULES),
    policies: fc.uniqueArray(fc.constantFrom(...POLICIES), { maxLength: 2 }),
    outcome: fc.constantFrom(...OUTCOMES),
    reason: fc.constant('Why: so.\nAnd "so".'),
  })
  .chain((fields) => {
    if (fields.outcome !== 'exempt') return fc.constant(fields);
    const by = [...EXCEPTIONS.map((name) => `exception/${name}`), 'opt-out'];
    return fc.uniqueArray(fc.constantFrom(...by), { minLength: 1 }).map((exemptBy) => ({ ...fields, exemptBy }));
  });

/** Moments around whole hours, often the same. */
const moment = fc
  .tuple(fc.integer({ min: -1, max: 3 }), fc.constantFrom(-1, 0, 1, 1_000, HOUR / 2))
  .map(([hours, more]) => START + hours * HOUR + more);

const optOut = { rules: [], containers: undefined, reason: '', until: '', honouredBy: [], ignored: [] };

/** One record, as it is read back: nothing in it is undefined. */
const record: fc.Arbitrary<AuditRecord> = fc
  .record({
    time: moment.map((time) => new Date(time).toISOString()),
    uid: fc.constantFrom('a', 'b', 'c'),
    dryRun: fc.constant(false as const),
    operation: fc.constant('CREATE'),
    kind: rarely(['Deployment']),
    gate: rarely(['denied', 'audited'] as const),
    refused: rarely(['The gate says no.']),
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
  .map((fields) => JSON.parse(JSON.stringify(fields)) as AuditRecord);

interface Echo {
  readonly of: number;
  readonly after: number;
  readonly follows: boolean;
}

/** Comes after another record, most often as its next pass. */
const echo: fc.Arbitrary<Echo | undefined> = fc.option(
  fc.record({ of: fc.nat(), after: fc.constantFrom(0, 1, 1_000, 60_000, 60_001, HOUR), follows: fc.boolean() }),
  { nil: undefined, freq: 2 },
);

function echoing(own: AuditRecord, before: readonly AuditRecord[], how: Echo | undefined): AuditRecord {
  const one = how && before[how.of % before.length];
  if (!one) return own;
  const time = new Date(Date.parse(one.time) + how.after).toISOString();
  if (!how.follows) return { ...own, time, follows: one.uid };
  const { namespace, name, generateName, user } = one;
  return JSON.parse(
    JSON.stringify({ ...own, time, follows: one.uid, namespace, name, generateName, user }),
  ) as AuditRecord;
}

/** Records in the order in which they are recorded; some are passes of one request, and some only look so. */
export const records: fc.Arbitrary<AuditRecord[]> = fc.array(fc.tuple(record, echo), { maxLength: 40 }).map((all) =>
  all.reduce<AuditRecord[]>((before, [own, how], i) => {
    const one = echoing(own, before, how);
    return [...before, { ...one, uid: `${one.uid}${i}` }];
  }, []),
);

/** What becomes of a record, and how many steps later that is told. */
export interface Told {
  readonly of: number;
  readonly status: AdmissionStatus;
  readonly late: number;
}

export const told: fc.Arbitrary<Told[]> = fc.array(
  fc.record({ of: fc.nat(), status: fc.constantFrom(...STATUSES), late: fc.nat({ max: 2 }) }),
  { maxLength: 20 },
);

/** A record, and what became of it. */
export interface Kept {
  readonly record: AuditRecord;
  result?: AdmissionResult;
}

/** The lines of a journal, by steps, each of which is taken in before the next is written. */
export type Script = readonly (readonly (AuditRecord | ResultLine)[])[];

/** Tells records, and what became of them, in a few steps. */
export function scriptOf(all: readonly AuditRecord[], results: readonly Told[], steps: number): Script {
  const script: (AuditRecord | ResultLine)[][] = Array.from({ length: steps + 2 }, () => []);
  const stepOf = (i: number): number => Math.floor((i * steps) / all.length);
  all.forEach((one, i) => script[stepOf(i)]!.push(one));
  results.forEach(({ of, status, late }, i) => {
    if (all.length === 0) return;
    const { uid, time: recorded } = all[of % all.length]!;
    const result = { status, time: new Date(START + i).toISOString() };
    script[stepOf(of % all.length) + late]!.push({ result, uid, recorded });
  });
  return script;
}

const canHaveResult = ({ gate, kind, refused }: AuditRecord): boolean => !gate && !kind && !refused;

/** What a store holds that took a script in. */
export function keptOf(script: Script): Kept[] {
  const all: Kept[] = [];
  for (const step of script) {
    for (const line of step) if (!('result' in line)) all.push({ record: line });
    for (const line of step) {
      if (!('result' in line)) continue;
      const of = inOrder(all).find(({ record: one }) => one.uid === line.uid && one.time >= line.recorded);
      if (!of || !canHaveResult(of.record)) continue;
      if (!of.result || (of.result.status === 'unknown' && line.result.status !== 'unknown')) of.result = line.result;
    }
  }
  return all;
}

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
      exception: fc.constantFrom(...EXCEPTIONS, 'nobody'),
      result: fc.constantFrom(...STATUSES, 'pending' as const),
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

const exceptionsIn = ({ exemptBy = [] }: Finding): string[] =>
  exemptBy.filter((by) => by !== 'opt-out').map((by) => by.slice('exception/'.length));

const TESTS: {
  [K in keyof AuditFilter]-?: (of: AuditRecord, value: NonNullable<AuditFilter[K]>, kept: Kept) => boolean;
} = {
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
  exception: ({ findings }, value) => findings.some((one) => exceptionsIn(one).includes(value)),
  result: (of, value, { result }) => (result?.status ?? (canHaveResult(of) ? 'pending' : '')) === value,
};

const isMeant = (of: Kept, asked: AuditFilter): boolean =>
  Object.entries(asked).every(([key, value]) =>
    (TESTS[key as keyof AuditFilter] as (a: AuditRecord, b: unknown, c: Kept) => boolean)(of.record, value, of),
  );

/** In the order of a store: by time, and where that is the same as they were recorded. */
const inOrder = (all: readonly Kept[]): Kept[] =>
  all.toSorted((a, b) => Date.parse(a.record.time) - Date.parse(b.record.time));

const kept = (all: readonly Kept[], asked: AuditFilter): Kept[] => inOrder(all).filter((one) => isMeant(one, asked));

/** What `records` must give. */
export const meant = (all: readonly Kept[], asked: AuditFilter): AuditRecord[] =>
  kept(all, asked).map(({ record: one }) => one);

/** What `awaited` must give. */
export const awaited = (all: readonly Kept[], since: number): AuditRecord[] => meant(all, { since, result: 'pending' });

function areLinked({ record: a }: Kept, { record: b }: Kept): boolean {
  const identity = (of: AuditRecord): unknown[] => [of.namespace, of.name, of.generateName, of.user];
  return (
    (a.uid === b.uid || a.follows === b.uid || b.follows === a.uid) &&
    JSON.stringify(identity(a)) === JSON.stringify(identity(b)) &&
    Math.abs(Date.parse(a.time) - Date.parse(b.time)) <= 60_000
  );
}

/** All passes of the request of one, in their order. */
function passesOf(all: readonly Kept[], one: Kept): Kept[] {
  const found = new Set([one]);
  for (const of of found) for (const other of all) if (areLinked(of, other)) found.add(other);
  return inOrder(all).filter((other) => found.has(other));
}

function entryOfPasses(passes: readonly Kept[]): AuditEntry {
  const [{ record: first }] = passes as [Kept];
  const result = passes.findLast((one) => one.result)?.result;
  const entry = { uid: first.uid, time: Date.parse(first.time), passes: passes.map((one) => one.record) };
  return result ? { ...entry, result } : entry;
}

/** What `show` must give. */
export function entryOf(all: readonly Kept[], uid: string): AuditEntry | undefined {
  const one = inOrder(all).find((other) => other.record.uid === uid);
  return one && entryOfPasses(passesOf(all, one));
}

/** What all pages of `list` together must give. */
export function listed(all: readonly Kept[], asked: AuditFilter): AuditEntry[] {
  const seen = new Set<Kept>();
  const entries: AuditEntry[] = [];
  for (const one of kept(all, asked)) {
    if (seen.has(one)) continue;
    const passes = passesOf(all, one);
    for (const pass of passes) seen.add(pass);
    entries.unshift(entryOfPasses(passes));
  }
  return entries;
}

/** What `uids` must give. */
export const uidsOf = (all: readonly Kept[], prefix: string): string[] => [
  ...new Set(
    inOrder(all)
      .map(({ record: { uid } }) => uid)
      .filter((uid) => uid.startsWith(prefix))
      .reverse(),
  ),
];

/** What `lastUse` must give. */
export function lastUse(all: readonly Kept[], exception: string): number | undefined {
  const last = meant(all, { exception }).at(-1);
  return last && Date.parse(last.time);
}

/** What `postures` must give. */
export function postures(all: readonly Kept[], { since = -Infinity, until = Infinity }: Period): NamespacePosture[] {
  const hours = (time: string): number => Math.floor(Date.parse(time) / HOUR);
  const within = all
    .map(({ record: one }) => one)
    .filter(({ time }) => hours(time) >= Math.floor(since / HOUR) && hours(time) < Math.ceil(until / HOUR));
  const found = [...Map.groupBy(within, ({ namespace }) => namespace)].map(([namespace, of]) => ({
    namespace,
    records: of.length,
    outcomes: Object.fromEntries(
      tally(of.flatMap(({ findings }) => findings.map(({ outcome }) => outcome))).map(({ name, count }) => [
        name,
        count,
      ]),
    ),
    optOuts: of.filter(({ optOut: one }) => one !== undefined).length,
    findings: of.flatMap(({ findings }) => findings).length,
  }));
  return found
    .sort((a, b) => b.findings - a.findings || b.records - a.records || (a.namespace < b.namespace ? -1 : 1))
    .map(({ namespace, records: count, outcomes, optOuts }) => ({ namespace, records: count, outcomes, optOuts }));
}

function tally(names: readonly string[]): AuditCount[] {
  const counted = [...Map.groupBy(names, (name) => name)].map(([name, { length: count }]) => ({ name, count }));
  return counted.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}

/** What `stats` must give. */
export function numbers(all: readonly Kept[], asked: AuditFilter): AuditStats {
  const of = kept(all, asked);
  const from = of.map(({ record: one }) => one);
  const findings = from.flatMap((one) => one.findings);
  const times = from.map(({ time }) => Date.parse(time));
  return {
    records: from.length,
    ...(from.length > 0 ? { first: Math.min(...times), last: Math.max(...times) } : {}),
    outcomes: tally(findings.map(({ outcome }) => outcome)),
    policies: tally(findings.flatMap(({ policies }) => policies)),
    rules: tally(findings.map(({ rule }) => rule)),
    capabilities: tally(findings.flatMap(capabilitiesIn)),
    namespaces: tally(from.flatMap(({ namespace, findings: some }) => some.map(() => namespace))),
    taken: tally(findings.filter(({ outcome }) => outcome === 'hardened').flatMap(capabilitiesIn)),
    wouldChange: tally(
      findings
        .filter(({ outcome }) => outcome === 'audited')
        .flatMap(({ policies, rule }) => policies.map((policy) => `${policy}/${rule}`)),
    ),
    exceptions: tally(findings.flatMap(exceptionsIn)),
    results: tally(of.flatMap(({ result }) => (result ? [result.status] : []))),
    hours: tally(from.map(({ time }) => time.slice(0, 13))).sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
