/** What a container holds at run time before and after hardening, as /proc/PID/status shows it. */
import type { Container, SecurityFields } from '../engine/pod.ts';
import type { Runtime } from '../knowledge/capabilities.ts';
import { setOfNames } from '../knowledge/capabilities-mask.ts';
import type { DecidedTemplate } from './decide.ts';
import { heldOn } from './explain-held.ts';
import { runAsOf, securityAfter, type RunAs } from './launch.ts';

/** What one runtime gives to a container. Masks are sixteen hexadecimal digits, as in /proc/PID/status. */
export interface RuntimeRights {
  /** `CapBnd`. Of a privileged container: all 41, of which a node may have fewer. */
  readonly bounding: string;
  /** `CapEff` of the first process: the bounding set for root, else nothing; null where the image decides which. */
  readonly effective: string | null;
  /** What is in the bounding set, in the order of their numbers, without `CAP_`. */
  readonly capabilities: readonly string[];
  /** Entries of add and drop for which this runtime does not create the container. The rest is as without them. */
  readonly refused: readonly string[];
}

/** What the runtimes give to a container with certain fields. */
export interface Rights {
  /** `containerd` is its CRI plugin, `docker` the engine behind cri-dockerd, each with its default settings. */
  readonly runtimes: Readonly<Record<Runtime, RuntimeRights>>;
  /** The field; null where it is not set. */
  readonly allowPrivilegeEscalation: boolean | null;
  /** `NoNewPrivs`: the kubelet sets it exactly where the field is false. */
  readonly noNewPrivs: boolean;
}

/** What a container holds before and after hardening. */
export interface Facts {
  readonly runAs: RunAs;
  readonly privileged: boolean;
  readonly before: Rights;
  readonly after: Rights;
  /** In the bounding set before and not after, on containerd, in the order of their numbers. */
  readonly lost: readonly string[];
}

const NO_CAPABILITY = setOfNames([]).mask;

function rightsOn(runtime: Runtime, security: SecurityFields, { uid, neverRoot }: RunAs): RuntimeRights {
  const { names, refused } = heldOn(runtime, security);
  const { mask, capabilities } = setOfNames([...names]);
  const ofRoot = uid === null ? null : mask;
  const effective = neverRoot ? NO_CAPABILITY : mask === NO_CAPABILITY ? mask : ofRoot;
  return { bounding: mask, effective, capabilities: capabilities.map(({ name }) => name), refused };
}

/** What the runtimes make of a container's fields. */
export const rightsOf = (security: SecurityFields, runAs: RunAs): Rights => ({
  runtimes: {
    containerd: rightsOn('containerd', security, runAs),
    docker: rightsOn('docker', security, runAs),
    'cri-o': rightsOn('cri-o', security, runAs),
  },
  allowPrivilegeEscalation: security.allowPrivilegeEscalation ?? null,
  noNewPrivs: security.allowPrivilegeEscalation === false,
});

/** What a container of a decided template holds before and after. */
export function factsOf(decided: DecidedTemplate, container: Container): Facts {
  const runAs = runAsOf(decided, container);
  const before = rightsOf(container.security, runAs);
  const after = rightsOf(securityAfter(decided, container), runAs);
  const still = new Set(after.runtimes.containerd.capabilities);
  const lost = before.runtimes.containerd.capabilities.filter((name) => !still.has(name));
  return { runAs, privileged: container.security.privileged, before, after, lost };
}
