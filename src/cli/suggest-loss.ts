/** What policies take from a container, and what of it an exception can keep. */
import { CAPABILITIES, canonical, holdsAll } from '../engine/capabilities.ts';
import { containerPaths, type Container } from '../engine/pod.ts';
import { CONTAINER_WORDS } from '../engine/policy.ts';
import { heldEverywhere, isDefaultButNotOnCrio } from '../engine/runtimes.ts';
import type { Launch } from '../knowledge/forecast-terms.ts';
import { positionOf } from '../manifest/position.ts';
import { workloadName, type DecidedTemplate } from './decide.ts';
import type { Chosen } from './explain-container.ts';
import { launchOf, securityAfter } from './launch.ts';

/** What policies take, those in audit or warn mode too: an exception is for the day on which they enforce. */
export interface Loss {
  /** Canonical names that every runtime gave it and that it loses, in the order of their numbers. An exception keeps no others. */
  readonly capabilities: readonly string[];
  readonly escalation: boolean;
  readonly launch: Launch;
}

function asIfEnforced(decided: DecidedTemplate): DecidedTemplate {
  const { decision } = decided;
  const findings = decision.findings.map((finding) =>
    finding.outcome === 'audited' ? { ...finding, outcome: 'hardened' as const } : finding,
  );
  return { ...decided, decision: { ...decision, findings } };
}

/** What a container loses. Nothing where it is privileged. */
export function lossOf({ decided, container }: Chosen): Loss {
  const enforced = asIfEnforced(decided);
  const was = container.security;
  const next = securityAfter(enforced, container);
  const [before, after] = [heldEverywhere(was), heldEverywhere(next)];
  return {
    capabilities: was.privileged ? [] : CAPABILITIES.filter((name) => before(name) && !after(name)),
    escalation: was.allowPrivilegeEscalation !== false && next.allowPrivilegeEscalation === false,
    launch: launchOf(enforced, container),
  };
}

/** `Deployment/web container app`. */
export const nameOf = ({ decided, container: { kind, name } }: Chosen): string =>
  `${workloadName(decided)} ${CONTAINER_WORDS[kind]} ${name || '(no name)'}`;

/** `deploy.yaml:12`: where a container stands. */
export function placeOf({ file, decided, container: { kind, index } }: Chosen): string {
  return `${file}:${positionOf(decided.document, `${decided.template.base}/spec/${kind}/${index}`).line}`;
}

/** `deploy.yaml:12:9`: where a container's `add` stands, or else what it would be written into. */
function placeToAdd({ file, decided, container }: Chosen): string {
  const { line, column } = positionOf(decided.document, containerPaths(decided.template.base, container).add);
  return `${file}:${line}:${column}`;
}

/** Why does not every runtime give it this capability, and what to write for it? */
function whyNotHeld({ add, drop }: Container['security'], name: string): [why: string, write: string] {
  const write = `write securityContext.capabilities.add: [${name}]`;
  if (drop.some((entry) => canonical(entry) === name))
    return ['the container drops it itself', `take ${name} from its drop`];
  const entry = add.find((one) => canonical(one) === name);
  if (entry !== undefined) return [`not every runtime takes ${entry} for it`, `write ${name} instead`];
  return isDefaultButNotOnCrio(name) && !holdsAll(drop)
    ? ['CRI-O does not give it by default, so there it would be a grant', write]
    : ['the container does not add it', write];
}

/** Why an exception does not keep something. */
export interface Objection {
  readonly says: string;
  /** It can, once the pod is changed as `says` tells; otherwise there is nothing to keep. */
  readonly podFirst: boolean;
}

/** Why an exception does not keep a capability for this container; undefined where it can. */
export function objectionTo(candidate: Chosen, { capabilities }: Loss, name: string): Objection | undefined {
  if (capabilities.includes(name)) return undefined;
  const { security } = candidate.container;
  if (security.privileged) return { says: `${name} is not taken: the container is privileged`, podFirst: false };
  if (heldEverywhere(security)(name)) return { says: `${name} is not taken: it needs no exception`, podFirst: false };
  const [why, write] = whyNotHeld(security, name);
  const says = `no exception can keep ${name} as the pod is: ${why}. In ${placeToAdd(candidate)} ${write}, then ask again`;
  return { says, podFirst: true };
}
