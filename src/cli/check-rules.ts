/** What each rule is about, for readers of reports who have never heard of it. */
import type { RuleName } from '../engine/policy.ts';

/** A rule in words: a title, why it matters, and what to do about a finding. */
export interface RuleHelp {
  /** One word for lists of findings. SARIF wants it to differ from the rule's own name. */
  readonly label: string;
  readonly title: string;
  readonly why: string;
  readonly remedy: string;
}

const MORE = 'What policies and exceptions can say is in docs/policies.md of dropcap.';

/** The help of every rule. */
export const RULE_HELP: Readonly<Record<RuleName, RuleHelp>> = {
  'capabilities.drop': {
    label: 'CapabilitiesNotDropped',
    title: 'The container does not drop the capabilities that policy wants dropped',
    why: 'Unless capabilities are dropped, a container holds all those that its runtime gives by default: fourteen on containerd and Docker, nine on CRI-O. An attacker in the container holds them too.',
    remedy: `Set securityContext.capabilities.drop to [ALL], or let dropcap harden write it, and add by name only what the program proves to need. A privileged container holds everything whatever it drops: take privileged away, or write a HardeningException that says why it stays. ${MORE}`,
  },
  'capabilities.add': {
    label: 'CapabilitiesAdded',
    title: 'The container adds capabilities that policy does not allow',
    why: 'A capability in add is a piece of root. Some, such as SYS_ADMIN, are as good as all of it; names that do not exist, or are spelt otherwise than Kubernetes spells them, mean different things to different runtimes.',
    remedy: `Take the entry out of securityContext.capabilities.add, or correct its spelling. If the program needs it, write a HardeningException that keeps it for this image in this namespace. ${MORE}`,
  },
  allowPrivilegeEscalation: {
    label: 'PrivilegeEscalationAllowed',
    title: 'Programs in the container may gain privileges that their parent does not have',
    why: 'Unless the flag is false, a setuid program or one with file capabilities gives a process more than it was started with. With false the kernel refuses that (no_new_privs).',
    remedy: `Set securityContext.allowPrivilegeEscalation to false. The API server refuses it beside privileged and CAP_SYS_ADMIN: take those away first, or write a HardeningException that says why they stay. ${MORE}`,
  },
};
