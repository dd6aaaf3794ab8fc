/**
 * The audit record against the kernel: what /proc/self/status says inside containers of all kinds is what the record promised.
 * Both are also compared with masks that are written here.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AuditRecord } from '../../src/audit/record.ts';
import { api } from './api.ts';
import { count } from './counts.ts';
import { records, untilServing } from './dropcap.ts';
import { addExceptions, removeExceptions } from './exceptions.ts';
import { apply, kubectl, kubectlJson, tryKubectl, until } from './kubectl.ts';
import { explained, type Explained } from './explained.ts';
import { dropNamespaces, enforcing, namespace } from './namespaces.ts';
import { BUSYBOX, container, pod, type ContainerFields } from './pods.ts';
import { mask, promised, statusIn, type Asked, type Status } from './promise.ts';

const DEFAULT = '00000000a80425fb';
const NOTHING = '0000000000000000';
/** Whatever the node itself may give. */
const ALL = 'all';

/** One pod. Its init container, sidecar, container and ephemeral container all ask for the same. */
interface Case {
  readonly claim: string;
  readonly asks: Asked;
  /** CapBnd; CapEff as well, but for a process of a user, whose CapEff is empty. */
  readonly holds: string;
  readonly noNewPrivs: 0 | 1;
  /** Complies, so that there is nothing to record. */
  readonly unrecorded?: true;
  /** Capabilities that an exception lets it keep. */
  readonly keeps?: readonly string[];
  readonly optsOut?: string;
}

const MUCH: Asked = { add: ['SYS_ADMIN', 'NET_BIND_SERVICE'], drop: ['NET_RAW'] };
const PRIVILEGED: Asked = { privileged: true };
const USER: Asked = { runAsUser: 1000 };
const LOWER_CASE: Asked = { add: ['net_admin'], drop: ['all'] };

