/** The certificate that is served: read from files, and read again when they change. */
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { watchFolders } from '../files/watch.ts';

/** Where the pair is, and the authority that clients must have, if they must. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
  readonly clientCa: string | undefined;
}

/** What is told when the files have changed. */
export interface CertificateEvents {
  readonly onLoaded: (options: SecureContextOptions) => void;
  /** The new files cannot be served; the old pair stays. */
  readonly onFailed: (error: Error) => void;
}

interface Loaded {
  readonly options: SecureContextOptions;
  /** Seconds since 1970. */
  readonly expiry: number;
  readonly digest: string;
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(`${path}: cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`, {
      cause: error,
    });
  }
}

/** Reads the authority of clients. OpenSSL takes a file without any certificate for one that nobody's client has. */
function readAuthority(path: string): Buffer {
  const ca = read(path);
  try {
    new X509Certificate(ca);
  } catch (error) {
    throw new Error(`${path}: holds no certificate in PEM`, { cause: error });
  }
  return ca;
}

/** Reads the files. Throws where they are no pair: a key of another certificate must not be served. */
function load({ cert, key, clientCa }: CertificateFiles): Loaded {
  const ca = clientCa === undefined ? {} : { ca: readAuthority(clientCa) };
  const files = { cert: read(cert), key: read(key), ...ca };
  const options: SecureContextOptions = { ...files, minVersion: 'TLSv1.2' };
  try {
    createSecureContext(options);
    const expiry = Date.parse(new X509Certificate(files.cert).validTo) / 1000;
    const digest = Object.values(files)
      .reduce((hash, file) => hash.update(file), createHash('sha256'))
      .digest('hex');
    return { options, expiry, digest };
  } catch (error) {
    throw new Error(`${cert} and ${key}: not a certificate with its key: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** A certificate that follows its files. */
export class Certificate {
  readonly #files: CertificateFiles;
  #loaded: Loaded;
  #failing = false;
  #stop: (() => void) | undefined;

  /** Throws where the files cannot be served. */
  constructor(files: CertificateFiles) {
    this.#files = files;
    this.#loaded = load(files);
  }

  /** What a TLS server is given. */
  get options(): SecureContextOptions {
    return this.#loaded.options;
  }

  /** When the served certificate ends, in seconds since 1970. */
  get expiry(): number {
    return this.#loaded.expiry;
  }

  /** Do the files hold a pair that cannot be served, so that an older one still is? */
  get failing(): boolean {
    return this.#failing;
  }

  /** Follows the files until closed. */
  follow(events: CertificateEvents): void {
    const { cert, key, clientCa } = this.#files;
    const folders = [cert, key, ...(clientCa === undefined ? [] : [clientCa])].map((file) => dirname(file));
    this.#stop = watchFolders(folders, () => this.#reload(events));
  }

  close(): void {
    this.#stop?.();
  }

  #reload({ onLoaded, onFailed }: CertificateEvents): void {
    try {
      const loaded = load(this.#files);
      this.#failing = false;
      if (loaded.digest === this.#loaded.digest) return;
      this.#loaded = loaded;
      onLoaded(loaded.options);
    } catch (error) {
      // Said once, not every time somebody looks: the metric and the readiness detail keep saying it.
      if (!this.#failing) onFailed(error as Error);
      this.#failing = true;
    }
  }
}
