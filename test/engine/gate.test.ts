import { describe, expect, test } from '@jest/globals';
import { gate, type Gated } from '../../src/engine/gate.ts';
import type { GateTerms, HardeningException, HardeningPolicy, PolicyDocument } from '../../src/engine/policy.ts';
import { policySetOf } from '../../src/engine/policy-set.ts';
import type { Request } from '../../src/engine/request.ts';
import { deepFreeze, type JsonMap } from '../pods.ts';

const policy = (terms: GateTerms | undefined, name = 'strict', spec: Partial<HardeningPolicy['spec']> = {}) =>
  ({
    kind: 'HardeningPolicy',
    metadata: { name },
    spec: {
      mode: 'enforce',
      capabilities: { drop: ['ALL'], allowedAdd: ['NET_BIND_SERVICE'] },
      allowPrivilegeEscalation: false,
      optOut: { allowed: false },
      ...spec,
      gate: terms,
    },
  }) satisfies HardeningPolicy;

const exception = (spec: Partial<HardeningException['spec']>): HardeningException => ({
  kind: 'HardeningException',
  metadata: { name: 'spared' },
  spec: { reason: 'measured', owner: 'team-a', match: { containers: ['proxy'] }, ...spec },
});

const RULES = ['capabilities.drop', 'capabilities.add', 'allowPrivilegeEscalation'] as const;

const hardened = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
const app = { name: 'app', securityContext: hardened };
const late = { name: 'proxy', image: 'proxy:1' };
const privileged = { name: 'agent', securityContext: { privileged: true } };

const podOf = (containers: readonly JsonMap[], rest: JsonMap = {}, metadata: JsonMap = {}): JsonMap => ({
  metadata: { name: 'web', ...metadata },
  spec: { containers: [...containers], ...rest },
});

function judge(documents: readonly PolicyDocument[], pod: JsonMap, request: Partial<Request> = {}): Gated {
  const whole: Request = {
    operation: 'CREATE',
    subResource: '',
    namespace: 'team-a',
    namespaceLabels: { 'dropcap.dev/allow-opt-out': 'true' },
    user: { username: 'jane', groups: [] },
    object: deepFreeze(pod),
    oldObject: undefined,
    base: '',
    workload: undefined,
    ...request,
  };
  return gate(whole, policySetOf(documents), '2026-09-01');
}

/** What the gate says, a line for each violation. */
const said = ({ decision: { findings } }: Gated): string[] =>
  findings.map(({ container, rule, outcome, action }) => `${container} ${rule} ${outcome} ${action!}`);

const DROP = 'proxy capabilities.drop missed';
const FLAG = 'proxy allowPrivilegeEscalation missed';

describe('a sidecar that was injected after hardening', () => {
  test.each<[string, GateTerms | undefined, string]>([
    ['is refused where missed is enforce', { missed: 'enforce' }, 'denied'],
    ['is told of where missed is warn', { missed: 'warn' }, 'warned'],
    ['is recorded where missed is audit', { missed: 'audit' }, 'audited'],
    ['is recorded where only unresolved is given', { unresolved: 'enforce' }, 'audited'],
    ['is recorded where the gate says nothing', {}, 'audited'],
    ['is recorded where the policy has no gate', undefined, 'audited'],
  ])('%s', (_, terms, action) => {
    const gated = judge([policy(terms)], podOf([app, late]));
    expect(said(gated)).toEqual([`${DROP} ${action}`, `${FLAG} ${action}`]);
    expect(gated.action).toBe(action);
    expect(gated.decision.policies).toEqual(['strict']);
  });

  test('is said as it is and as it should be', () => {
    const [drop, flag] = judge([policy({})], podOf([app, late])).decision.findings;
    const at = '/spec/containers/1/securityContext';
    expect(drop).toMatchObject({ path: `${at}/capabilities/drop`, before: null, after: ['ALL'], policies: ['strict'] });
    expect(flag).toMatchObject({ path: `${at}/allowPrivilegeEscalation`, before: null, after: false });
  });

  test.each<[string, HardeningPolicy]>([
    ['of other namespaces', policy({ missed: 'enforce' }, 'p', { match: { namespaces: ['other'] } })],
    ['of other containers', policy({ missed: 'enforce' }, 'p', { match: { containers: ['app'] } })],
    ['in mode audit', policy({ missed: 'enforce' }, 'p', { mode: 'audit' })],
    ['in mode warn', policy({ missed: 'enforce' }, 'p', { mode: 'warn' })],
  ])('passes a policy %s', (_, one) => {
    expect(judge([one], podOf([app, late]))).toMatchObject({
      action: undefined,
      decision: { findings: [], patch: [] },
    });
  });

  test('passes under an exception, and not under one that has expired, which is named', () => {
    const strict = policy({ missed: 'enforce' });
    expect(said(judge([strict, exception({ rules: [...RULES] })], podOf([app, late])))).toEqual([]);
    const over = judge([strict, exception({ rules: [...RULES], expires: '2026-08-31' })], podOf([app, late]));
    expect(over.action).toBe('denied');
    expect(over.decision.exceptionsExpired).toEqual(['spared']);
  });

  test('is still refused what an exception does not spare', () => {
    const gated = judge(
      [policy({ missed: 'enforce' }), exception({ rules: ['capabilities.drop'] })],
      podOf([app, late]),
    );
    expect(said(gated)).toEqual([`${FLAG} denied`]);
  });

  test('passes where the pod opts out and may, and not where it may not', () => {
    const annotations = { 'dropcap.dev/opt-out': 'true', 'dropcap.dev/opt-out-reason': 'measured' };
    const pod = podOf([app, late], {}, { annotations });
    const willing = policy({ missed: 'enforce' }, 'strict', { optOut: {} });
    expect(judge([willing], pod).action).toBeUndefined();
    expect(judge([willing], pod, { namespaceLabels: {} }).action).toBe('denied');
    expect(judge([policy({ missed: 'enforce' })], pod).action).toBe('denied');
  });
});

