/**
 * What the API server's own audit log is given. On a second pass over the same object it refuses another value for a key it
 * has: so what is said of the whole pod does not depend on the pass, and everything else has the container in its key.
 */
import type { Decision } from '../engine/decision.ts';
import type { FieldValue } from '../engine/finding.ts';

const NUMBER = 32;
const NAME = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/** FNV-1a, 32 bits: tells apart names that are cut to the same beginning. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return value.toString(16).padStart(8, '0');
}

/** Keys have at most 63 characters; the name of a container alone may have as many. */
const keyOf = (container: string): string => {
  const key = `hardened.${container}`;
  return key.length > 63 ? `${key.slice(0, 54)}-${hash(container)}` : key;
};

const shown = (value: FieldValue): string => (Array.isArray(value) ? `[${value.join(',')}]` : String(value));

/** The annotations of a decision; empty where nothing was hardened. */
export function auditAnnotationsOf({ policies, findings }: Decision): Record<string, string> {
  const annotations: Record<string, string> = {};
  let containers = 0;
  let container: string | undefined;
  let key = '';
  for (const finding of findings) {
    if (finding.outcome !== 'hardened') continue;
    // The findings of a container follow each other: its key is made once.
    if (finding.container !== container) {
      container = finding.container;
      key = containers < NUMBER && NAME.test(container) ? keyOf(container) : '';
      if (key !== '') containers++;
    }
    if (key === '') continue;
    const said = `${finding.rule}=${shown(finding.after)}`;
    annotations[key] = annotations[key] === undefined ? said : `${annotations[key]} ${said}`;
  }
  if (containers > 0) annotations['policies'] = policies.join(',');
  return annotations;
}
