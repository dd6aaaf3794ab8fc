/** The 41 Linux capabilities: what each allows, who gives it by default, how it is abused, and what does without it. */
import { canonical } from '../engine/capabilities.ts';
import data from './capabilities.json' with { type: 'json' };

/** A runtime with default capabilities, as it is configured when nobody changes them. */
export type Runtime = 'containerd' | 'docker' | 'cri-o';

/** A Pod Security level that restricts `capabilities.add`. */
export type PodSecurityLevel = 'baseline' | 'restricted';

/** What is known of one capability. All texts are plain ASCII on one line. */
export interface CapabilityFacts {
  /** Without `CAP_`. */
  readonly name: string;
  /** Its bit in a mask, 0 to 40. */
  readonly number: number;
  /** The Linux version that brought it. */
  readonly since: string;
  /** At most 28 characters. */
  readonly summary: string;
  readonly allows: string;
  readonly abuse: string;
  readonly neededBy: readonly string[];
  readonly instead: string;
  /** The runtimes that give it to a container which asks for nothing. */
  readonly defaultIn: readonly Runtime[];
  /** The levels under which a pod may add it. */
  readonly podSecurity: readonly PodSecurityLevel[];
  /** Links about this capability alone; `GENERAL_SOURCES` are about all. */
  readonly sources: readonly string[];
}

/** In the order of their numbers. */
export const CAPABILITY_FACTS = data.capabilities as readonly CapabilityFacts[];

/** Links about all capabilities: the manual page, the kernel's list, Pod Security, and the runtimes' defaults. */
export const GENERAL_SOURCES: Readonly<typeof data.sources> = data.sources;

const byName = new Map(CAPABILITY_FACTS.map((facts) => [facts.name, facts]));

/** What is known of a capability, by its name in any case and with or without `CAP_`; undefined where it is none. */
export const factsOn = (name: string): CapabilityFacts | undefined => byName.get(canonical(name));

/** The names that a runtime gives by default, in the order of their numbers. */
export const defaultsOf = (runtime: Runtime): string[] =>
  CAPABILITY_FACTS.filter(({ defaultIn }) => defaultIn.includes(runtime)).map(({ name }) => name);

/** All links about a capability, the general ones first. */
export function sourcesOf({ defaultIn, sources }: CapabilityFacts): string[] {
  const { capabilities, header, podSecurity, containerd, docker, crio } = GENERAL_SOURCES;
  const defaults = defaultIn.length > 0 ? [containerd, docker, crio] : [];
  return [capabilities, header, podSecurity, ...defaults, ...sources];
}

/** Which runtimes give it by default, in words. */
export function defaultWords({ defaultIn }: CapabilityFacts): string {
  if (defaultIn.length === 0) return 'on no runtime';
  return defaultIn.includes('cri-o') ? 'on containerd, Docker and CRI-O' : 'on containerd and Docker, not on CRI-O';
}

/** Which Pod Security levels let a pod add it, in words. */
export function podSecurityWords({ podSecurity }: CapabilityFacts): string {
  if (podSecurity.includes('restricted')) return 'baseline and restricted let a pod add it';
  if (podSecurity.includes('baseline')) return 'baseline lets a pod add it, restricted does not';
  return 'neither baseline nor restricted lets a pod add it';
}