describe('a privileged container', () => {
  const ofAgent = RULES.filter((rule) => rule !== 'capabilities.add');

  test.each<[string, GateTerms, string]>([
    ['is refused where unresolved is enforce', { unresolved: 'enforce' }, 'denied'],
    ['is told of where unresolved is warn', { unresolved: 'warn' }, 'warned'],
    ['is recorded where unresolved is audit', { unresolved: 'audit' }, 'audited'],
  ])('%s', (_, terms, action) => {
    const gated = judge([policy(terms)], podOf([app, privileged]));
    expect(said(gated)).toEqual(ofAgent.map((rule) => `agent ${rule} unresolved ${action}`));
    for (const { before, after } of gated.decision.findings) expect(after).toEqual(before);
  });

  test('passes where unresolved is not given', () => {
    expect(judge([policy({ missed: 'enforce' })], podOf([app, privileged])).action).toBeUndefined();
  });

  test('passes under an exception', () => {
    const documents = [
      policy({ unresolved: 'enforce' }),
      exception({ rules: [...RULES], match: { containers: ['agent'] } }),
    ];
    expect(judge(documents, podOf([app, privileged])).action).toBeUndefined();
  });
});

describe('several policies', () => {
  test('the strictest acts, and only those that are as strict are named', () => {
    const policies = [policy({ missed: 'warn' }, 'a'), policy({ missed: 'enforce' }, 'b'), policy(undefined, 'c')];
    const { decision, action } = judge(policies, podOf([late]));
    expect(action).toBe('denied');
    expect(decision.findings.map(({ policies: names }) => names)).toEqual([['b'], ['b']]);
    expect(decision.policies).toEqual(['a', 'b', 'c']);
  });

  test('a policy that does not ask for a field has no say about it', () => {
    const flagOnly = policy({ missed: 'enforce' }, 'flag', { capabilities: undefined });
    expect(said(judge([flagOnly, policy({ missed: 'audit' })], podOf([late])))).toEqual([
      `${DROP} audited`,
      `${FLAG} denied`,
    ]);
  });
});

describe('who is not judged', () => {
  const strict = [policy({ missed: 'enforce', unresolved: 'enforce' })];

  test('a Windows pod', () => {
    expect(judge(strict, podOf([late], { os: { name: 'windows' } })).action).toBeUndefined();
  });

  test('a mirror pod that a kubelet really made, and a forged one is', () => {
    const pod = podOf([late], { nodeName: 'n1' }, { annotations: { 'kubernetes.io/config.mirror': 'x' } });
    const user = { username: 'system:node:n1', groups: ['system:nodes'] };
    expect(judge(strict, pod, { user }).action).toBeUndefined();
    expect(judge(strict, pod).action).toBe('denied');
  });

  test('ephemeral containers that were there, and the containers of a running pod', () => {
    const old = podOf([late], { ephemeralContainers: [{ name: 'debug-1' }] });
    const pod = podOf([late], { ephemeralContainers: [{ name: 'debug-1' }, { name: 'debug-2' }] });
    const update = { operation: 'UPDATE', subResource: 'ephemeralcontainers', oldObject: old } as const;
    expect(judge(strict, pod, update).decision.findings.map(({ container }) => container)).toEqual([
      'debug-2',
      'debug-2',
    ]);
    expect(judge(strict, old, update).action).toBeUndefined();
  });

  test('any other update', () => {
    expect(judge(strict, podOf([late]), { operation: 'UPDATE', oldObject: podOf([late]) }).action).toBeUndefined();
  });
});

test('no reason says that something was changed', () => {
  const odd = { allowPrivilegeEscalation: true, capabilities: { drop: ['all'], add: ['chown', 'SYS_ADMIN', 'NOPE'] } };
  const giving = { drop: ['ALL'], allowedAdd: ['CHOWN', 'KILL'], defaultAdd: ['CHOWN', 'KILL'] };
  const { decision } = judge(
    [policy({ unresolved: 'audit' }, 'p', { capabilities: giving })],
    podOf([{ name: 'a', securityContext: odd }, late, privileged]),
  );
  expect(decision.findings.length).toBeGreaterThan(5);
  for (const { reason } of decision.findings)
    expect(reason).not.toMatch(
      /(?<!nothing )\b(was|is now|is|has been) (changed|removed|respelt|set|given)|overrides|changed:/,
    );
});