/** Pods by the namespace that they run in; each namespace is named by what its labels ask for. */
const CASES = {
  nothing: [
    { claim: 'a pod that asks for nothing', asks: {}, holds: DEFAULT, noNewPrivs: 0 },
    { claim: 'one that adds and drops', asks: MUCH, holds: '00000000a82405fb', noNewPrivs: 0 },
    { claim: 'CAP_NET_ADMIN, which names nothing', asks: { add: ['CAP_NET_ADMIN'] }, holds: DEFAULT, noNewPrivs: 0 },
    { claim: 'net_admin and all', asks: LOWER_CASE, holds: '0000000000001000', noNewPrivs: 0 },
    { claim: 'a user', asks: USER, holds: DEFAULT, noNewPrivs: 0 },
    { claim: 'privileged', asks: PRIVILEGED, holds: ALL, noNewPrivs: 0 },
  ],
  restricted: [
    { claim: 'a pod that asks for nothing', asks: {}, holds: NOTHING, noNewPrivs: 1 },
    { claim: 'one that adds and drops', asks: MUCH, holds: '0000000000000400', noNewPrivs: 1 },
    { claim: 'NET_BIND_SERVICE', asks: { add: ['NET_BIND_SERVICE'] }, holds: '0000000000000400', noNewPrivs: 1 },
    {
      claim: 'CAP_NET_BIND_SERVICE, held by default and so corrected',
      asks: { add: ['CAP_NET_BIND_SERVICE'] },
      holds: '0000000000000400',
      noNewPrivs: 1,
    },
    { claim: 'net_admin and all', asks: LOWER_CASE, holds: NOTHING, noNewPrivs: 1 },
    { claim: 'ALL added and dropped', asks: { add: ['ALL'], drop: ['all'] }, holds: NOTHING, noNewPrivs: 1 },
    { claim: 'names of nothing', asks: { add: ['BOGUS', 'CAP_ALL'] }, holds: NOTHING, noNewPrivs: 1 },
    { claim: 'true, overridden', asks: { allowPrivilegeEscalation: true }, holds: NOTHING, noNewPrivs: 1 },
    { claim: 'a user', asks: USER, holds: NOTHING, noNewPrivs: 1 },
    { claim: 'privileged, which nothing mends', asks: PRIVILEGED, holds: ALL, noNewPrivs: 0 },
    {
      claim: 'SYS_ADMIN allowed by an exception',
      asks: { add: ['SYS_ADMIN'] },
      keeps: ['SYS_ADMIN'],
      holds: '0000000000200000',
      noNewPrivs: 0,
    },
    { claim: 'CHOWN given back by an exception', asks: {}, keeps: ['CHOWN'], holds: '0000000000000001', noNewPrivs: 1 },
    {
      claim: 'CAP_NET_ADMIN, allowed and still the name of nothing',
      asks: { add: ['CAP_NET_ADMIN'] },
      keeps: ['NET_ADMIN'],
      holds: NOTHING,
      noNewPrivs: 1,
    },
    { claim: 'an opt-out where none is allowed', asks: {}, optsOut: 'true', holds: NOTHING, noNewPrivs: 1 },
  ],
  compatible: [
    { claim: 'a pod that asks for nothing', asks: {}, holds: '00000000000004cb', noNewPrivs: 1 },
    { claim: 'one that adds and drops', asks: MUCH, holds: '00000000000004cb', noNewPrivs: 1 },
    { claim: 'CHOWN dropped by its author', asks: { drop: ['CHOWN'] }, holds: '00000000000004ca', noNewPrivs: 1 },
    {
      claim: 'CAP_CHOWN dropped, which only some runtimes heed',
      asks: { drop: ['CAP_CHOWN'] },
      holds: '00000000000004ca',
      noNewPrivs: 1,
    },
    { claim: 'a user', asks: USER, holds: '00000000000004cb', noNewPrivs: 1 },
    { claim: 'privileged, which nothing mends', asks: PRIVILEGED, holds: ALL, noNewPrivs: 0 },
  ],
  baseline: [
    { claim: 'a pod that asks for nothing', asks: {}, holds: DEFAULT, noNewPrivs: 0, unrecorded: true },
    { claim: 'one that adds and drops', asks: MUCH, holds: '00000000a80405fb', noNewPrivs: 0 },
  ],
  'restricted, and allows opting out': [
    { claim: 'opted out of everything', asks: {}, optsOut: 'true', holds: DEFAULT, noNewPrivs: 0 },
    { claim: 'opted out of one rule', asks: {}, optsOut: 'capabilities.drop', holds: DEFAULT, noNewPrivs: 1 },
  ],
} satisfies Readonly<Record<string, readonly Case[]>>;

const KINDS = { init: 'initContainers', sidecar: 'initContainers', main: 'containers', late: 'ephemeralContainers' };

type Name = keyof typeof KINDS;

// Without a second process: these are the lines of the container's first.
const READ = 'while read -r line; do echo "$line"; done </proc/self/status';

const fields = ({ asks: { add, drop, ...others } }: Case, last: string): ContainerFields => ({
  image: BUSYBOX,
  command: ['sh', '-c', `${READ}; ${last}`],
  securityContext: { ...others, capabilities: { add, drop } },
});

function podOf(found: Case, name: string): object {
  const { claim, optsOut } = found;
  const annotations = optsOut && { 'dropcap.dev/opt-out': optsOut, 'dropcap.dev/opt-out-reason': claim };
  const initContainers = [
    container('init', fields(found, 'exit')),
    container('sidecar', { ...fields(found, 'exec sleep 3600'), restartPolicy: 'Always' }),
  ];
  const metadata = { labels: { case: name }, annotations };
  return pod(name, fields(found, 'exec sleep 3600'), { initContainers }, metadata);
}

/** The pod as it is submitted. */
function manifestOf({ found, name, namespace: ns }: Run): object {
  const made = podOf(found, name) as { metadata: object };
  return { ...made, metadata: { ...made.metadata, namespace: ns } };
}

const late = (found: Case): object => ({
  spec: { ephemeralContainers: [container('late', fields(found, 'exec sleep 3600'))] },
});

/** One pod that runs, with what is known of it before anything is compared. */
interface Run {
  readonly where: string;
  readonly namespace: string;
  readonly name: string;
  readonly found: Case;
}

