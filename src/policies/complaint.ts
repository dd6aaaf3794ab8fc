/** How the checks that zod does not know by itself say what is wrong. */
import type { z } from 'zod';
import type { Path } from './render.ts';

/** What a check has against a value. */
export interface Complaint {
  readonly expected: string;
  /** A function where it takes time: it is called only for errors that are shown. */
  readonly didYouMean?: string | (() => string | undefined) | undefined;
  /** Says it all, where `found …, expected …` would not. */
  readonly message?: string;
  /** Is it the key that is wrong, rather than its value? */
  readonly atKey?: boolean;
}

/** What a check has to add its complaints to. */
export type Complaints = z.core.$RefinementCtx;

/** Files a complaint about a field below the one that is checked, or about that one itself. */
export function complain(complaints: Complaints, path: Path, complaint: Complaint): void {
  complaints.addIssue({ code: 'custom', path: [...path], params: { ...complaint }, continue: true });
}

/** A check that runs even where another field of the same map is wrong, so that all is said at once. */
export const ALWAYS = { when: () => true };

/** A check on text by a function that says what is wrong with it. */
export const checkedBy =
  (problemWith: (text: string) => Complaint | undefined) =>
  (text: string, complaints: Complaints): void => {
    const problem = problemWith(text);
    if (problem) complain(complaints, [], problem);
  };

/** Is this a map, whatever else is wrong with it? */
export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The texts of a list, without what else stands in it; undefined where it is no list. */
export const textsOf = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : undefined;
