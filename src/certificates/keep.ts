/** Which authorities a renewal keeps in the bundle, and when it would be too soon to drop one. */
import type { X509Certificate } from 'node:crypto';

/** Certificates begin this long before they are made, for clocks that differ. */
export const BACKDATE_MS = 3_600_000;

/** The most authorities in a bundle. */
export const MOST = 5;

/**
 * How long pods may go on serving a pair that is no longer in the Secret. Kubelets bring a changed Secret within about two
 * minutes.
 */
const LAG_MS = 600_000;

/** Authorities by what they are to a renewal. */
export interface Authorities {
  /** All of the bundle, oldest first. */
  readonly all: readonly X509Certificate[];
  readonly ofServed: X509Certificate | undefined;
  /** Of a pair that was made and never served: nobody will miss it. */
  readonly ofNext: X509Certificate | undefined;
}

/** What stays, oldest first, and until when that would be too soon, because a pod may still serve what is dropped. */
export interface Kept {
  readonly kept: readonly X509Certificate[];
  readonly tooSoonUntil: Date | undefined;
}

/** Leaves room for one new authority. The served pair's stays in any case, as the newest. */
export function keep({ all, ofServed, ofNext }: Authorities, now: Date): Kept {
  // Before anything is served, API servers need the time to follow that a bundle of more than the new one gives them.
  const missed = (one: X509Certificate): boolean => one !== ofNext || !ofServed;
  const others = all.filter((one) => one !== ofServed && missed(one));
  const candidates = [...others, ...(ofServed ? [ofServed] : [])].filter(({ validToDate }) => validToDate > now);
  const kept = candidates.slice(1 - MOST);
  const dropped = candidates.length - kept.length;
  if (dropped === 0) return { kept, tooSoonUntil: undefined };
  // The last to be dropped was replaced by the one after it, at the latest when the one after that was made.
  const replaced = candidates[dropped + 1]!.validFromDate.getTime() + BACKDATE_MS;
  const until = new Date(replaced + LAG_MS);
  return { kept, tooSoonUntil: until > now ? until : undefined };
}
