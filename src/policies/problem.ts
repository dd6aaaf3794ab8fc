/** What can be said against a policy file: one line for a person, with the parts of that line for a program. */

/** Where something is said, and about which field. */
interface Remark {
  /** The file or folder, as it was named. */
  readonly file: string;
  /** Both count from 1; both are 0 where the remark is about the file or folder as a whole. */
  readonly line: number;
  readonly column: number;
  /** Path of the field, as in `spec.capabilities.drop[0]`; empty where the remark is about the whole document. */
  readonly field: string;
  /** The remark in half a sentence, without the place and the field. */
  readonly message: string;
}

/** Something in a policy file that is wrong, so that the whole set cannot be used. */
export interface PolicyError extends Remark {
  /** What is there, in at most 60 characters. */
  readonly found: string;
  readonly expected: string;
  readonly didYouMean?: string;
}

/** Something in a policy file that has no effect, though nothing is wrong with it. */
export type PolicyWarning = Remark;

/** A place in a file. */
export type Place = Pick<Remark, 'file' | 'line' | 'column'>;

/** The half sentence of an error, from its parts. */
export const errorMessage = ({ found, expected, didYouMean }: Omit<PolicyError, keyof Remark>): string =>
  `found ${found}, expected ${expected}${didYouMean && didYouMean !== expected ? `; did you mean ${didYouMean}?` : ''}`;

/** An error about a whole file or folder. */
export const fileError = (file: string, found: string, expected: string): PolicyError => ({
  file,
  line: 0,
  column: 0,
  field: '',
  found,
  expected,
  message: errorMessage({ found, expected }),
});

/** A place as editors and compilers write it: `policies/x.yaml:7:9`. */
export const formatPlace = ({ file, line, column }: Place): string => (line > 0 ? `${file}:${line}:${column}` : file);

/** An error or a warning as one line: `policies/x.yaml:7:9: spec.mode: found Enforce, expected …`. */
export const formatProblem = (remark: Remark): string =>
  `${formatPlace(remark)}: ${remark.field ? `${remark.field}: ` : ''}${remark.message}`;

/** In the order of reading: by file, then line, then column. */
export const inReadingOrder = <T extends Place>(remarks: readonly T[]): T[] =>
  remarks.toSorted(
    (a, b) => (a.file === b.file ? 0 : a.file < b.file ? -1 : 1) || a.line - b.line || a.column - b.column,
  );
