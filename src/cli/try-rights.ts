/**
 * The flags of docker, podman and nerdctl that give a container what it would hold in the cluster after hardening. All three
 * have the same flags; what they mean differs with podman, as was seen with podman 4.3.
 */
import { CAPABILITIES } from '../engine/capabilities.ts';
import { defaultsOf } from '../knowledge/capabilities.ts';
import type { Chosen } from './explain-container.ts';
import { factsOf, type Facts } from './explain-facts.ts';
import type { ContainerEngine } from './explain.ts';
import { contextField, type RunAs } from './launch.ts';
import { mapIn, textIn } from './launch-fields.ts';

/** Words of a command line, and what they do not bring about, a sentence each. */
export interface Flags {
  readonly words: readonly (readonly string[])[];
  readonly missing: readonly string[];
}

/** What podman gives by default. Some distributions give the three more that Docker gives. */
const PODMAN = 'CHOWN DAC_OVERRIDE FOWNER FSETID KILL NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
  ' ',
);

const adding = (names: readonly string[]): string[][] =>
  names.length === CAPABILITIES.length
    ? [['--cap-add', 'ALL']]
    : [['--cap-drop', 'ALL'], ...names.map((name) => ['--cap-add', name])];

const IMAGE_USER = 'a user of the image who is not root: podman lets such a one use what is added, Kubernetes does not';

const boundingOf = (names: readonly string[]): string =>
  `${names.join(', ')} in the bounding set: podman would let the user use what is added, Kubernetes does not`;

/**
 * podman makes what is added effective for a user who is not root (ambient), and Kubernetes does not. So nothing is added for
 * such a user: the other defaults are dropped by name, and what podman does not give by default is left out.
 */
function forPodman(names: readonly string[], { uid, neverRoot }: RunAs): Flags {
  const beyond = names.filter((name) => !PODMAN.includes(name));
  if (uid === 0 || names.length === 0) return { words: adding(names), missing: [] };
  if (beyond.length > 0 && !neverRoot) return { words: adding(names), missing: [IMAGE_USER] };
  const missing = beyond.length > 0 ? [boundingOf(beyond)] : [];
  if (beyond.length === names.length) return { words: adding([]), missing };
  const dropped = defaultsOf('docker').filter((name) => !names.includes(name));
  return { words: dropped.length > 0 ? [['--cap-drop', dropped.join(',')]] : [], missing };
}

function capabilityFlags({ after, runAs, privileged }: Facts, engine: ContainerEngine): Flags {
  if (privileged) return { words: [['--privileged']], missing: [] };
  const names = after.runtimes.containerd.capabilities;
  return engine === 'podman' ? forPodman(names, runAs) : { words: adding(names), missing: [] };
}

/** Without a profile a pod is unconfined, where its node does not say otherwise; all three would take their default. */
function seccomp({ decided, container }: Chosen): Flags {
  const own = mapIn({ of: contextField(decided, container, 'seccompProfile') }, 'of');
  const type = textIn(own, 'type');
  if (type === 'RuntimeDefault' || container.security.privileged) return { words: [], missing: [] };
  if (type === 'Localhost') return { words: [], missing: ['the seccomp profile, which is a file on the node'] };
  return { words: [['--security-opt', 'seccomp=unconfined']], missing: [] };
}

/** Capabilities, no_new_privs and seccomp. */
export function rightsFlags(chosen: Chosen, engine: ContainerEngine): Flags {
  const facts = factsOf(chosen.decided, chosen.container);
  const [capabilities, confined] = [capabilityFlags(facts, engine), seccomp(chosen)];
  return {
    words: [
      ...capabilities.words,
      ...(facts.after.noNewPrivs ? [['--security-opt', 'no-new-privileges']] : []),
      ...confined.words,
    ],
    missing: [...capabilities.missing, ...confined.missing],
  };
}
