/** The two fields that say whom a policy or an exception is about. */
import { match } from './match-field.ts';

/** What is covered. */
export const covered = match
  .optional()
  .describe('What it covers: every field that is given must hold. Without a field, everything.');

/** What is not. */
export const notCovered = match
  .optional()
  .meta({ minProperties: 1 })
  .describe('What it does not cover although match does: where every field that is given holds.');
