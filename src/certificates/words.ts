/** How a run says where things stand. */
import type { X509Certificate } from 'node:crypto';
import type { Configuration } from './cluster.ts';
import { renewFrom } from './pair.ts';

/** A moment, to the second. */
export const day = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z');

function whereNot({ title, version, bundles }: Configuration): string[] {
  if (version === undefined) return [`${title}: is not there, passed over`];
  return bundles.length > 0 ? [] : [`${title}: has no webhook that calls this service, passed over`];
}

/** Lines on a settled cluster: what was passed over, and until when the certificate is good. */
export function settledLines(
  configurations: readonly Configuration[],
  certificate: X509Certificate,
  { dnsName, changed }: { readonly dnsName: string; readonly changed: boolean },
): string[] {
  const dates = `ends ${day(certificate.validToDate)} and is renewed from ${day(renewFrom(certificate))}`;
  const done = changed ? 'settled' : 'nothing to do';
  return [...configurations.flatMap(whereNot), `${done}: the certificate for ${dnsName} ${dates}`];
}
