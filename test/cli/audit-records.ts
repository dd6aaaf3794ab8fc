/** Audit records that the engine made of pods, and stores of them, filled as a server fills them. */
import { join } from 'node:path';
import { openJournal } from '../../src/audit/journal.ts';
import { journalFolder } from '../../src/audit/journal-segments.ts';
import { recordOf, type AuditRecord, type Circumstances } from '../../src/audit/record.ts';
import { NOTHING, type Decision } from '../../src/engine/decision.ts';
import { evaluate } from '../../src/engine/evaluate.ts';
import { gate } from '../../src/engine/gate.ts';
import type { ResultLine } from '../../src/audit/admission-result.ts';
import type { PolicyDocument } from '../../src/engine/policy.ts';
import { policySetOf, type PolicySet } from '../../src/engine/policy-set.ts';
import type { Request } from '../../src/engine/request.ts';
import { templateRequest } from '../../src/engine/template.ts';
import { nameLabel } from '../../src/kube/source.ts';
import { openPolicies } from '../../src/cli/policies.ts';
import { hasCorpus, readCorpus, templatesOf } from '../corpus.ts';
import type { Json, JsonMap } from '../pods.ts';
import { folderOf } from './command.ts';

const TODAY = '2026-11-22';
const NOON = Date.parse('2026-11-22T12:00:00Z');
const MINUTE = 60_000;

const DOCUMENTS: readonly PolicyDocument[] = [
  {
    kind: 'HardeningPolicy',
    metadata: { name: 'restricted' },
    spec: {
      mode: 'enforce',
      match: { namespaces: ['shop', 'batch', 'kube-system'] },
      capabilities: { drop: ['ALL'], allowedAdd: ['NET_BIND_SERVICE'] },
      allowPrivilegeEscalation: false,
      gate: { missed: 'enforce' },
    },
  },
  {
    kind: 'HardeningPolicy',
    metadata: { name: 'watched' },
    spec: { mode: 'audit', match: { namespaces: ['lab'] }, capabilities: { drop: ['ALL'] } },
  },
  {
    kind: 'HardeningException',
    metadata: { name: 'keep-chown' },
    spec: {
      reason: 'chowns its volume',
      owner: 'team-a',
      rules: ['capabilities.drop'],
      match: { containers: ['spared'] },
    },
  },
];

const SET = policySetOf(DOCUMENTS);

const pod = (containers: readonly JsonMap[], metadata: JsonMap = {}, spec: JsonMap = {}): JsonMap => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata,
  spec: { ...spec, containers: [...containers] },
});

const OPT_OUT = {
  'dropcap.dev/opt-out': 'capabilities.drop',
  'dropcap.dev/opt-out-reason': '=HYPERLINK("http://example.com"), "as root"',
};

const requestOf = (object: Json, namespace: string): Request => ({
  operation: 'CREATE',
  subResource: '',
  namespace,
  namespaceLabels: { ...nameLabel(namespace), ...(namespace === 'shop' && { 'dropcap.dev/allow-opt-out': 'true' }) },
  user: { username: 'alice', groups: [] },
  object,
  oldObject: null,
  base: '',
  workload: undefined,
});

/** Uid of a record, by its number. */
export const uidOf = (number: number): string => `${String(number).padStart(8, '0')}-7f3a-4c0e-9d55-0a2f6f0e1b11`;

const recorded = (number: number, decision: Decision, more: Partial<Circumstances>): AuditRecord =>
  recordOf(
    {
      time: NOON + number * MINUTE,
      uid: uidOf(number),
      operation: 'CREATE',
      subResource: '',
      kind: '',
      namespace: 'shop',
      name: '',
      generateName: '',
      owner: '',
      username: 'alice',
      policySet: '541c7be4b5d6',
      durationMs: 1.625,
      ...more,
    },
    decision,
    { instance: 'dropcap-6c8f', version: '1.2.3' },
  );

const decided = (number: number, object: JsonMap, namespace: string, more: Partial<Circumstances> = {}): AuditRecord =>
  recorded(number, evaluate(requestOf(object, namespace), SET, { today: TODAY, annotate: false }), {
    namespace,
    ...more,
  });

const LOOSE = { name: 'app', securityContext: { capabilities: { add: ['SYS_ADMIN', 'NET_BIND_SERVICE'] } } };
const CONTROLLER = 'system:serviceaccount:kube-system:replicaset-controller';

/** What is in the names and texts of the ninth record: colours, a title, text backwards, a line end, a new tab. */
export const EVIL = '\u001b[31mred\u001b]0;title\u0007\u202Ebackwards\u009b2J\nnext\ttab';