const runs: Run[] = [];
let written: readonly AuditRecord[];
let node: bigint;
const logs = new Map<Run, Map<string, string>>();

/** What each container printed, by its name; undefined until all have. */
async function printed({ namespace: ns, name }: Run, expected: readonly string[]) {
  // Fails as long as one of them waits to be started.
  const { stdout: log } = await tryKubectl(['logs', name, '-n', ns, '--all-containers', '--prefix', '--tail=-1']);
  const texts = new Map<string, string>();
  for (const [, from, line] of log.matchAll(/^\[pod\/[^/]+\/([^\]]+)\] (.*)$/gm))
    texts.set(from!, `${texts.get(from!) ?? ''}${line}\n`);
  return expected.every((one) => texts.get(one)?.includes('NoNewPrivs')) && texts;
}

async function namespaces(): Promise<Record<string, string>> {
  const [nothing, restricted, compatible, baseline, optOut] = await Promise.all([
    namespace(),
    enforcing('restricted'),
    enforcing('compatible'),
    enforcing('baseline'),
    namespace({ 'dropcap.dev/enforce': 'restricted', 'dropcap.dev/allow-opt-out': 'true' }),
  ]);
  return { nothing, restricted, compatible, baseline, 'restricted, and allows opting out': optOut };
}

/** What a privileged container gets: as much as the first process of its node may give. */
async function readNode(ns: string): Promise<bigint> {
  const fields = { command: ['cat', '/proc/1/status'], securityContext: { privileged: true } };
  await apply([pod('node', fields, { hostPID: true, restartPolicy: 'Never' })], '-n', ns);
  await kubectl(['wait', 'pod/node', '-n', ns, '--for=jsonpath={.status.phase}=Succeeded', '--timeout=180s']);
  return BigInt(`0x${statusIn(await kubectl(['logs', 'node', '-n', ns])).CapBnd}`);
}

const exceptionsFor = (ofRuns: readonly Run[]) =>
  Object.fromEntries(
    ofRuns.flatMap(({ found: { keeps }, namespace: ns, name }) =>
      keeps ? [[name, { match: { namespaces: [ns], podSelector: { matchLabels: { case: name } } }, keep: keeps }]] : [],
    ),
  );

async function start(): Promise<void> {
  await untilServing();
  const made = await namespaces();
  for (const [where, cases] of Object.entries(CASES))
    cases.forEach((found: Case, i) =>
      runs.push({ where, namespace: made[where]!, name: `case-${Object.keys(CASES).indexOf(where)}-${i}`, found }),
    );
  await addExceptions(exceptionsFor(runs));
  [node] = await Promise.all([readNode(made['nothing']!), apply(runs.map(manifestOf))]);
}

async function addLate({ found, namespace: ns, name }: Run): Promise<void> {
  const path = `/api/v1/namespaces/${ns}/pods/${name}/ephemeralcontainers`;
  const { status, body } = await api('PATCH', path, late(found), 'application/strategic-merge-patch+json');
  expect([status, body['message']]).toEqual([200, undefined]);
}

beforeAll(async () => {
  const { items } = await kubectlJson<{ items: { status: { nodeInfo: { containerRuntimeVersion: string } } }[] }>(
    'get',
    'nodes',
  );
  for (const { status } of items) expect(status.nodeInfo.containerRuntimeVersion).toMatch(/^containerd:/);
  await start();
  const places = [...new Set(runs.map((run) => run.namespace))];
  await Promise.all(
    places.map((ns) => kubectl(['wait', 'pod', '-l', 'case', '-n', ns, '--for=condition=Ready', '--timeout=180s'])),
  );
  await Promise.all(runs.map(addLate));
  for (const run of runs)
    logs.set(run, await until(`what ${run.name} printed`, () => printed(run, Object.keys(KINDS)), 120));
  written = await records();
});

afterAll(async () => {
  await dropNamespaces();
  await removeExceptions();
});

/** The findings on one container, out of the record of the request that brought it. */
function findingsOn({ namespace: ns, name }: Run, of: string, subResource: string | undefined, recorded: boolean) {
  const own = written.filter(
    (record) => record.namespace === ns && record.name === name && record.subResource === subResource && !record.gate,
  );
  const findings = own.flatMap((record) => record.findings).filter((finding) => finding.container === of);
  expect(findings.length > 0).toBe(recorded);
  return findings;
}

