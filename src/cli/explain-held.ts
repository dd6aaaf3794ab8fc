/**
 * Which capabilities a container's securityContext comes to at run time, on each family of runtimes: containerd's CRI plugin,
 * Docker behind cri-dockerd (moby), and CRI-O. Sources: containerd internal/cri/opts/spec_opts.go, moby daemon/pkg/oci/caps,
 * CRI-O internal/factory/container/container.go.
 */
import { canonical, CAPABILITIES, holdsAll, isAll, isCapability, upper } from '../engine/capabilities.ts';
import type { SecurityFields } from '../engine/pod.ts';
import { defaultsOf, type Runtime } from '../knowledge/capabilities.ts';

/** The fields that decide what a container holds. */
export type Lists = Pick<SecurityFields, 'add' | 'drop' | 'privileged'>;

/** What a container would hold on one runtime. */
export interface Held {
  /** Canonical names: its bounding set, and what root in it has. */
  readonly names: ReadonlySet<string>;
  /** Entries for which the runtime refuses to create the container; `names` is then what it would hold without them. */
  readonly refused: readonly string[];
}

export const RUNTIMES: readonly Runtime[] = ['containerd', 'docker', 'cri-o'];

const EVERY: ReadonlySet<string> = new Set(CAPABILITIES);

const named = (entries: readonly string[], spell: (entry: string) => string): ReadonlySet<string> =>
  new Set(
    entries
      .filter((entry) => !isAll(entry))
      .map(spell)
      .filter(isCapability),
  );

/** `ALL` first, in add and then in drop; then the names of each. */
function inTurn(base: Iterable<string>, { add, drop }: Lists, spell: (entry: string) => string): ReadonlySet<string> {
  const start = holdsAll(drop) ? [] : holdsAll(add) ? EVERY : base;
  return new Set(start).union(named(add, spell)).difference(named(drop, spell));
}

/** A name in add is kept beside the same in drop, and drops are of the defaults only. */
function asMoby({ add, drop }: Lists): ReadonlySet<string> {
  const [added, dropped] = [named(add, canonical), named(drop, canonical)];
  if (holdsAll(add)) return EVERY.difference(dropped);
  return holdsAll(drop) ? added : new Set(defaultsOf('docker')).difference(dropped).union(added);
}

/** What a container with these fields would hold on a runtime. */
export function heldOn(runtime: Runtime, lists: Lists): Held {
  if (lists.privileged) return { names: EVERY, refused: [] };
  // containerd puts `CAP_` before whatever stands there, so that `CAP_CHOWN` names nothing, and ignores what names nothing.
  if (runtime === 'containerd') return { names: inTurn(defaultsOf(runtime), lists, upper), refused: [] };
  const refused = [...lists.add, ...lists.drop].filter((entry) => !isAll(entry) && !isCapability(canonical(entry)));
  return { names: runtime === 'docker' ? asMoby(lists) : inTurn(defaultsOf(runtime), lists, canonical), refused };
}
