/** Throw-away certificates for 127.0.0.1. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** A certificate and its key, in PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

const EC = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;
const named = (name: string) => [{ name: 'commonName', value: name }];

/** An authority that signs others. */
export async function authority(name = 'authority'): Promise<Pair> {
  const { cert, private: key } = await generate(named(name), {
    ...EC,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  return { cert, key };
}

/** A certificate for 127.0.0.1 that an authority signed, good for servers and clients. */
export async function signedBy(ca: Pair, name = '127.0.0.1', notAfterDate?: Date): Promise<Pair> {
  const { cert, private: key } = await generate(named(name), {
    ...EC,
    ca,
    ...(notAfterDate ? { notBeforeDate: new Date('2020-01-01'), notAfterDate } : {}),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
  return { cert, key };
}

/** Paths of a pair in a folder. */
export const pathsIn = (folder: string): { cert: string; key: string } => ({
  cert: join(folder, 'tls.crt'),
  key: join(folder, 'tls.key'),
});

/** Writes a pair into a folder, in place of one that is there. */
export function writePair(folder: string, { cert, key }: Pair): void {
  const paths = pathsIn(folder);
  writeFileSync(paths.cert, cert);
  writeFileSync(paths.key, key);
}
