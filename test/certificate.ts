import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** Paths of a certificate and its key in PEM. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Writes a self-signed certificate for localhost into the folder, on the curve that makes a handshake cheapest. */
export async function writeCertificate(folder: string): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
  });
  const certificate = { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') };
  writeFileSync(certificate.certFile, made.cert);
  writeFileSync(certificate.keyFile, made.private, { mode: 0o600 });
  return certificate;
}
