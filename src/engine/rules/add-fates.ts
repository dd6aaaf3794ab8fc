/** What may become of an entry of add, and how that is said. */
import { CAPABILITIES, canonical } from '../capabilities.ts';
import { didYouMean } from '../did-you-mean.ts';
import { list } from '../rule.ts';

/** `stays` and `left` stay as they are written; `left` is allowed, but not every runtime gives it in this spelling. */
export type Fate = 'stays' | 'left' | 'respelt' | 'disallowed' | 'dropped' | 'unknown' | 'wildcard';

/** The entries of a container by their fate; those that stay are not listed. */
export type Entries = ReadonlyMap<Fate, readonly string[]>;

const suggest = (entry: string): string => {
  const meant = didYouMean(canonical(entry), CAPABILITIES);
  return meant ? `${list([entry])} (did you mean ${meant}?)` : list([entry]);
};

const SENTENCES: Record<Exclude<Fate, 'stays' | 'left'>, (entries: readonly string[]) => string> = {
  wildcard: () => 'ALL in add grants every capability, and the policy does not allow it by name.',
  disallowed: (entries) => `The policy does not allow adding ${list(entries)}.`,
  dropped: (entries) => `${list(entries)} is also dropped, and runtimes disagree about which of the two lists wins.`,
  unknown: (entries) => `No such capability: ${entries.slice(0, 8).map(suggest).join(', ')}.`,
  respelt: (entries) =>
    `${list(entries)} was held already, but this is not how every runtime and Pod Security spell it.`,
};

/** Why the list changes, in sentences; none where it does not. `back` are the names that are given back. */
export function reasonsFor(entries: Entries, back: readonly string[]): string[] {
  const reasons: string[] = [];
  for (const [fate, which] of entries) if (fate !== 'stays' && fate !== 'left') reasons.push(SENTENCES[fate](which));
  if (back.length > 0)
    reasons.push(`To be given back, as every runtime gave it before and the policy keeps it: ${list(back)}.`);
  return reasons;
}

/** What is asked and cannot be had, in sentences. `lost` are names that cannot be given back. */
export function regretsFor(entries: Entries, lost: readonly string[]): string[] {
  const left = entries.get('left');
  const regrets: string[] = [];
  if (left)
    regrets.push(
      `${list(left)} is allowed, but in this spelling not every runtime gives it: correcting it could grant something ` +
        'new, so it was left. Write the name without CAP_ if it is meant.',
    );
  if (lost.length > 0)
    regrets.push(
      `${list(lost)} cannot be given back: CRI-O does not hold it by default, so there it would be a grant. ` +
        'Add it in the pod itself if it is needed.',
    );
  return regrets;
}
