/** Sets of capabilities as the kernel writes them: a bit for each number, in sixteen hexadecimal digits. */
import { CAPABILITY_FACTS, defaultsOf, factsOn, type CapabilityFacts } from './capabilities.ts';

/** A set of capabilities, and the bits in its mask that name none. */
export interface CapabilitySet {
  /** Sixteen hexadecimal digits, lower case. */
  readonly mask: string;
  /** In the order of their numbers. */
  readonly capabilities: readonly CapabilityFacts[];
  /** Bits above 40: capabilities of a newer kernel, or none at all. */
  readonly unknownBits: readonly number[];
}

const BITS = 64;

const digits = (mask: bigint): string => mask.toString(16).padStart(16, '0');

/** Reads a mask: up to sixteen hexadecimal digits, without `0x`. */
export function setOfMask(hex: string): CapabilitySet {
  const mask = BigInt(`0x${hex}`);
  const bits = Array.from({ length: BITS }, (_, bit) => bit).filter((bit) => (mask >> BigInt(bit)) & 1n);
  return {
    mask: digits(mask),
    capabilities: bits.flatMap((bit) => CAPABILITY_FACTS[bit] ?? []),
    unknownBits: bits.filter((bit) => bit >= CAPABILITY_FACTS.length),
  };
}

/** The set of some capabilities; names that are none are left out. */
export function setOfNames(names: readonly string[]): CapabilitySet {
  const numbers = new Set(names.flatMap((name) => factsOn(name)?.number ?? []));
  return setOfMask([...numbers].reduce((mask, number) => mask | (1n << BigInt(number)), 0n).toString(16));
}

/** All 41. */
export const EVERY_CAPABILITY: CapabilitySet = setOfNames(CAPABILITY_FACTS.map(({ name }) => name));

/** `41, 43 to 63`: ascending numbers, runs of three and more as their ends. */
export function rangesOf(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run && run[1] === number - 1) run[1] = number;
    else runs.push([number, number]);
  }
  return runs
    .map(([first, last]) => {
      if (first === last) return `${first}`;
      return last === first + 1 ? `${first}, ${last}` : `${first} to ${last}`;
    })
    .join(', ');
}

const WELL_KNOWN: ReadonlyMap<string, string> = new Map([
  [setOfNames([]).mask, 'no known capability'],
  [EVERY_CAPABILITY.mask, 'every capability, as a privileged container has them'],
  [setOfNames(defaultsOf('containerd')).mask, 'what containerd and Docker give by default'],
  [setOfNames(defaultsOf('cri-o')).mask, 'what CRI-O gives by default'],
]);

const FEW = 6;

/** Names of what is in a set; where nearly everything is, of what is not. */
export function listed({ capabilities, unknownBits }: CapabilitySet): string {
  const missing = CAPABILITY_FACTS.filter((facts) => !capabilities.includes(facts));
  const bits = unknownBits.length > 0 ? [`bits ${rangesOf(unknownBits)}`] : [];
  if (missing.length > FEW) return [...capabilities.map(({ name }) => name), ...bits].join(', ');
  const but = missing.length > 0 ? ` but ${missing.map(({ name }) => name).join(', ')}` : '';
  return [`every capability${but}`, ...bits].join(', and ');
}

/** What a set is like, in a few words: a well-known one, or what it has beyond the defaults of containerd and Docker. */
export function likeness(set: CapabilitySet): string {
  const { capabilities } = set;
  const known = WELL_KNOWN.get(setOfNames(capabilities.map(({ name }) => name)).mask);
  if (known !== undefined) return known;
  if (CAPABILITY_FACTS.length - capabilities.length <= FEW) return listed({ ...set, unknownBits: [] });
  const number = `${capabilities.length} ${capabilities.length === 1 ? 'capability' : 'capabilities'}`;
  const beyond = capabilities.filter(({ defaultIn }) => defaultIn.length === 0);
  if (beyond.length === 0) return `${number}, within what containerd and Docker give by default`;
  if (beyond.length === capabilities.length) return `${number}, not given by default on any runtime`;
  const names = beyond.length > FEW ? `${beyond.length} of them` : beyond.map(({ name }) => name).join(', ');
  return `${number}; not given by default on any runtime: ${names}`;
}
