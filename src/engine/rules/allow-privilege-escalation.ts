/**
 * A process cannot gain more privileges than its parent: the kubelet turns this field into no_new_privs.
 *
 * Restricted fields:
 *   spec.containers[*].securityContext.allowPrivilegeEscalation
 *   spec.initContainers[*].securityContext.allowPrivilegeEscalation
 *   spec.ephemeralContainers[*].securityContext.allowPrivilegeEscalation
 *
 * Allowed values: false. Not set where the API server would refuse the pod for it (privileged; `CAP_SYS_ADMIN` in the
 * resulting add), nor where the flag is no boundary (SYS_ADMIN in any spelling, ALL).
 */
import { ALL, canonical } from '../capabilities.ts';
import type { Rule, Verdict } from '../rule.ts';

const PRIVILEGED = 'The API server refuses allowPrivilegeEscalation: false on a privileged container, so it was left.';
const SYS_ADMIN =
  'The container keeps SYS_ADMIN in add: the API server refuses the flag beside CAP_SYS_ADMIN, and with this capability ' +
  'it is no boundary, so it was left.';
const UNSET = 'Unset means that a setuid or setcap program in the image may gain privileges its parent did not have.';
const OVERRIDES = 'The author set true; the policy wants false.';

const SETS: Verdict = { value: false, reason: UNSET, unresolved: '' };
const OVERRIDES_TRUE: Verdict = { value: false, reason: OVERRIDES, unresolved: '' };

const keepsSysAdmin = (add: readonly string[]): boolean =>
  add.some((entry) => {
    const name = canonical(entry);
    return name === 'SYS_ADMIN' || name === ALL;
  });

/** See the top of this file. */
export const allowPrivilegeEscalation: Rule = {
  name: 'allowPrivilegeEscalation',
  field: 'allowPrivilegeEscalation',
  judge(was, next, { escalation }) {
    const value = was.allowPrivilegeEscalation;
    const respected = escalation === 'unless-true' && value === true;
    if (escalation === 'any' || value === false || respected) return { value, reason: '', unresolved: '' };
    if (was.privileged) return { value, reason: '', unresolved: PRIVILEGED };
    if (keepsSysAdmin(next.add)) return { value, reason: '', unresolved: SYS_ADMIN };
    return value === true ? OVERRIDES_TRUE : SETS;
  },
};
