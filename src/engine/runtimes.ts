/**
 * What a container holds before dropcap touches it, by the rules of the three runtime families: containerd's CRI plugin,
 * CRI-O, and moby behind cri-dockerd. They differ: containerd puts `CAP_` before every entry, so `CAP_NET_RAW` names
 * nothing there; moby lets an entry in add win over the same entry in drop; CRI-O gives nine capabilities where the others
 * give fourteen. A capability may be written into a pod only where all three gave it already.
 */
import { canonical, holdsAll, upper } from './capabilities.ts';

/** CRI-O's default set. The nine are also in the fourteen of the others, so they are what every runtime gives. */
const EVERYWHERE: ReadonlySet<string> = new Set([
  'CHOWN',
  'DAC_OVERRIDE',
  'FSETID',
  'FOWNER',
  'SETGID',
  'SETUID',
  'SETPCAP',
  'NET_BIND_SERVICE',
  'KILL',
]);

/** containerd's and moby's default set without the nine: held by default, but not on CRI-O. */
const NOT_ON_CRIO: ReadonlySet<string> = new Set(['MKNOD', 'NET_RAW', 'SETFCAP', 'SYS_CHROOT', 'AUDIT_WRITE']);

/** The two lists of a container's `securityContext.capabilities`, as its author wrote them. */
export interface CapabilityLists {
  readonly add: readonly string[];
  readonly drop: readonly string[];
}

/**
 * Which capabilities (canonical names) did the container hold on every runtime? Made once for its two lists: they may be
 * long, and asking entry by entry would take the square of that.
 */
export function heldEverywhere({ add, drop }: CapabilityLists): (name: string) => boolean {
  // An author's drop counts in any spelling, though containerd does not see `CAP_X`: what was meant to go stays gone.
  const dropped = new Set(drop.map(canonical));
  const plainly = new Set(add.map(upper));
  const inAnySpelling = new Set(add.map(canonical));
  const byDefault = !holdsAll(drop);
  const all = byDefault && holdsAll(add);
  // `CAP_NET_RAW`: by default on containerd, where the entry names nothing; by the entry on CRI-O, where there is no default.
  const ofDefaults = (name: string): boolean =>
    EVERYWHERE.has(name) || (NOT_ON_CRIO.has(name) && inAnySpelling.has(name));
  return (name) => !dropped.has(name) && (plainly.has(name) || all || (byDefault && ofDefaults(name)));
}

/** Is this one of the capabilities that containerd and Docker give by default, and CRI-O does not? */
export const isDefaultButNotOnCrio = (name: string): boolean => NOT_ON_CRIO.has(name);
