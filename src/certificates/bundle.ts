/** The CA bundle: the authorities that the API server trusts for our service, oldest first. */
import { X509Certificate } from 'node:crypto';

/** Authorities of a bundle. */
export interface Bundle {
  readonly authorities: readonly X509Certificate[];
  /** Is the text exactly what we write? Readers of PEM differ in what they make of anything else. */
  readonly clean: boolean;
}

const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** The certificate that a text in PEM is, or undefined. */
export function certificateIn(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** Authorities as PEM, one after the other. */
export const bundleText = (authorities: readonly X509Certificate[]): string =>
  authorities.map((authority) => authority.toString()).join('');

/** Reads what can be read of a bundle in PEM. */
export function readBundle(text: string): Bundle {
  const authorities = (text.match(BLOCK) ?? [])
    .map(certificateIn)
    .filter((certificate) => certificate?.ca === true) as X509Certificate[];
  return { authorities, clean: bundleText(authorities) === text };
}

/** The authority that signed a certificate, or undefined. */
export const issuerOf = ({ authorities }: Bundle, certificate: X509Certificate): X509Certificate | undefined =>
  authorities.find((authority) => certificate.checkIssued(authority) && certificate.verify(authority.publicKey));
