/** A certificate and its key, judged: could the API server be answered with them? */
import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { certificateIn, issuerOf, type Bundle } from './bundle.ts';

/** What is known of a pair. */
export interface Pair {
  readonly certificate?: X509Certificate;
  /** The authority in the bundle that signed it. */
  readonly issuer?: X509Certificate;
  /** Why it cannot be served, in words that never hold any of it; undefined where it can. */
  readonly fault?: string;
}

/** A pair that can be served. */
export type SoundPair = Required<Omit<Pair, 'fault'>>;

/** What a pair has to fit. */
export interface Fitting {
  readonly bundle: Bundle;
  /** The name that the API server asks for. */
  readonly dnsName: string;
  readonly now: Date;
}

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

// Its type says that there always are some.
const usagesOf = ({ keyUsage = [] }: { readonly keyUsage?: readonly string[] }): readonly string[] => keyUsage;

interface Examined extends Fitting {
  readonly certificate: X509Certificate;
  readonly key: KeyObject | undefined;
  readonly issuer: X509Certificate | undefined;
}

const FAULTS: readonly (readonly [(examined: Examined) => boolean, string])[] = [
  [({ certificate, key }) => !key || !certificate.checkPrivateKey(key), 'is without its key'],
  [({ certificate, now }) => certificate.validFromDate > now, 'is not valid yet'],
  [({ certificate, now }) => certificate.validToDate <= now, 'has expired'],
  [({ certificate, dnsName }) => certificate.checkHost(dnsName) === undefined, 'is for another name'],
  [({ certificate }) => !usagesOf(certificate).includes(SERVER_AUTH), 'is not for servers'],
  [({ bundle, issuer }) => !bundle.clean || !issuer, 'is signed by no authority of the bundle'],
  [({ issuer, now }) => issuer!.validToDate <= now, 'has outlived its authority'],
];

function keyIn(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

/** Judges a pair in PEM; an empty text is one that is not there. */
export function judge([pem, keyPem]: readonly [string, string], fitting: Fitting): Pair {
  if (pem === '' && keyPem === '') return { fault: 'is not there' };
  const certificate = certificateIn(pem);
  if (!certificate || certificate.toString() !== pem) return { fault: 'is not readable' };
  const issuer = issuerOf(fitting.bundle, certificate);
  const known = { certificate, ...(issuer && { issuer }) };
  const examined: Examined = { ...fitting, certificate, issuer, key: keyIn(keyPem) };
  const [, fault] = FAULTS.find(([holds]) => holds(examined)) ?? [];
  return fault === undefined ? known : { ...known, fault };
}

/** Can it be served? */
export const sound = (pair: Pair): pair is SoundPair => pair.fault === undefined;

/** When a certificate is to be renewed: a third of its life before its end. */
export function renewFrom({ validFromDate, validToDate }: X509Certificate): Date {
  const life = validToDate.getTime() - validFromDate.getTime();
  return new Date(validToDate.getTime() - life / 3);
}
