/**
 * What Kubernetes promises of one Secret and two webhook configurations: reads give the newest state, and a write holds only
 * for the version that was read. It remembers what held when.
 */
import { X509Certificate } from 'node:crypto';
import type { Cluster, SecretData } from '../../src/certificates/cluster.ts';

/** A value and when it held, in milliseconds; `to` is Infinity while it does. */
export interface Held<T> {
  readonly value: T;
  readonly from: number;
  to: number;
}

class Versioned<T> {
  version = 0;
  readonly history: Held<T>[];

  constructor(value: T) {
    this.history = [{ value, from: 0, to: Infinity }];
  }

  get value(): T {
    return this.history.at(-1)!.value;
  }

  write(value: T, now: number): void {
    this.history.at(-1)!.to = now;
    this.history.push({ value, from: now, to: Infinity });
    this.version++;
  }
}

/** Lets others go first, and may reject where a run ends for good: before or after what is done. */
export type Gate = <T>(label: string, run: () => T) => Promise<T>;

const SERVED = 'tls.crt';
const text = (base64: string | undefined): string => Buffer.from(base64 ?? '', 'base64').toString();

/** A certificate that was in the Secret together with a bundle that does not hold its authority. */
export interface Gap {
  readonly certificate: string;
  readonly bundle: string;
}

/** The objects, and a clock. */
export class ModelCluster {
  now = Date.UTC(2026, 0, 1);
  /** Without it, writes hold whatever was read: not Kubernetes, but a way to see that the law can fail. */
  locks = true;
  readonly secret = new Versioned<SecretData>({});
  readonly configurations = [
    new Versioned<string | undefined>(undefined),
    new Versioned<string | undefined>(undefined),
  ];

  /** As one run sees it. */
  seenThrough(gate: Gate): Cluster {
    const write =
      <T>(label: string, object: Versioned<T>, version: number) =>
      (value: T): Promise<boolean> =>
        gate(label, () => {
          if (this.locks && object.version !== version) return false;
          // As the API server: what changes nothing makes no version.
          if (JSON.stringify(value) !== JSON.stringify(object.value)) object.write(value, this.now);
          return true;
        });
    return {
      configurations: () =>
        gate('read configurations', () =>
          this.configurations.map((object, i) => ({
            title: `configuration ${i}`,
            version: String(object.version),
            bundles: [object.value],
            patch: write(`patch configuration ${i}`, object, object.version),
          })),
        ),
      secret: () =>
        gate('read Secret', () => ({
          version: String(this.secret.version),
          data: this.secret.value,
          replace: write('write Secret', this.secret, this.secret.version),
        })),
    };
  }

  /**
   * Where a certificate that a pod may serve met a bundle that an API server may use and that does not hold its authority. Pods
   * may go on serving what the Secret held for `lag` milliseconds, API servers using a bundle for less than `propagation`.
   */
  gaps(lag: number, propagation: number): Gap[] {
    const served = this.secret.history.flatMap(({ value, from, to }) => {
      const certificate = text(value[SERVED]);
      return certificate === '' ? [] : [{ value: certificate, from, to: to + lag }];
    });
    const used = this.configurations.flatMap(({ history }) =>
      history.flatMap(({ value, from, to }) =>
        // When its last authority has ended, a bundle trusts nothing that anybody could serve.
        value === undefined
          ? []
          : [{ value: text(value), from, to: Math.min(to + propagation, lastEndOf(text(value))) }],
      ),
    );
    return served.flatMap((pair) =>
      used
        .filter((bundle) => Math.max(pair.from, bundle.from) < Math.min(pair.to, bundle.to, endOf(pair.value)))
        .filter((bundle) => !verifies(pair.value, bundle.value))
        .map((bundle) => ({ certificate: pair.value, bundle: bundle.value })),
    );
  }
}

const parsed = new Map<string, X509Certificate>();

function parse(pem: string): X509Certificate {
  const known = parsed.get(pem) ?? new X509Certificate(pem);
  parsed.set(pem, known);
  return known;
}

const lastEndOf = (bundle: string): number =>
  Math.max(0, ...certificatesIn(bundle).map(({ validToDate }) => validToDate.getTime()));

const endOf = (pem: string): number => parse(pem).validToDate.getTime();

/** The certificates of a text in PEM. */
export const certificatesIn = (pem: string): X509Certificate[] =>
  (pem.match(/-----BEGIN[^]*?-----END CERTIFICATE-----/g) ?? []).map(parse);

/** Does some authority of the bundle sign the certificate? */
export const verifies = (pem: string, bundle: string): boolean =>
  certificatesIn(bundle).some((authority) => parse(pem).verify(authority.publicKey));
