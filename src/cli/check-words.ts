/** A finding of `dropcap check` in words. */
import { shownValue } from '../audit/shown-value.ts';
import { printable } from '../audit/printable.ts';
import { CONTAINER_WORDS } from '../engine/policy.ts';
import type { Row } from './check-rows.ts';

/** What would become of the field: its new value where only that is missing, else why it has none. */
export function shownOutcome({
  outcome,
  before,
  after,
  exemptBy,
}: Pick<Row, 'outcome' | 'before' | 'after' | 'exemptBy'>): string {
  switch (outcome) {
    case 'unresolved':
      return 'cannot be changed';
    case 'exempt':
      return `spared by ${(exemptBy ?? []).map(printable).join(', ')}`;
    case 'skipped':
      return 'skipped';
    case 'audited':
      return `${shownValue(after)}, if enforced`;
    default:
      return before !== null && after === null ? 'removed' : shownValue(after);
  }
}

/** Must the reason be read to know what to do? Where a value is only added or set it says nothing new. */
export const explainsItself = ({ outcome, rule }: Row): boolean =>
  (outcome === 'hardened' || outcome === 'audited') && rule !== 'capabilities.add';

/** `container web`, or by the list that it stands in; empty for the whole pod. */
export function containerName({ container, kind }: Row): string {
  if (kind === 'pod') return '';
  return `${CONTAINER_WORDS[kind]} ${printable(container)}`;
}

/** What is found, on one line: the change, who asks for it, and the reason where it says more. */
export function sentenceFor(row: Row): string {
  const { rule, before, outcome, policies, reason } = row;
  if (outcome === 'skipped') return `skipped: ${reason}`;
  const askers = policies.length > 0 ? ` (${policies.map(printable).join(', ')})` : '';
  const why = explainsItself(row) ? '' : `: ${reason}`;
  return `${rule}: ${shownValue(before)} → ${shownOutcome(row)}${askers}${why}`;
}
