/** The words in which programs-table.ts says what hardening does to a program. */

/**
 * When a program fails: `exec` it is not even started; `start` a server ends before it serves; `run` a command ends with an
 * error; `use` it runs on, and does not do what it is there for.
 */
export type Moment = 'exec' | 'start' | 'run' | 'use';

/** What becomes of a start. */
export interface Outcome {
  readonly breaks?: Moment;
  /** In what it printed. Where it prints nothing, `''`. */
  readonly says?: string;
  /** What looking closer shows, where the start has a closer look. */
  readonly shows?: string;
}

/** It does what it is there for. */
export const WORKS: Outcome = {};

/** It fails, at some moment, with an error. */
export const breaks = (moment: Moment, says: string): Outcome => ({ breaks: moment, says });

/** How to see that a start works. A command without any is seen by its exit status. */
export interface Check {
  /** Sent to a port of the pod's address; the answer must hold `expects`. */
  readonly port?: number;
  readonly sends?: string;
  readonly expects?: string;
  /** Run in the container; must exit with 0. */
  readonly command?: string;
  /** How many seconds of running without it mean that it does not work, where it is expected not to. */
  readonly patience?: number;
}

/** Answers a request for `/` over HTTP. */
export const serves = (port: number): Check => ({ port, sends: 'GET / HTTP/1.0\r\n\r\n', expects: 'HTTP/1.' });

/** What differs in another way of running the same program. */
export interface Variant {
  readonly uid?: number;
  readonly command?: readonly string[];
  readonly check?: Check;
  /** Of the pod's securityContext. */
  readonly pod?: object;
  /** What its author adds. */
  readonly add?: readonly string[];
}

/** A way of running it under `restricted` all the same, or one that people try and that does not help. */
export interface Remedy extends Variant {
  /** What an administrator's exception spares it. */
  readonly exception?: { readonly keep?: readonly string[]; readonly rules?: readonly string[] };
  /** Default: it works. */
  readonly outcome?: Outcome;
}

/** One way of starting a program. */
export interface Start extends Variant {
  /** Number of the pattern that it shows; none for one that nothing breaks. */
  readonly pattern?: number;
  readonly uid: number;
  readonly command: readonly string[];
  /** A command in the container, once it works, for what no request shows. */
  readonly look?: string;
  readonly unhardened: Outcome;
  readonly restricted: Outcome;
  readonly compatible: Outcome;
  readonly remedies?: Readonly<Record<string, Remedy>>;
}
