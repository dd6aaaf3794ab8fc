/** From policy folders to documents that the engine takes, or to everything that is wrong with them. */
import type { PolicyDocument } from '../engine/policy.ts';
import { duplicateNames, expired, unknownPolicies } from './cross-check.ts';
import { fileError, inReadingOrder, type PolicyError, type PolicyWarning } from './problem.ts';
import { readFile } from './read-file.ts';
import { readSources, type Sources } from './sources.ts';

/** A set of policies as it was read. */
export interface Loaded {
  /** Those without an error of their own. A set with errors is not to be used. */
  readonly documents: readonly PolicyDocument[];
  /** All of them, in reading order; empty where the set is good. */
  readonly errors: readonly PolicyError[];
  readonly warnings: readonly PolicyWarning[];
  /** Twelve hexadecimal digits: the same for the same contents. */
  readonly version: string;
}

/** Today in UTC, `YYYY-MM-DD`. */
export const utcToday = (): string => new Date().toISOString().slice(0, 10);

/** Exceptions alone protect nothing. Said only where no other error explains it. */
function noPolicy(places: readonly string[], documents: readonly PolicyDocument[]): PolicyError[] {
  if (documents.some(({ kind }) => kind === 'HardeningPolicy')) return [];
  const [found, expected] =
    documents.length > 0
      ? ['exceptions only', 'at least one HardeningPolicy beside them, such as restricted']
      : ['no policy', 'at least one HardeningPolicy'];
  return [fileError(places.join(', ') || 'policies', found, expected)];
}

/** Makes documents of files that have been read. */
export function loadSources(places: readonly string[], sources: Sources, today: string): Loaded {
  const files = sources.files.map(readFile);
  const read = files.flatMap(({ documents }) => documents);
  const documents = read.flatMap(({ document }) => document ?? []);
  // A file that could not be read or parsed may hold the policy that is missed.
  const whole = sources.errors.length === 0 && files.every((file) => file.errors.every(({ line }) => line > 0));
  const errors = inReadingOrder([
    ...sources.errors,
    ...files.flatMap((file) => file.errors),
    ...duplicateNames(read),
    ...(whole ? unknownPolicies(read) : []),
  ]);
  return {
    documents,
    errors: errors.length > 0 ? errors : noPolicy(places, documents),
    warnings: inReadingOrder(expired(read, today)),
    version: sources.version,
  };
}

/** Reads and checks the policies of some folders, or single files, as one set. Never throws. */
export const loadPolicies = (places: readonly string[], today: string = utcToday()): Loaded =>
  loadSources(places, readSources(places), today);
