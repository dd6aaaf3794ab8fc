/** The words in which it is foretold what hardening will break in one container. */
import type { Instead, Moment, Sureness } from './breakage.ts';

/** What a process of root's may do. */
export interface Holding {
  /** Canonical names. */
  readonly capabilities: ReadonlySet<string>;
  readonly mayEscalate: boolean;
}

/** What a manifest says of a container, as far as it bears on what hardening breaks. */
export interface Launch {
  /** Reference; empty where none is named. */
  readonly image: string;
  /** Empty where the image decides. */
  readonly command: readonly string[];
  readonly args: readonly string[];
  /** Undefined where the image decides. */
  readonly uid: number | undefined;
  /** `runAsNonRoot`, or a uid that is not 0. */
  readonly neverRoot: boolean;
  readonly hasFsGroup: boolean;
  /** Declared ports that it listens on. */
  readonly ports: readonly number[];
  /** The pod's, by name. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** Kinds of the volumes that it mounts and may write to: `persistentVolumeClaim`, `hostPath`, …. */
  readonly volumes: readonly string[];
  readonly before: Holding;
  readonly after: Holding;
}

/** Something that will break, or may. */
export interface Risk {
  /** One sentence. */
  readonly title: string;
  readonly sure: Sureness;
  /** What in the manifest speaks for it: `image nginx`, `runAsUser: 0`, `gosu in command`. */
  readonly signs: readonly string[];
  readonly when?: Moment;
  readonly program?: string;
  /** Number of one of `PATTERNS`. */
  readonly pattern?: number;
  /** How it fails while it looks well. */
  readonly silent?: string;
  /** Canonical names, of those that hardening takes, the least that mend it; null where none does. */
  readonly needs: readonly string[] | null;
  /** Must escalation stay allowed as well? */
  readonly escalation: boolean;
  readonly instead: readonly Instead[];
}

/** What hardening does to one container, as far as its manifest tells. */
export interface Forecast {
  /** The surest first. Empty where nothing speaks for a failure. */
  readonly risks: readonly Risk[];
  /** What the manifest cannot tell, a sentence each. */
  readonly unknown: readonly string[];
}
