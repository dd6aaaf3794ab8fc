/** Times the engine alone, in a process of its own on the servers' core. Argument: the number of blocks. Sends `EngineTimes`. */
import { evaluate } from '../../src/engine/evaluate.ts';
import type { HardeningPolicy } from '../../src/engine/policy.ts';
import { policySetOf, type PolicySet } from '../../src/engine/policy-set.ts';
import type { Request } from '../../src/engine/request.ts';
import { pod } from './payloads.ts';
import { app, namespace, podOf } from './pod.ts';
import { seeded, shuffled } from './statistics.ts';

/** µs per operation, one number per block, by the name of what was timed. */
export type EngineTimes = Readonly<Record<string, readonly number[]>>;

const team = namespace.replace(/\d+$/, '');
const orders = app.replace(/\d+$/, '');

const policy = (name: string, match: HardeningPolicy['spec']['match']): HardeningPolicy => ({
  kind: 'HardeningPolicy',
  metadata: { name },
  spec: {
    mode: 'enforce',
    match,
    capabilities: { drop: ['ALL'], allowedAdd: ['NET_BIND_SERVICE'] },
    allowPrivilegeEscalation: false,
  },
});

const many = (count: number, match: (n: number) => HardeningPolicy['spec']['match']): PolicySet =>
  policySetOf(Array.from({ length: count }, (_, n) => policy(`restricted-${n}`, match(n))));

const inNamespace = (n: number): HardeningPolicy['spec']['match'] => ({ namespaces: [`${team}${n}`] });
const withLabel = (n: number): HardeningPolicy['spec']['match'] => ({
  namespaces: [namespace],
  podSelector: { matchLabels: { app: `${orders}${n}` } },
});
const one = policySetOf([policy('restricted', { namespaces: [namespace] })]);

const requestOf = (text: string): Request => ({
  operation: 'CREATE',
  subResource: '',
  namespace,
  namespaceLabels: { 'kubernetes.io/metadata.name': namespace },
  user: { username: 'system:serviceaccount:kube-system:replicaset-controller', groups: ['system:authenticated'] },
  object: JSON.parse(text),
  oldObject: null,
  base: '',
  workload: undefined,
});

const conditions = { today: '2026-09-14', annotate: true };

/** Eight copies, so that no cache holds the answer. */
function evaluating(text: string, set: PolicySet): () => unknown {
  const copies = Array.from({ length: 8 }, () => requestOf(text));
  let turn = 0;
  return () => {
    const decision = evaluate(copies[turn++ % copies.length]!, set, conditions);
    if (decision.patch.length === 0) throw new Error('the engine was to harden this pod and did not');
    return decision;
  };
}

const text = (containers: number): string =>
  JSON.stringify(podOf({ containers, initContainers: 0, env: 0, volumes: 0, compliant: false }));
const [typical, small, large] = [pod('typical'), pod('small'), pod('large')].map((pod) => JSON.stringify(pod));

const sides: Readonly<Record<string, () => unknown>> = {
  'parse typical': () => JSON.parse(typical!) as unknown,
  'parse small': () => JSON.parse(small!) as unknown,
  'parse large': () => JSON.parse(large!) as unknown,
  'evaluate typical': evaluating(typical!, one),
  'evaluate small': evaluating(small!, one),
  'evaluate large': evaluating(large!, one),
  'containers 10': evaluating(text(10), one),
  'containers 1000': evaluating(text(1000), one),
  'policies 500': evaluating(typical!, many(500, inNamespace)),
  'policies 2000': evaluating(typical!, many(2000, inNamespace)),
  'policies 500 by label': evaluating(typical!, many(500, withLabel)),
};

/** µs per call over about `ms` milliseconds. */
function time(operation: () => unknown, ms: number): number {
  const begin = performance.now();
  let calls = 0;
  let spent: number;
  do {
    for (let i = 0; i < 5; i++) operation();
    calls += 5;
    spent = performance.now() - begin;
  } while (spent < ms);
  return (spent * 1000) / calls;
}

const random = seeded(20);
const names = Object.keys(sides);
for (const name of [...names, ...names]) time(sides[name]!, 150);
const times = Object.fromEntries(names.map((name) => [name, [] as number[]]));
for (let block = 0; block < Number(process.argv[2]); block++) {
  for (const name of shuffled(names, random)) times[name]!.push(time(sides[name]!, 40));
}
process.send?.(times satisfies EngineTimes, () => process.disconnect());