let compared = 0;

function expectStatus(run: Run, of: Name): void {
  const { asks, holds, noNewPrivs } = run.found;
  const subResource = KINDS[of] === 'ephemeralContainers' ? 'ephemeralcontainers' : undefined;
  const promise = promised(asks, findingsOn(run, of, subResource, !run.found.unrecorded), node);
  expect({ of, ...statusIn(logs.get(run)!.get(of)!) }).toEqual({ of, ...promise });
  const bounding = holds === ALL ? mask(node) : holds;
  const here: Status = {
    CapEff: asks.runAsUser ? NOTHING : bounding,
    CapBnd: bounding,
    NoNewPrivs: String(noNewPrivs),
  };
  expect({ of, ...promise }).toEqual({ of, ...here });
  compared++;
}

const table = Object.entries(CASES).flatMap(([where, cases]) =>
  cases.map(({ claim, holds, noNewPrivs }, i) => ({ where, i, claim, holds, noNewPrivs })),
);

test.each(table)('where $where is enforced, $claim holds $holds and no_new_privs $noNewPrivs', ({ where, i }) => {
  const run = runs.filter((one) => one.where === where)[i]!;
  for (const of of Object.keys(KINDS) as Name[]) expectStatus(run, of);
});

/** The lines of /proc/self/status that were foretold. A node may have fewer capabilities than there are. */
function foretold({ rights: { runAs, after } }: Explained): Status {
  const { bounding, effective } = after.runtimes.containerd;
  const here = (hex: string): string => mask(BigInt(`0x${hex}`) & node);
  // Where the image decides as whom it runs: this one runs as root.
  const own = effective ?? (runAs.neverRoot ? NOTHING : bounding);
  return { CapEff: here(own), CapBnd: here(bounding), NoNewPrivs: after.noNewPrivs ? '1' : '0' };
}

test('what dropcap explain foretold is what the containers hold', async () => {
  const told = await explained(runs.map(manifestOf));
  for (const run of runs) {
    const own = told.filter(({ workload, namespace: ns }) => workload === `Pod/${run.name}` && ns === run.namespace);
    expect(own.map((one) => one.container).sort()).toEqual(['init', 'main', 'sidecar']);
    for (const one of own)
      expect({ one: one.workload, ...statusIn(logs.get(run)!.get(one.container)!) }).toEqual({
        one: one.workload,
        ...foretold(one),
      });
  }
  count('pods whose masks dropcap explain foretold', runs.length);
  count('containers of theirs', told.length);
});

test('what kubectl debug adds to a pod holds what its record promises', async () => {
  const plain = runs.filter(({ found }) => found.claim === 'a pod that asks for nothing');
  for (const run of plain) {
    const { namespace: ns, name } = run;
    await kubectl(['debug', name, '-n', ns, `--image=${BUSYBOX}`, '--container=debug', '--', 'sh', '-c', READ]);
  }
  for (const run of plain) {
    const texts = await until(`what the debugger of ${run.name} printed`, () => printed(run, ['debug']));
    written = await records();
    // What kubectl's profile asks for, SYS_PTRACE, stands in the record alone, and no policy leaves it.
    const promise = promised({}, findingsOn(run, 'debug', 'ephemeralcontainers', true), node);
    expect(statusIn(texts.get('debug')!)).toEqual(promise);
    compared++;
  }
});

test('a process that enters by kubectl exec holds what the container does', async () => {
  const chosen = runs.filter((_, i) => i % 4 === 0);
  for (const run of chosen) {
    const text = await kubectl(['exec', run.name, '-n', run.namespace, '-c', 'main', '--', 'cat', '/proc/self/status']);
    expect(statusIn(text)).toEqual(statusIn(logs.get(run)!.get('main')!));
  }
  count('processes that entered by kubectl exec', chosen.length);
  count('pods', runs.length);
  count('containers whose CapEff, CapBnd and NoNewPrivs are what the record promised', compared);
});
