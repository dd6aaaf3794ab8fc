/** The keys of the Secret, and the two ways in which a run changes them. */
import type { X509Certificate } from 'node:crypto';
import { bundleText } from './bundle.ts';
import type { SecretData } from './cluster.ts';
import type { Issued } from './issue.ts';

/** Authorities that the API server is to trust. */
export const BUNDLE = 'ca.crt';

const SERVED = ['tls.crt', 'tls.key'] as const;
const NEXT = ['next.crt', 'next.key'] as const;

/** Text under a key; empty where there is none. */
export const textOf = (data: SecretData, key: string): string => Buffer.from(data[key] ?? '', 'base64').toString();

const encoded = (text: string): string => Buffer.from(text).toString('base64');

type PairText = readonly [certificate: string, key: string];

/** The pair that pods serve, in PEM. */
export const servedIn = (data: SecretData): PairText => [textOf(data, SERVED[0]), textOf(data, SERVED[1])];

/** The pair that is to be served next, in PEM; both empty where no renewal is under way. */
export const nextIn = (data: SecretData): PairText => [textOf(data, NEXT[0]), textOf(data, NEXT[1])];

/** With a new pair to be served next, and its authority the newest of the bundle. */
export const withNext = (data: SecretData, kept: readonly X509Certificate[], issued: Issued): SecretData => ({
  ...data,
  [BUNDLE]: encoded(bundleText(kept) + issued.authority),
  [NEXT[0]]: encoded(issued.certificate),
  [NEXT[1]]: encoded(issued.key),
});

/** With the next pair in the place of the served one. */
export function promoted(data: SecretData): SecretData {
  const { [NEXT[0]]: certificate = '', [NEXT[1]]: key = '', ...rest } = data;
  return { ...rest, [SERVED[0]]: certificate, [SERVED[1]]: key };
}
