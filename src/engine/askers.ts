/** Who asked for a change, and how a field is shown. */
import type { Demand } from './demand.ts';
import type { FieldValue } from './finding.ts';
import type { SecurityFields } from './pod.ts';
import type { HardenedField } from './rule.ts';
import { RULE_ORDER } from './rules/index.ts';
import { settle } from './settle.ts';

/** The field as JSON has it: an absent or empty list and an absent flag are null. */
export const shown = (value: SecurityFields[HardenedField]): FieldValue => {
  if (value === undefined) return null;
  return typeof value === 'boolean' || value.length > 0 ? value : null;
};

/** Which policies' own demands would have this field changed. A joint effect is put down to all that have a say. */
export function askers(rule: number, was: SecurityFields, demand: Demand): readonly string[] {
  const { sources } = demand;
  if (sources.length === 1) return demand.policies;
  const names = sources
    .filter((source) => {
      const alone = settle(was, source.demand).verdicts[rule]!;
      return alone.value !== was[RULE_ORDER[rule]!.field] || alone.unresolved !== '';
    })
    .map((source) => source.policy);
  return names.length > 0 ? names.sort() : demand.policies;
}
