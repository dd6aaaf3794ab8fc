import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { auditAnnotationsOf } from '../../src/admission/audit-annotations.ts';
import type { Decision } from '../../src/engine/decision.ts';
import { evaluate } from '../../src/engine/evaluate.ts';
import { policySetOf } from '../../src/engine/policy-set.ts';
import type { HardeningPolicy } from '../../src/engine/policy.ts';
import { applied } from '../outcome.ts';
import type { JsonMap } from '../pods.ts';
import { restricted } from '../server/harness.ts';

const policy = (name: string, spec: Partial<HardeningPolicy['spec']> = {}): HardeningPolicy => restricted(spec, name);

const sets = [
  [policy('restricted')],
  [policy('b'), policy('a', { capabilities: { drop: ['NET_RAW'] } })],
  [policy('main', { match: { containers: ['app', 'a*'] } }), policy('rest', { capabilities: { drop: ['KILL'] } })],
  [policy('enforcing'), policy('watching', { mode: 'audit' })],
].map((documents) => policySetOf(documents));

const decide = (pod: JsonMap, set = sets[0]!): Decision =>
  evaluate(
    {
      operation: 'CREATE',
      subResource: '',
      namespace: 'team-a',
      namespaceLabels: {},
      user: { username: 'u', groups: [] },
      object: pod,
      oldObject: null,
      base: '',
      workload: undefined,
    },
    set,
    { today: '2026-09-01', annotate: true },
  );

const pod = (...containers: JsonMap[]): JsonMap => ({
  metadata: { name: 'web', namespace: 'team-a' },
  spec: { containers },
});

/** What Kubernetes takes for the name of an audit annotation, after the webhook's own name and a slash. */
const KEY = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

describe('audit annotations', () => {
  test('say which policies cover the pod, and what each container was given', () => {
    const app = { name: 'app', securityContext: { capabilities: { add: ['NET_ADMIN'] } } };
    expect(auditAnnotationsOf(decide(pod(app, { name: 'side' })))).toEqual({
      policies: 'restricted',
      'hardened.app': 'capabilities.drop=[ALL] capabilities.add=null allowPrivilegeEscalation=false',
      'hardened.side': 'capabilities.drop=[ALL] allowPrivilegeEscalation=false',
    });
  });

  test('are absent where nothing is hardened', () => {
    const compliant = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
    expect(auditAnnotationsOf(decide(pod({ name: 'app', securityContext: compliant })))).toEqual({});
  });

  test('have keys of at most 63 characters that differ for names that only end differently', () => {
    const names = ['a', 'b', 'c'].map((end) => `${'x'.repeat(62)}${end}`);
    const keys = Object.keys(auditAnnotationsOf(decide(pod(...names.map((name) => ({ name }))))));
    expect(new Set(keys).size).toBe(4);
    for (const key of keys) expect(key).toMatch(KEY);
  });

  test('are bounded in number', () => {
    const containers = Array.from({ length: 500 }, (_, i) => ({ name: `c${i}` }));
    expect(Object.keys(auditAnnotationsOf(decide(pod(...containers)))).length).toBeLessThanOrEqual(33);
  });

  const names = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom('app', 'a', 'istio-proxy', 'policies', 'x'.repeat(63), `${'x'.repeat(62)}y`),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 80 }) },
    { weight: 1, arbitrary: fc.constantFrom('', '-a', 'a-', 'a/b', 'a\nb', '__proto__', 'constructor') },
  );
  const security = fc.constantFrom<JsonMap | null>(
    null,
    {},
    { allowPrivilegeEscalation: false },
    { allowPrivilegeEscalation: true, capabilities: { add: ['NET_ADMIN', 'NET_BIND_SERVICE'] } },
    { capabilities: { drop: ['all'] } },
    { privileged: true },
  );
  const containers = fc.uniqueArray(
    fc.record({ name: names, securityContext: security }).map((container): JsonMap => container),
    { minLength: 1, maxLength: 40, selector: (container) => container['name'] },
  );

  test('have keys that the API server takes, whatever the containers are called', () => {
    fc.assert(
      fc.property(containers, fc.constantFrom(...sets), (list, set) => {
        for (const key of Object.keys(auditAnnotationsOf(decide(pod(...list), set)))) expect(key).toMatch(KEY);
      }),
      { numRuns: 500 },
    );
  });

  test('never give two values for a key over two passes, with a sidecar injected between them or not', () => {
    let both = 0;
    fc.assert(
      fc.property(containers, fc.constantFrom(...sets), fc.boolean(), fc.nat(), (list, set, inject, place) => {
        const sidecar: JsonMap = { name: 'injected-sidecar', image: 'proxy' };
        const before = pod(...list);
        const first = decide(before, set);
        const hardened = applied(before, first.patch) as { spec: { containers: JsonMap[] } };
        if (inject) hardened.spec.containers.splice(place % (list.length + 1), 0, sidecar);
        const [a, b] = [first, decide(hardened as unknown as JsonMap, set)].map(auditAnnotationsOf);
        const shared = Object.keys(a!).filter((key) => key in b!);
        both += Number(shared.length > 0);
        expect(shared.map((key) => [key, b![key]])).toEqual(shared.map((key) => [key, a![key]]));
        if (!inject) expect(b).toEqual({});
      }),
      { numRuns: 500 },
    );
    expect(both).toBeGreaterThan(50);
  });
});
