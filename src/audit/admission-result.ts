/** What became of a pod after it was decided: a line of the journal that follows the record, and never changes it. */
import type { FieldValue } from '../engine/finding.ts';

/**
 * `admitted`: the pod is there with every field as the patch left it. `altered`: it is there, and something has put other values
 * in place of ours. `not-admitted`: the watch saw all pods of the time, and this was none of them. `unknown`: the watch had a gap.
 */
export type AdmissionStatus = 'admitted' | 'altered' | 'not-admitted' | 'unknown';

/** One field that is not what the patch made it. */
export interface Alteration {
  readonly container: string;
  /** The rule whose field it is. */
  readonly rule: string;
  readonly proposed: FieldValue;
  readonly found: FieldValue;
}

/** What became of one request. */
export interface AdmissionResult {
  readonly status: AdmissionStatus;
  /** When that was known, RFC 3339. */
  readonly time: string;
  /** The pod that came of it; absent where there is none. */
  readonly pod?: { readonly name: string; readonly uid: string } | undefined;
  /** What was put back, where the status is `altered`. */
  readonly alterations?: readonly Alteration[] | undefined;
  /** Why it is not known, where the status is `unknown`; with `admitted`, why its fields could not be compared. */
  readonly reason?: string | undefined;
}

/** A line of the journal that tells the result of a request. */
export interface ResultLine {
  readonly result: AdmissionResult;
  /** Of the record, and its time as it has it: by these it is found. */
  readonly uid: string;
  readonly recorded: string;
}
