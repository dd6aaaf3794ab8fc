import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate, type SelfsignedOptions } from 'selfsigned';

/** Paths of a certificate and its key in PEM. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
}

/** A self-signed certificate and its key in PEM, for localhost or an IP address, on the curve that makes a handshake cheapest. */
export async function makeCertificate(ip?: string): Promise<{ readonly cert: string; readonly key: string }> {
  const options: SelfsignedOptions = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' };
  if (ip !== undefined) options.extensions = [{ name: 'subjectAltName', altNames: [{ type: 7, ip }] }];
  const made = await generate([{ name: 'commonName', value: 'localhost' }], options);
  return { cert: made.cert, key: made.private };
}

/** Writes a self-signed certificate for localhost into the folder. */
export async function writeCertificate(folder: string): Promise<Certificate> {
  const { cert, key } = await makeCertificate();
  const certificate = { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') };
  writeFileSync(certificate.certFile, cert);
  writeFileSync(certificate.keyFile, key, { mode: 0o600 });
  return certificate;
}
