/** The value of a field for people. */
import type { FieldValue } from '../engine/finding.ts';
import { printable } from './printable.ts';

// There are 41 capabilities; whoever lists more than this wrote no list to be read.
const MOST_ENTRIES = 50;

/** A field's value as YAML would have it; `unset` where it is absent or empty. */
export function shownValue(value: FieldValue): string {
  if (value === null) return 'unset';
  if (typeof value === 'boolean') return String(value);
  const more = value.length > MOST_ENTRIES ? [`and ${value.length - MOST_ENTRIES} more`] : [];
  return `[${[...value.slice(0, MOST_ENTRIES).map(printable), ...more].join(', ')}]`;
}
