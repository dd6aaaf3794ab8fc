/** Capability names in policies: exactly the kernel's, as Kubernetes spells them. */
import * as z from 'zod';
import { ALL, CAPABILITIES, canonical, isCapability } from '../engine/capabilities.ts';
import { didYouMean } from '../engine/did-you-mean.ts';
import { checkedBy, type Complaint } from './complaint.ts';
import { render } from './render.ts';

function problemWith(text: string, known: readonly string[], expected: string): Complaint | undefined {
  if (known.includes(text)) return undefined;
  const name = text === '*' ? ALL : canonical(text.trim());
  return { expected, didYouMean: () => (known.includes(name) ? name : didYouMean(name, known)) };
}

const named = (known: readonly string[], expected: string) =>
  z
    .string()
    .superRefine(checkedBy((text) => problemWith(text, known, expected)))
    .meta({ enum: [...known] });

/** One of the 41 capabilities, by name. */
export const capability = named(CAPABILITIES, 'a capability');

/** One of the 41, or `ALL` for every one. */
export const capabilityOrAll = named([...CAPABILITIES, ALL], 'a capability or ALL');

const NO_WILDCARD = 'an exception keeps capabilities one by one: name those that are needed';

/** A capability that an exception keeps: never a wildcard, which would be the policy switched off. */
export const keptCapability = z
  .string()
  .superRefine(
    checkedBy((text) => {
      if (isCapability(text)) return undefined;
      if (canonical(text) === ALL || text.includes('*'))
        return { expected: 'a capability', message: `${render(text)} cannot be kept: ${NO_WILDCARD}` };
      return problemWith(text, CAPABILITIES, 'a capability');
    }),
  )
  .meta({ enum: [...CAPABILITIES] });
