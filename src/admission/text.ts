/** Texts that go to people through the API server. */
import type { FieldValue } from '../engine/finding.ts';

/** Text on a single line, free of control characters, and cut where it passes a length. */
export function oneLine(text: string, length: number): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const clean = text.toWellFormed().replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
  return clean.length > length ? `${clean.slice(0, length - 1).toWellFormed()}…` : clean;
}

/** A field's value as a person reads it: `[A, B]`, `true`, or `absent`. */
export const valueText = (value: FieldValue): string => {
  if (value === null) return 'absent';
  return Array.isArray(value) ? `[${value.join(', ')}]` : String(value);
};
