/** Runs programs as pods, and says of each what became of it. */
import { connect } from 'node:net';
import { api } from './api.ts';
import { apply, kubectl, tryKubectl, until } from './kubectl.ts';
import { FILES } from './programs-table.ts';
import type { Check, Moment, Start, Variant } from './programs-terms.ts';

/** One pod to be run. */
export interface Run {
  readonly namespace: string;
  readonly name: string;
  readonly start: Start;
  readonly variant: Variant;
  /** Is it expected to run on without doing what it is there for? All others are waited for longer. */
  readonly failsInUse: boolean;
}

/** What became of it. */
export interface Seen {
  readonly breaks: Moment | undefined;
  /** All that it printed, and what the runtime said where it could not be started. */
  readonly said: string;
  readonly shows: string;
  /** The enforcing policies that changed the pod. */
  readonly hardened: string | undefined;
}

interface State {
  readonly running?: { readonly startedAt: string };
  readonly terminated?: { readonly exitCode: number; readonly message?: string };
}

interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly status: {
    readonly podIP?: string;
    readonly containerStatuses?: readonly { readonly state: State; readonly restartCount: number }[];
  };
}

const IMAGE = 'localhost/programs:1';
const LABEL = { 'dropcap.test': 'programs' };
/** So many seconds after its start a program that does nothing yet is said to fail: it does so within a few. */
const PATIENCE = 45;
/** The same where it is expected to work: a machine that is busy with all the others may be slow, and is not to be blamed. */
const MUCH_PATIENCE = 200;

const keyOf = ({ namespace, name }: Pick<Run, 'namespace' | 'name'>): string => `${namespace}/${name}`;

function podOf({ namespace, name, start, variant }: Run): object {
  const { uid, command, pod, add } = { ...start, ...variant };
  const container = {
    name: 'program',
    image: IMAGE,
    imagePullPolicy: 'IfNotPresent',
    command,
    workingDir: '/data',
    securityContext: { runAsUser: uid, ...(add && { capabilities: { add } }) },
    volumeMounts: [
      { name: 'data', mountPath: '/data' },
      { name: 'files', mountPath: '/etc/programs' },
    ],
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, labels: { ...LABEL, program: name } },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      securityContext: pod,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      containers: [container],
      volumes: [
        { name: 'data', emptyDir: {} },
        { name: 'files', configMap: { name: 'programs' } },
      ],
    },
  };
}

/** Sends some bytes to a port, and says whether the answer holds what is expected. */
const isAnswered = (host: string, { port, sends, expects }: Check): Promise<boolean> =>
  new Promise((resolve) => {
    let answer = '';
    const socket = connect({ host, port: port!, timeout: 2000 }, () => socket.write(sends!));
    const end = (): void => {
      socket.destroy();
      resolve(answer.includes(expects!));
    };
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString();
      if (answer.includes(expects!)) end();
    });
    socket.on('timeout', end).on('error', end).on('close', end);
  });

const inside = ({ namespace, name }: Run, command: string) =>
  tryKubectl(['exec', name, '-n', namespace, '--', 'sh', '-c', command]);

async function passes(run: Run, check: Check, ip: string): Promise<boolean> {
  if (check.command !== undefined) return (await inside(run, check.command)).status === 0;
  // An address is given to another pod as soon as its own has ended: it answered for this one if this one still runs.
  return (await isAnswered(ip, check)) && (await inside(run, 'true')).status === 0;
}

/** What a look at a pod says: that it works, or at which moment it broke. */
type Verdict = Moment | 'works';

/** Undefined while it is open. The pod is as it was `asOf`, in milliseconds since 1970. */
async function verdictOn(run: Run, { status }: Pod, asOf: number): Promise<Verdict | undefined> {
  const check = run.variant.check ?? run.start.check;
  const { running, terminated } = status.containerStatuses?.[0]?.state ?? {};
  if (terminated?.exitCode === 0 && !check) return 'works';
  if (terminated) return check ? 'start' : 'run';
  if (!running || !check) return undefined;
  if (await passes(run, check, status.podIP!)) return 'works';
  const patience = run.failsInUse ? (check.patience ?? PATIENCE) : MUCH_PATIENCE;
  return asOf - Date.parse(running.startedAt) > patience * 1000 ? 'use' : undefined;
}

/** What was seen of a pod but its log. */
interface Closed {
  readonly verdict: Verdict;
  readonly pod: Pod;
  readonly shows: string;
}

async function stored(): Promise<Map<string, Pod>> {
  const { body } = await api('GET', '/api/v1/pods?labelSelector=dropcap.test%3Dprograms');
  const { items } = body as unknown as { items: Pod[] };
  return new Map(items.map((pod) => [keyOf(pod.metadata), pod]));
}

/** Looks at every pod that is open, and closes those of which it sees what became. */
async function look(open: Set<Run>, closed: Map<Run, Closed>): Promise<void> {
  const asOf = Date.now();
  const pods = await stored();
  const each = [...open].map(async (run) => {
    const pod = pods.get(keyOf(run))!;
    const verdict = await verdictOn(run, pod, asOf);
    if (verdict === undefined) return;
    const { look: closer } = run.start;
    const shows = verdict === 'works' && closer !== undefined ? (await inside(run, closer)).stdout.trim() : '';
    closed.set(run, { verdict, pod, shows });
    open.delete(run);
  });
  await Promise.all(each);
}

/** What the pods of a namespace printed, by namespace and name. */
async function logsOf(namespace: string): Promise<ReadonlyMap<string, string>> {
  const selector = Object.entries(LABEL).map(([key, value]) => `${key}=${value}`);
  const all = ['--tail=-1', '--prefix', '--max-log-requests=250'];
  const log = await kubectl(['logs', '-n', namespace, '-l', selector.join(','), ...all]);
  const said = new Map<string, string>();
  // Not by lines: what a program printed last may lack the end of one.
  const [, ...pieces] = log.split(/\[pod\/([^/\]]+)\/program\] /);
  for (let i = 0; i < pieces.length; i += 2) {
    const key = keyOf({ namespace, name: pieces[i]! });
    said.set(key, `${said.get(key) ?? ''}${pieces[i + 1]!}`);
  }
  return said;
}

const NEVER_EXECUTED = /exec [^\n]*: operation not permitted/;

function seen({ verdict, pod, shows }: Closed, log: string): Seen {
  const said = `${log}${pod.status.containerStatuses?.[0]?.state.terminated?.message ?? ''}`;
  return {
    breaks: verdict === 'works' ? undefined : NEVER_EXECUTED.test(said) ? 'exec' : verdict,
    said,
    shows,
    hardened: pod.metadata.annotations?.['dropcap.dev/hardened'],
  };
}

/** Runs all pods at the same time, and says what became of each. */
export async function runPrograms(runs: readonly Run[]): Promise<ReadonlyMap<Run, Seen>> {
  const namespaces = [...new Set(runs.map(({ namespace }) => namespace))];
  const files = namespaces.map((namespace) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'programs', namespace },
    data: FILES,
  }));
  await apply([...files, ...runs.map(podOf)]);
  const open = new Set(runs);
  const closed = new Map<Run, Closed>();
  const isDone = async (): Promise<boolean> => {
    await look(open, closed);
    return open.size === 0;
  };
  await until('an outcome of every program', isDone, 360);
  const logs = new Map((await Promise.all(namespaces.map(logsOf))).flatMap((said) => [...said]));
  return new Map([...closed].map(([run, one]) => [run, seen(one, logs.get(keyOf(run)) ?? '')]));
}
