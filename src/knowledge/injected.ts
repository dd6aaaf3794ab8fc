/**
 * Containers that others put into pods: those of `kubectl debug`, by profile, and those of service meshes. What they ask for is
 * read from their sources; what breaks follows from it, and from what was measured of the programs that they run.
 */
import data from './injected.json' with { type: 'json' };
import { SHIPPED, type ShippedPolicy } from './breakage-mend.ts';

/** A container that is put into a pod, and what hardening does to it. */
export interface Injected {
  /** The profile, or the mesh. */
  readonly name: string;
  /** Name of the container; that of kubectl debug is given by whoever starts it. */
  readonly container?: string;
  readonly who?: string;
  readonly add?: readonly string[];
  readonly dropsAll?: boolean;
  readonly privileged?: boolean;
  readonly noEscalation?: boolean;
  /** What does not work after `restricted`. */
  readonly breaks: string;
  /** What to do without a capability; empty where there is nothing to do. */
  readonly instead: string;
  /** File in policies/exceptions that lets it through. */
  readonly exception?: string;
  /** Names in `INJECTED_SOURCES`. */
  readonly sources: readonly string[];
}

/** The profiles of `kubectl debug`, as kubectl 1.37 writes them into an ephemeral container. */
export const DEBUG_PROFILES: readonly Injected[] = data.debug;
/** What service meshes put into pods or onto nodes. */
export const MESHES: readonly Injected[] = data.meshes;
/** Addresses by name. */
export const INJECTED_SOURCES: Readonly<Record<string, string>> = data.sources;

/** What a container asks for, in the words of its fields. */
export function asksFor({ add = [], dropsAll, privileged, noEscalation }: Injected): string {
  const parts = [
    ...(privileged ? ['privileged'] : []),
    ...(dropsAll ? ['drop: [ALL]'] : []),
    ...(add.length > 0 ? [`add: [${add.join(', ')}]`] : []),
    ...(noEscalation ? ['no escalation'] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : 'nothing';
}

/** What a shipped policy takes of `add`; nothing where the container is privileged. */
export function takenBy(policy: ShippedPolicy, { add = [], privileged }: Injected): readonly string[] {
  const allows: readonly string[] = SHIPPED[policy].allows;
  return privileged ? [] : add.filter((name) => !allows.includes(name));
}
