/**
 * The Pod Security Standards' own lists, exact spelling (pod-security-admission policy/check_capabilities_*.go,
 * check_allowPrivilegeEscalation.go): what `level` in a policy fills in where the policy itself says nothing.
 */
import { ALL } from './capabilities.ts';
import type { HardeningPolicy, Level } from './policy.ts';

type Spec = HardeningPolicy['spec'];

const LEVELS: Record<Level, Pick<Spec, 'capabilities' | 'allowPrivilegeEscalation'>> = {
  baseline: {
    capabilities: {
      allowedAdd: [
        'AUDIT_WRITE',
        'CHOWN',
        'DAC_OVERRIDE',
        'FOWNER',
        'FSETID',
        'KILL',
        'MKNOD',
        'NET_BIND_SERVICE',
        'SETFCAP',
        'SETGID',
        'SETPCAP',
        'SETUID',
        'SYS_CHROOT',
      ],
    },
  },
  restricted: {
    capabilities: { drop: [ALL], allowedAdd: ['NET_BIND_SERVICE'] },
    allowPrivilegeEscalation: false,
  },
};

/** The policy's spec with what its level fills in. A field that the policy gives itself stands. */
export function withLevel(spec: Spec): Spec {
  if (!spec.level) return spec;
  const level = LEVELS[spec.level];
  return {
    ...level,
    ...spec,
    capabilities: { ...level.capabilities, ...spec.capabilities },
  };
}
