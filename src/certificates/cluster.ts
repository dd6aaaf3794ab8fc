/** What a run sees of the cluster, and how it writes there: each write holds only for the version that was read. */

/** A webhook configuration, as far as its CA bundles are concerned. */
export interface Configuration {
  /** Kind and name, for people. */
  readonly title: string;
  /** Its resource version; undefined where there is no such object. */
  readonly version: string | undefined;
  /** `caBundle` in base64 of each webhook that calls our service; undefined where it is not set. */
  readonly bundles: readonly (string | undefined)[];
  /** Sets these bundles, and nothing else. False where the object is no longer the one that was read. */
  readonly patch: (bundle: string) => Promise<boolean>;
}

/** Data of a Secret: values in base64. */
export type SecretData = Readonly<Record<string, string>>;

/** The Secret that holds everything. */
export interface StoredSecret {
  readonly version: string;
  readonly data: SecretData;
  /** Replaces its data. False where the Secret is no longer the one that was read. */
  readonly replace: (data: SecretData) => Promise<boolean>;
}

/** Reads are of the newest state, never of a cache. They reject where the cluster refuses or cannot be reached. */
export interface Cluster {
  readonly configurations: () => Promise<readonly Configuration[]>;
  readonly secret: () => Promise<StoredSecret>;
}
