/** What the words of `dropcap capabilities` ask for. */
import { ALL, CAPABILITIES, canonical, isCapability } from '../engine/capabilities.ts';
import { didYouMean } from '../engine/did-you-mean.ts';
import { EVERY_CAPABILITY, setOfMask, setOfNames, type CapabilitySet } from '../knowledge/capabilities-mask.ts';
import { BadInput } from './context.ts';

/** A set of capabilities, and how it was asked for. */
export interface Asked {
  readonly by: 'nothing' | 'names' | 'mask';
  readonly set: CapabilitySet;
}

const EXPECTED = 'expected a capability, ALL, or a mask: eight or more hexadecimal digits, or fewer after 0x';

// What stands before a mask in /proc/PID/status, so that the whole line may be pasted.
const LABEL = /^Cap(?:Inh|Prm|Eff|Bnd|Amb):$/;
const MASK = /^(?:0x([0-9a-f]+)|([0-9a-f]{8,}))$/i;
const LONGEST_MASK = 16;

const hexOf = (word: string): string | undefined => {
  const found = MASK.exec(word);
  return found?.[1] ?? found?.[2];
};

/** Why a word is none of what is expected. */
function complaint(word: string): string {
  const hex = hexOf(word);
  if (hex !== undefined) return `error: found ${hex.length} digits in ${word}, expected a mask of at most 16`;
  // A number alone may be a capability's, as in audit records, or a mask: better to ask than to guess.
  const numbered = /^\d{1,2}$/.test(word) ? CAPABILITIES[Number(word)] : undefined;
  if (numbered)
    return `error: found ${word}, expected a name or a mask: capability number ${Number(word)} is ${numbered}, the mask is 0x${word}`;
  const meant = didYouMean(canonical(word), [...CAPABILITIES, ALL]);
  return `error: found ${word}, ${EXPECTED}${meant ? `; did you mean ${meant}?` : ''}`;
}

const isName = (word: string): boolean => isCapability(canonical(word)) || canonical(word) === ALL;

function isMask(word: string): boolean {
  const hex = hexOf(word);
  return hex !== undefined && hex.length <= LONGEST_MASK;
}

/** Reads the words of a command line. Throws where one is neither a name nor a mask, with a line for each. */
export function asked(given: readonly string[]): Asked {
  if (given.length === 0) return { by: 'nothing', set: EVERY_CAPABILITY };
  const words = given.flatMap((word) => word.split(/[\s,]+/)).filter((word) => word !== '' && !LABEL.test(word));
  if (words.length === 0) throw new BadInput([`error: found no name, ${EXPECTED}`]);
  const wrong = words.filter((word) => !isName(word) && !isMask(word));
  if (wrong.length > 0) throw new BadInput([...new Set(wrong)].map(complaint));
  const [mask, another] = words.filter(isMask);
  if (mask === undefined) {
    const names = words.map(canonical);
    return { by: 'names', set: names.includes(ALL) ? EVERY_CAPABILITY : setOfNames(names) };
  }
  if (words.length > 1)
    throw new BadInput([
      `error: found ${another === undefined ? 'a mask beside names' : 'several masks'}, expected either names or one mask`,
    ]);
  return { by: 'mask', set: setOfMask(hexOf(mask)!) };
}