function gated(number: number): AuditRecord {
  const { decision, action } = gate(requestOf(pod([LOOSE]), 'shop'), SET, TODAY);
  return recorded(number, decision, { name: 'late', gate: action, refused: 'capabilities.drop of container app' });
}

/** A record of each kind, a minute apart from 2026-11-22 12:00 UTC, by its number. */
export const RECORDS: readonly AuditRecord[] = [
  decided(0, pod([LOOSE, { name: 'sidecar' }]), 'shop', {
    generateName: 'web-6d9f-',
    owner: 'ReplicaSet/web-6d9f',
    username: CONTROLLER,
  }),
  decided(1, pod([{ name: 'spared' }, { name: 'other' }]), 'batch', { name: 'nightly', owner: 'Job/nightly' }),
  decided(2, pod([{ name: 'agent', securityContext: { privileged: true } }]), 'kube-system', { name: 'agent' }),
  decided(3, pod([{ name: 'app' }], {}, { os: { name: 'windows' } }), 'shop', { name: 'iis' }),
  decided(4, pod([LOOSE], { annotations: OPT_OUT }), 'shop', { name: 'opted', username: 'bob' }),
  decided(5, pod([LOOSE], { annotations: OPT_OUT }), 'batch', { name: 'refused-opt-out', username: 'bob' }),
  decided(6, pod([{ name: 'app' }]), 'lab', { name: 'watched' }),
  gated(7),
  recorded(8, NOTHING, { name: 'huge', refused: 'spec: 2001 containers, at most 2000' }),
  decided(9, pod([{ ...LOOSE, name: EVIL }]), 'shop', { name: EVIL, username: `+${EVIL}` }),
  decided(10, pod([{ name: 'app' }]), 'shop', { kind: 'Deployment', name: 'web' }),
];

const POD_UID = '5e6f1c1e-52b6-4f0a-9a27-3c1f0d9b7a10';

const resultOf = (number: number, { time, ...result }: ResultLine['result']): ResultLine => ({
  result: { ...result, time },
  uid: uidOf(number),
  recorded: RECORDS[number]!.time,
});

/** What became of some of them: admitted, altered, not admitted, and not known. */
export const RESULTS: readonly ResultLine[] = [
  resultOf(1, { status: 'admitted', time: '2026-11-22T12:01:00.400Z', pod: { name: 'nightly', uid: POD_UID } }),
  resultOf(5, {
    status: 'altered',
    time: '2026-11-22T12:05:01.000Z',
    pod: { name: 'refused-opt-out', uid: POD_UID },
    alterations: [
      { container: 'app', rule: 'capabilities.add', proposed: ['NET_BIND_SERVICE'], found: ['SYS_ADMIN'] },
      { container: 'app', rule: 'allowPrivilegeEscalation', proposed: false, found: null },
    ],
  }),
  resultOf(0, { status: 'not-admitted', time: '2026-11-22T12:02:00.000Z' }),
  resultOf(4, { status: 'unknown', time: '2026-11-22T12:06:00.000Z', reason: 'the watch had a gap' }),
];

/** Writes records into the journal of a store, as a server does that has ended. Nothing else of the store is made. */
export async function journalled(file: string, records: readonly (AuditRecord | ResultLine)[]): Promise<void> {
  const journal = await openJournal(journalFolder(file));
  await Promise.all(records.map((record) => journal.append(JSON.stringify(record))));
  await journal.close();
}

/** All that comes, in its order. */
export async function allOf<T>(coming: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of coming) all.push(one);
  return all;
}

/** Path of a store with these records, and results, which wait in its journal. */
export async function storeOf(records: readonly (AuditRecord | ResultLine)[] = RECORDS): Promise<string> {
  const file = join(folderOf(), 'audit.db');
  await journalled(file, records);
  return file;
}

/** Records of every pod template in the corpus, under a policy that enforces; none where the corpus is not there. */
export function corpusRecords(policies: readonly string[] = ['restricted', 'exceptions']): AuditRecord[] {
  if (!hasCorpus) return [];
  const { set }: { set: PolicySet } = openPolicies(policies, TODAY);
  const { templates } = templatesOf(readCorpus('A-manifests/'));
  return templates.flatMap((template, number) => {
    const namespace = template.namespace || 'default';
    const request = templateRequest(template, namespace, nameLabel(namespace));
    const decision = evaluate(request, set, { today: TODAY, annotate: false });
    const kind = template.kind === 'Pod' ? '' : template.kind;
    return decision.findings.length > 0 ? [recorded(number, decision, { namespace, kind, name: template.name })] : [];
  });
}
