/** Filters as parameters of a URL, named as the options of `dropcap audit` are. */
import { choiceOf } from '../engine/did-you-mean.ts';
import { emptyPeriod, Unexpected, VALUES, type Reader } from './filter-values.ts';
import type { AuditFilter } from './terms.ts';

type Field = keyof AuditFilter;

const FIELDS = Object.keys(VALUES) as Field[];

/** The name of a field as a parameter or, after two dashes, an option. */
export const parameterName = (field: Field): string => (field === 'optOut' ? 'opt-out' : field);

/** A parameter that is unknown, given twice or has a wrong value; the message names it, what was found and what was expected. */
export class WrongParameter extends Error {
  override readonly name = 'WrongParameter';
}

/** Reads one parameter; undefined where it is not given. Throws `WrongParameter`. */
export function valueIn<T>(parameters: URLSearchParams, name: string, read: Reader<T>): T | undefined {
  const [text, ...others] = parameters.getAll(name);
  if (text === undefined) return undefined;
  if (others.length > 0) throw new WrongParameter(`${name}: found ${others.length + 1} of it, expected one`);
  try {
    return read(text);
  } catch (error) {
    throw error instanceof Unexpected ? new WrongParameter(`${name}: ${error.message}`, { cause: error }) : error;
  }
}

/** Throws `WrongParameter` where there are others than these. */
export function refuseOthers(parameters: URLSearchParams, names: readonly string[]): void {
  const other = [...parameters.keys()].find((name) => !names.includes(name));
  if (other === undefined) return;
  const expected = names.length === 0 ? 'none' : names.length === 1 ? names[0]! : choiceOf(names, other);
  throw new WrongParameter(`found the parameter ${other}, expected ${expected}`);
}

/** Reads a filter of some fields, beside other parameters. Throws `WrongParameter`. */
export function filterIn(
  parameters: URLSearchParams,
  others: readonly string[] = [],
  fields: readonly Field[] = FIELDS,
): AuditFilter {
  refuseOthers(parameters, [...fields.map(parameterName), ...others]);
  const filter: AuditFilter = Object.fromEntries(
    fields.flatMap((field): [Field, unknown][] => {
      const value = valueIn<unknown>(parameters, parameterName(field), VALUES[field]);
      return value === undefined ? [] : [[field, value]];
    }),
  );
  const empty = emptyPeriod(filter, 'since');
  if (empty) throw new WrongParameter(`until: ${empty.message}`);
  return filter;
}

/** The parameters that `filterIn` reads as this filter. */
export function parametersOf(filter: AuditFilter): URLSearchParams {
  const text = (value: unknown): string => (typeof value === 'number' ? new Date(value).toISOString() : String(value));
  const given = FIELDS.flatMap((field): [string, string][] =>
    filter[field] === undefined ? [] : [[parameterName(field), text(filter[field])]],
  );
  return new URLSearchParams(given);
}
