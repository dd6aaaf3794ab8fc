/** Is a pod as its patch left it? */
import type { Alteration } from '../audit/admission-result.ts';
import { shown } from '../engine/askers.ts';
import { canonical } from '../engine/capabilities.ts';
import type { FieldValue, Finding } from '../engine/finding.ts';
import type { Container } from '../engine/pod.ts';
import { RULE_ORDER } from '../engine/rules/index.ts';
import type { Result } from './expectations.ts';
import type { Expected, Proposed } from './expected.ts';
import type { Reading } from './reader.ts';

/** The field of a rule as a container has it. What is about the whole pod has none. */
function fieldOf({ security }: Container, rule: Finding['rule']): FieldValue {
  const field = RULE_ORDER.find(({ name }) => name === rule)?.field;
  return field === undefined ? null : shown(security[field]);
}

const namesIn = (value: readonly string[] | null): string =>
  [...new Set((value ?? []).map(canonical))].sort().join(' ');

/** Do two values mean the same? Of lists neither order, nor repetition, nor spelling counts. */
function isSame(a: FieldValue, b: FieldValue): boolean {
  if (typeof a === 'boolean' || typeof b === 'boolean') return a === b;
  return namesIn(a) === namesIn(b);
}

/** The fields that are not as they were proposed. Those of a container that is not there are found to be absent. */
export function alterationsOf(proposed: readonly Proposed[], containers: readonly Container[]): Alteration[] {
  const byName = new Map(containers.map((container) => [container.name, container]));
  return proposed
    .map(({ container, rule, value }) => {
      const there = byName.get(container);
      return { container, rule, proposed: value, found: there ? fieldOf(there, rule) : null };
    })
    .filter((field) => !isSame(field.proposed, field.found));
}

const GONE = 'the pod was gone before its fields could be compared';

/** What became of a request whose pod was seen, by what could be read of the pod then. */
export function comparison(
  { proposed }: Expected,
  pod: { readonly name: string; readonly uid: string },
  read: Reading,
): Result {
  if (read instanceof Error) return { status: 'admitted', pod, reason: read.message };
  if (read?.uid !== pod.uid) return { status: 'admitted', pod, reason: GONE };
  const alterations = alterationsOf(proposed, read.containers);
  return alterations.length > 0 ? { status: 'altered', pod, alterations } : { status: 'admitted', pod };
}
