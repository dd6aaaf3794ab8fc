/** Makes an authority and one certificate of it. The authority's key is never stored: it signs once and is gone. */
import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { X509Certificate, webcrypto } from 'node:crypto';
import { BACKDATE_MS } from './keep.ts';

/** Certificate, key and authority, each in PEM. */
export interface Issued {
  readonly certificate: string;
  /** PKCS#8. */
  readonly key: string;
  readonly authority: string;
}

/** What is asked for. */
export interface Order {
  readonly dnsName: string;
  readonly validDays: number;
  readonly now: Date;
}

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

/** Sixteen random bytes in hexadecimal, the first of them neither zero nor with its sign bit set. */
function serial(): string {
  const bytes = Buffer.from(webcrypto.getRandomValues(new Uint8Array(16)));
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes.toString('hex');
}

/** Lines as Node writes them, so that what is stored is recognised as ours. */
const pemOf = (raw: ArrayBuffer): string => new X509Certificate(Buffer.from(raw)).toString();

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${der.match(/.{1,64}/g)!.join('\n')}\n-----END PRIVATE KEY-----\n`;
}

const identified = async (key: webcrypto.CryptoKey): Promise<SubjectKeyIdentifierExtension> =>
  SubjectKeyIdentifierExtension.create(key);

/** Makes a pair for one DNS name. Authority and certificate end at the same moment. */
export async function issue({ dnsName, validDays, now }: Order): Promise<Issued> {
  const notBefore = new Date(now.getTime() - BACKDATE_MS);
  const notAfter = new Date(now.getTime() + validDays * DAY_MS);
  const times = { notBefore, notAfter, signingAlgorithm: SIGNING };
  const caKeys = await webcrypto.subtle.generateKey(CURVE, false, ['sign', 'verify']);
  const leafKeys = await webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
  const caSerial = serial();
  const ca = await X509CertificateGenerator.createSelfSigned({
    ...times,
    serialNumber: caSerial,
    // Of several authorities with one subject and different keys, some verifiers try only the first.
    name: `CN=dropcap webhook CA ${caSerial}`,
    keys: caKeys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await identified(caKeys.publicKey),
    ],
  });
  const leaf = await X509CertificateGenerator.create({
    ...times,
    serialNumber: serial(),
    // Not the DNS name: it may be longer than the 64 characters of a common name, and nobody reads it there.
    subject: 'CN=dropcap webhook',
    issuer: ca.subject,
    publicKey: leafKeys.publicKey,
    signingKey: caKeys.privateKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([{ type: 'dns', value: dnsName }]),
      await AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
      await identified(leafKeys.publicKey),
    ],
  });
  return { certificate: pemOf(leaf.rawData), key: await keyPem(leafKeys.privateKey), authority: pemOf(ca.rawData) };
}
