/**
 * The three runtime families as small models: which capabilities a container would hold. Each repeats, step by step, what
 * its runtime does with the two lists; none of them looks at src/engine, whose claims they check.
 */
import { CAPABILITIES } from '../src/engine/capabilities.ts';

/** The fields that decide what a container holds. */
export interface Security {
  readonly add: readonly string[];
  readonly drop: readonly string[];
  readonly privileged: boolean;
}

/** What a container would hold. */
export interface Held {
  readonly held: ReadonlySet<string>;
  /**
   * Does the runtime refuse to create the container, for a name that it does not know? `held` is then what the container
   * would hold without the unknown names: removing one may turn a refused start into a working one, and that one must
   * not hold more than its author's known names ask for.
   */
  readonly refused: boolean;
}

export const RUNTIMES = ['containerd', 'CRI-O', 'moby'] as const;
export type Runtime = (typeof RUNTIMES)[number];

const EVERY: ReadonlySet<string> = new Set(CAPABILITIES);

const FOURTEEN =
  'CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE';
const NINE = 'CHOWN DAC_OVERRIDE FSETID FOWNER SETGID SETUID SETPCAP NET_BIND_SERVICE KILL';

/** The capabilities that a runtime gives to a container that asks for nothing. */
export const DEFAULTS: Readonly<Record<Runtime, ReadonlySet<string>>> = {
  containerd: new Set(FOURTEEN.split(' ')),
  'CRI-O': new Set(NINE.split(' ')),
  moby: new Set(FOURTEEN.split(' ')),
};

/** Go's strings.ToUpper: letter by letter, so that one letter never becomes two as in JavaScript (`ﬆ` is not `ST`). */
const upper = (text: string): string =>
  text.replace(/[^A-Z_]/gu, (letter) => {
    const big = letter.toUpperCase();
    return big.length === letter.length ? big : letter;
  });

const isAll = (entry: string): boolean => upper(entry) === 'ALL';

const known = (names: readonly string[]): string[] => names.filter((name) => EVERY.has(name));

/** Upper-cases, and puts `CAP_` before whatever stands there: `CAP_CHOWN` becomes `CAP_CAP_CHOWN`, which names nothing. */
function containerd({ add, drop, privileged }: Security): Held {
  const plain = (entries: readonly string[]): string[] => known(entries.filter((e) => !isAll(e)).map(upper));
  let held: ReadonlySet<string> = DEFAULTS.containerd;
  if (add.some(isAll)) held = EVERY;
  if (drop.some(isAll)) held = new Set();
  held = new Set([...held, ...plain(add)]);
  held = held.difference(new Set(plain(drop)));
  // The lists were worked out for nothing: privileged overwrites them.
  return { held: privileged ? EVERY : held, refused: false };
}

const withoutPrefix = (entry: string): string => upper(entry).replace(/^CAP_/, '');

/** `ALL` first, in add and then in drop; then the names, in any case and with or without `CAP_`. */
function crio({ add, drop, privileged }: Security): Held {
  if (privileged) return { held: EVERY, refused: false };
  const names = (entries: readonly string[]): string[] => entries.filter((e) => !isAll(e)).map(withoutPrefix);
  let held: ReadonlySet<string> = DEFAULTS['CRI-O'];
  if (add.some(isAll)) held = EVERY;
  if (drop.some(isAll)) held = new Set();
  held = new Set([...held, ...known(names(add))]);
  held = held.difference(new Set(known(names(drop))));
  return { held, refused: [...names(add), ...names(drop)].some((name) => !EVERY.has(name)) };
}

/** Three branches, of which only the first to fit is taken; drops are subtracted from the defaults, never from the adds. */
function moby({ add, drop, privileged }: Security): Held {
  if (privileged) return { held: EVERY, refused: false };
  const names = (entries: readonly string[]): string[] => entries.map((e) => (isAll(e) ? 'ALL' : withoutPrefix(e)));
  const unknown = [...add, ...drop].some((entry) => !isAll(entry) && !EVERY.has(withoutPrefix(entry)));
  const added = known(names(add));
  const dropped = new Set(known(names(drop)));
  let held: ReadonlySet<string>;
  if (add.some(isAll)) held = EVERY.difference(dropped);
  else if (drop.some(isAll)) held = new Set(added);
  else held = new Set([...DEFAULTS.moby.difference(dropped), ...added]);
  return { held, refused: unknown };
}

const MODELS: Readonly<Record<Runtime, (security: Security) => Held>> = { containerd, 'CRI-O': crio, moby };

/** What a container with these fields would hold on a runtime. */
export const capabilitiesHeld = (runtime: Runtime, security: Security): Held => MODELS[runtime](security);
