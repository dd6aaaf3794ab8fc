import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { isCapability } from '../../src/engine/capabilities.ts';
import { DEBUG_PROFILES, INJECTED_SOURCES, MESHES, takenBy, type Injected } from '../../src/knowledge/injected.ts';
import { dropcap, ROOT } from '../cli/command.ts';

const all = [...DEBUG_PROFILES, ...MESHES];
const policies = ['restricted', 'compatible'] as const;

interface Pod {
  readonly spec: {
    readonly ephemeralContainers: readonly {
      readonly securityContext?: {
        readonly privileged?: boolean;
        readonly allowPrivilegeEscalation?: boolean;
        readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
      };
    }[];
  };
}

/** A pod that such a container was put into. */
const podWith = ({ add, dropsAll, privileged, noEscalation }: Injected): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    containers: [],
    ephemeralContainers: [
      {
        name: 'debugger',
        image: 'example.com/tools',
        securityContext: {
          ...(privileged && { privileged }),
          ...(noEscalation && { allowPrivilegeEscalation: false }),
          capabilities: { ...(add && { add }), ...(dropsAll && { drop: ['ALL'] }) },
        },
      },
    ],
  },
});

describe('what is said of containers that others put into pods', () => {
  test.each(
    policies.flatMap((policy) => all.map((one) => ({ policy, one, name: `${one.name} ${one.container ?? ''}` }))),
  )('is what the policy $policy does: $name', async ({ policy, one }) => {
    const { stdout } = await dropcap(['harden', '--policy', policy, '-f', '-'], JSON.stringify(podWith(one)));
    const context = (parse(stdout) as Pod).spec.ephemeralContainers[0]!.securityContext;
    if (one.privileged) {
      expect(context).toEqual({ privileged: true, capabilities: {} });
      return;
    }
    const left = context?.capabilities?.add ?? [];
    expect((one.add ?? []).filter((name) => !left.includes(name))).toEqual(takenBy(policy, one));
    expect(context).toMatchObject({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } });
  });

  test('has capabilities, sources and exceptions that are there', () => {
    expect(all.flatMap(({ add = [] }) => add).filter((name) => !isCapability(name))).toEqual([]);
    const cited = all.flatMap(({ sources }) => sources);
    expect(Object.keys(INJECTED_SOURCES).sort()).toEqual([...new Set(cited)].sort());
    const files = all.flatMap(({ exception }) => exception ?? []);
    expect(files.filter((file) => !existsSync(join(ROOT, 'policies/exceptions', file)))).toEqual([]);
  });
});
