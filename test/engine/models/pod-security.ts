/**
 * The four checks of Pod Security that read the fields dropcap may write, in their newest versions. All of them compare
 * exact strings: `all` does not count as dropping ALL, and `chown` may not be added.
 */
import { containersIn, osOf, type Json, type PodContainer } from '../../pods.ts';

export const CHECKS = [
  'capabilities_baseline',
  'privileged',
  'capabilities_restricted',
  'allowPrivilegeEscalation',
] as const;
export type Check = (typeof CHECKS)[number];

const BASELINE = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
    ' ',
  ),
);

const PASSES: Readonly<Record<Check, (container: PodContainer) => boolean>> = {
  capabilities_baseline: ({ security }) => security.add.every((name) => BASELINE.has(name)),
  privileged: ({ security }) => !security.privileged,
  capabilities_restricted: ({ security }) =>
    security.drop.includes('ALL') && security.add.every((name) => name === 'NET_BIND_SERVICE'),
  allowPrivilegeEscalation: ({ security }) => security.allowPrivilegeEscalation === false,
};

const EXEMPTS_WINDOWS: ReadonlySet<Check> = new Set(['capabilities_restricted', 'allowPrivilegeEscalation']);

/** Does a pod pass this check? */
export function passes(check: Check, pod: Json): boolean {
  if (EXEMPTS_WINDOWS.has(check) && osOf(pod) === 'windows') return true;
  return containersIn(pod).every(PASSES[check]);
}
