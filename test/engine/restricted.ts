import type { HardeningPolicy } from '../../src/engine/policy.ts';

/** The policy of ten lines. */
export const RESTRICTED: HardeningPolicy = {
  kind: 'HardeningPolicy',
  metadata: { name: 'restricted' },
  spec: {
    mode: 'enforce',
    match: { namespaces: ['*'] },
    capabilities: { drop: ['ALL'], allowedAdd: ['NET_BIND_SERVICE'] },
    allowPrivilegeEscalation: false,
  },
};
