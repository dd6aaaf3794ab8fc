/** Decisions that give cause for Events, made by the engine. */
import type { Decision } from '../../src/engine/decision.ts';
import { evaluate } from '../../src/engine/evaluate.ts';
import { policySetOf } from '../../src/engine/policy-set.ts';
import type { Regarding } from '../../src/kube/events.ts';
import type { Json, JsonMap } from '../pods.ts';
import { exception, restricted } from '../server/harness.ts';

const SET = policySetOf([
  restricted({ optOut: {} }),
  exception('spares', { rules: ['capabilities.drop', 'allowPrivilegeEscalation'], match: { containers: ['spared'] } }),
]);

/** A container that asks for more than it may have. */
export const loose = (name: string): JsonMap => ({
  name,
  securityContext: { capabilities: { add: ['SYS_ADMIN', 'NET_BIND_SERVICE'] } },
});

/** A container of which nothing can be taken. */
export const privileged = (name: string): JsonMap => ({ name, securityContext: { privileged: true } });

/** What is decided of a new pod with these containers, under a policy that enforces. */
export const decisionOf = (containers: readonly JsonMap[], annotations: JsonMap = {}): Decision =>
  evaluate(
    {
      operation: 'CREATE',
      subResource: '',
      namespace: 'shop',
      namespaceLabels: {},
      user: { username: 'alice', groups: [] },
      object: { metadata: { annotations }, spec: { containers: containers as Json[] } },
      oldObject: null,
      base: '',
      workload: undefined,
    },
    SET,
    { today: '2026-11-22', annotate: false },
  );

/** An owner, by its name. */
export const replicaSet = (name: string): Regarding => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  namespace: 'shop',
  name,
  uid: `uid-of-${name}`,
});
