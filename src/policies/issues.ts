/** What zod found, as errors that say where. */
import type { z } from 'zod';
import { didYouMean } from '../engine/did-you-mean.ts';
import type { Complaint } from './complaint.ts';
import type { Locate } from './place.ts';
import { errorMessage, type PolicyError } from './problem.ts';
import { fieldName, printable, render, valueAt, type Path } from './render.ts';

type Issue = z.core.$ZodIssue;

/** The document that is complained about. */
export interface Subject {
  readonly file: string;
  readonly value: unknown;
  readonly locate: Locate;
}

function complaintOf(issue: Issue, value: unknown): Complaint {
  if (issue.code === 'custom') return issue.params as unknown as Complaint;
  const { message: expected } = issue;
  if (issue.code !== 'invalid_value' || typeof value !== 'string') return { expected };
  return { expected, didYouMean: didYouMean(value, issue.values.map(String)) };
}

// A suggestion may be made from what was found; cut short or made harmless it would suggest something else.
const sayable = (meant: string | undefined): string | undefined =>
  meant !== undefined && printable(meant) === meant ? meant : undefined;

/** An error about a field of a document. */
export function errorAt({ file, value, locate }: Subject, path: Path, complaint: Complaint): PolicyError {
  const { expected, message, atKey } = complaint;
  const meant = sayable(typeof complaint.didYouMean === 'function' ? complaint.didYouMean() : complaint.didYouMean);
  const parts = { found: render(valueAt(value, path)), expected, ...(meant !== undefined && { didYouMean: meant }) };
  const position = locate(path, atKey ? 'key' : 'value');
  return { file, ...position, field: fieldName(path), ...parts, message: message ?? errorMessage(parts) };
}

function unknownField(subject: Subject, path: Path, known: string): PolicyError {
  const name = String(path.at(-1));
  const meant = didYouMean(name, known.split(/, | or /));
  const message = `unknown field${meant ? `; did you mean ${meant}?` : `, expected ${known}`}`;
  return {
    ...errorAt(subject, path, { expected: known, didYouMean: meant, message, atKey: true }),
    found: render(name),
  };
}

/** The errors of one issue, as far as they fit into `room`. */
function errorsOfIssue(subject: Subject, issue: Issue, room: number): PolicyError[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.slice(0, room).map((key) => unknownField(subject, [...issue.path, key], issue.message));
  return [errorAt(subject, issue.path, complaintOf(issue, valueAt(subject.value, issue.path)))];
}

/** The errors of all issues, `most` at most. */
export function errorsOf(subject: Subject, issues: readonly Issue[], most: number): PolicyError[] {
  const errors: PolicyError[] = [];
  for (const issue of issues) {
    if (errors.length >= most) break;
    errors.push(...errorsOfIssue(subject, issue, most - errors.length));
  }
  return errors;
}
