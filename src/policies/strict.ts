/** Maps that know their fields, and what was expected where a value is of another kind. */
import * as z from 'zod';
import { either } from './render.ts';

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
};

const ofType = (expected: string, input: unknown): string => {
  const plain = TYPES[expected] ?? expected;
  const unquoted = expected === 'string' && (typeof input === 'number' || typeof input === 'boolean');
  return unquoted ? `${plain}, in quotes` : plain;
};

/** What was expected, for each issue that zod finds by itself: given to it as its error map. */
export const expectedInstead: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return ofType(issue.expected, issue.input);
    case 'invalid_value':
      return either(issue.values.map(String));
    case 'too_small':
      return issue.origin === 'array'
        ? 'at least one entry'
        : issue.origin === 'string'
          ? 'some text'
          : `at least ${issue.minimum}`;
    case 'too_big':
      return `at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}`;
    default:
      return undefined;
  }
};

/** A map in which every field that is not known is an error that names those that are. */
export const strict = <Shape extends z.core.$ZodShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? either(Object.keys(shape)) : undefined),
  });

/** A list that must not be empty. */
export const some = <Entry extends z.ZodType>(entry: Entry): z.ZodArray<Entry> => z.array(entry).min(1);
