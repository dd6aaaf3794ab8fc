import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decideManifests } from '../../src/cli/decide.ts';
import { chosenIn, explained, type Explained } from '../../src/cli/explain-container.ts';
import { CAPABILITIES } from '../../src/engine/capabilities.ts';
import { policySetOf } from '../../src/engine/policy-set.ts';
import type { PolicyDocument } from '../../src/engine/policy.ts';
import { readManifest } from '../../src/manifest/read.ts';
import { documents, TODAY } from '../arbitraries.ts';
import { pods } from '../arbitrary-pods.ts';
import { applied } from '../outcome.ts';
import { containersIn, equal, mapAt, type JsonMap, type PodContainer } from '../pods.ts';
import { capabilitiesHeld, type Runtime } from '../runtimes.ts';

const NAMES: Readonly<Record<Runtime, 'containerd' | 'docker' | 'cri-o'>> = {
  containerd: 'containerd',
  moby: 'docker',
  'CRI-O': 'cri-o',
};

const maskOf = (held: ReadonlySet<string>): string => {
  const bits = [...held].map((name) => 1n << BigInt((CAPABILITIES as readonly string[]).indexOf(name)));
  return bits
    .reduce((mask, bit) => mask | bit, 0n)
    .toString(16)
    .padStart(16, '0');
};

/** `CapEff` of the first process, as the kernel leaves it: root's, nobody else's; null where the image says who it is. */
function effectiveOf(pod: JsonMap, { json }: PodContainer, bounding: string): string | null {
  const [own, shared] = [mapAt(json, 'securityContext'), mapAt(mapAt(pod, 'spec'), 'securityContext')];
  const uid = own['runAsUser'] ?? shared['runAsUser'];
  const none = maskOf(new Set());
  if (uid != null) return uid === 0 ? bounding : none;
  if ((own['runAsNonRoot'] ?? shared['runAsNonRoot']) === true) return none;
  return bounding === none ? none : null;
}

interface Decided {
  readonly before: JsonMap;
  readonly after: JsonMap;
  readonly explanations: readonly Explained[];
}

function decided(before: JsonMap, policies: readonly PolicyDocument[]): Decided {
  const terms = { set: policySetOf(policies), today: TODAY, namespaces: new Map<string, never>() };
  const manifests = decideManifests([readManifest(JSON.stringify(before), 'pod.json')], terms);
  const [patch = []] = manifests.flatMap(({ patches }) => [...patches.values()]);
  return {
    before,
    after: applied(structuredClone(before), patch) as JsonMap,
    explanations: explained(chosenIn(manifests), terms),
  };
}

const judged = (cases: Decided): Decided => {
  fc.pre(cases.explanations.every(({ skipped }) => skipped === null));
  return cases;
};

const whatever = fc.tuple(pods(), documents);

test('what is said to be held before and after is what the models of the runtimes give to the pod and to the patched pod', () => {
  fc.assert(
    fc.property(whatever, ([pod, policies]) => {
      const { before, after, explanations } = judged(decided(pod, policies));
      for (const [when, json] of [
        ['before', before],
        ['after', after],
      ] as const)
        containersIn(json).forEach((container, i) => {
          const { runtimes, noNewPrivs } = explanations[i]!.rights![when];
          for (const [runtime, name] of Object.entries(NAMES) as [Runtime, (typeof NAMES)[Runtime]][]) {
            const { held, refused } = capabilitiesHeld(runtime, container.security);
            const bounding = maskOf(held);
            equal(runtimes[name].bounding, bounding, `${container.path} ${when} on ${runtime}`);
            equal(runtimes[name].effective, effectiveOf(json, container, bounding), `${container.path} CapEff ${when}`);
            equal(runtimes[name].refused.length > 0, refused, `${container.path} refused ${when}`);
          }
          equal(noNewPrivs, container.security.allowPrivilegeEscalation === false);
        });
    }),
    { numRuns: 1000 },
  );
});

test('every container is explained, each of its three fields with a reason, and a field is written exactly where one is hardened', () => {
  fc.assert(
    fc.property(whatever, ([pod, policies]) => {
      const { before, after, explanations } = judged(decided(pod, policies));
      const [was, is] = [containersIn(before), containersIn(after)];
      equal(
        explanations.map(({ container }) => container),
        was.map(({ name }) => name),
      );
      explanations.forEach(({ fields }, i) => {
        equal([...new Set(fields.map(({ field }) => field))].length, 3);
        if (fields.some(({ reason }) => reason === '')) throw new Error('a field without a reason');
        const hardened = fields.some(({ outcome }) => outcome === 'hardened');
        equal(hardened, JSON.stringify(was[i]!.json) !== JSON.stringify(is[i]!.json));
      });
    }),
    { numRuns: 1000 },
  );
});

test('a pod that is not judged has no rights told of', () => {
  const windows: JsonMap = {
    apiVersion: 'v1',
    kind: 'Pod',
    spec: { os: { name: 'windows' }, containers: [{ name: 'a' }] },
  };
  const policies: PolicyDocument[] = [{ kind: 'HardeningPolicy', metadata: { name: 'p' }, spec: { mode: 'enforce' } }];
  expect(decided(windows, policies).explanations).toMatchObject([{ rights: null, fields: [] }]);
});
