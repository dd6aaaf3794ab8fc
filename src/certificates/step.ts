/**
 * What a run does next, from what it sees. The Secret is the only truth: first the new pair waits there as `next` while the
 * bundle with its authority spreads, then it takes the served pair's place. So the served pair is in every bundle throughout.
 */
import type { X509Certificate } from 'node:crypto';
import { readBundle, type Bundle } from './bundle.ts';
import type { SecretData } from './cluster.ts';
import { keep } from './keep.ts';
import { judge, renewFrom, sound, type Fitting, type Pair } from './pair.ts';
import { BUNDLE, nextIn, promoted, servedIn, textOf } from './secret.ts';

/** What a run sees at one moment, the configurations read before the Secret. */
export interface Seen {
  readonly now: Date;
  readonly data: SecretData;
  /** For each configuration, the bundles of our webhooks. */
  readonly bundles: readonly (readonly (string | undefined)[])[];
  /** Has everything been as it is for as long as API servers need to see it? */
  readonly propagated: boolean;
}

/** What a run is to reach. */
export interface Goal {
  readonly dnsName: string;
  /** Certificates that must not stay, in PEM, however good they are. */
  readonly unwanted: ReadonlySet<string>;
}

/** One thing to do, after which everything is looked at again. */
export type Action =
  | { readonly do: 'issue'; readonly because: string; readonly kept: readonly X509Certificate[] }
  | { readonly do: 'patch'; readonly bundle: string; readonly stale: readonly number[] }
  | { readonly do: 'wait' }
  | { readonly do: 'promote'; readonly data: SecretData }
  | { readonly do: 'refuse'; readonly until: Date }
  | { readonly do: 'settle'; readonly certificate: X509Certificate };

const ASKED = 'a renewal was asked for';
const AGED = 'less than a third of its life is left';

interface Judged extends Fitting {
  readonly served: Pair;
  readonly next: Pair;
}

const aged = ({ certificate }: Pair, now: Date): boolean => certificate !== undefined && renewFrom(certificate) < now;

/** Why a pair must be made; undefined where the served one may stay. */
function whyIssue({ data, now }: Seen, { unwanted }: Goal, { served, next }: Judged): string | undefined {
  const underWay = nextIn(data).some((text) => text !== '');
  if (underWay && next.fault) return `the next certificate ${next.fault}`;
  if (served.fault) return `the certificate ${served.fault}`;
  if (aged(underWay ? next : served, now)) return AGED;
  return underWay || unwanted.has(servedIn(data)[0]) ? ASKED : undefined;
}

function issuing(because: string, { now }: Seen, { bundle, served, next }: Judged): Action {
  const authorities = { all: bundle.authorities, ofServed: served.issuer, ofNext: next.issuer };
  const { kept, tooSoonUntil } = keep(authorities, now);
  // A pair that cannot be served is worse than an authority that is missed.
  if (tooSoonUntil && sound(served)) return { do: 'refuse', until: tooSoonUntil };
  return { do: 'issue', because, kept };
}

/** Patches what is stale, if anything is. */
function patching({ data, bundles }: Seen): Action | undefined {
  const bundle = data[BUNDLE]!;
  const stale = bundles.flatMap((ours, i) => (ours.some((one) => one !== bundle) ? [i] : []));
  return stale.length > 0 ? { do: 'patch', bundle, stale } : undefined;
}

/** Was anything served or trusted before, that an API server may still go by? */
const servedBefore = (data: SecretData, { authorities }: Bundle, next: X509Certificate): boolean =>
  servedIn(data).some((text) => text !== '') || authorities.some((authority) => authority !== next);

/** The Secret's bundle. Where that is lost, what the API server trusts instead: pods may serve the lost pair a while yet. */
function bundleIn({ data, bundles }: Seen): Bundle {
  const own = readBundle(textOf(data, BUNDLE));
  const [found = ''] = bundles.flat().filter((bundle) => bundle !== undefined);
  return own.authorities.length > 0 ? own : readBundle(Buffer.from(found, 'base64').toString());
}

/** What a run does next. Pure: it changes nothing, and reads no clock. */
export function step(seen: Seen, goal: Goal): Action {
  const { data, now } = seen;
  const fitting: Fitting = { bundle: bundleIn(seen), dnsName: goal.dnsName, now };
  const [served, next] = [judge(servedIn(data), fitting), judge(nextIn(data), fitting)];
  if (sound(next) && !aged(next, now) && !goal.unwanted.has(nextIn(data)[0])) {
    const wait = !seen.propagated && servedBefore(data, fitting.bundle, next.issuer);
    return patching(seen) ?? (wait ? { do: 'wait' } : { do: 'promote', data: promoted(data) });
  }
  const judged = { ...fitting, served, next };
  const because = whyIssue(seen, goal, judged);
  if (because !== undefined) return issuing(because, seen, judged);
  return patching(seen) ?? { do: 'settle', certificate: served.certificate! };
}
