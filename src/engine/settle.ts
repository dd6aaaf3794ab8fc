/** How one container comes out under a demand: the rules, one after the other. */
import type { Demand } from './demand.ts';
import type { SecurityFields } from './pod.ts';
import type { HardenedField, Verdict } from './rule.ts';
import { RULE_ORDER } from './rules/index.ts';

/** A container's fields as the rules leave them, and each rule's verdict in the order of `RULE_ORDER`. */
export interface Settled {
  readonly next: SecurityFields;
  readonly verdicts: readonly Verdict[];
}

type Draft = { -readonly [Field in keyof SecurityFields]: SecurityFields[Field] };

/** The fields with one of them changed. The types of field and value go together, which the compiler cannot see. */
const assign = (draft: Draft, field: HardenedField, value: Verdict['value']): void => {
  (draft as Record<HardenedField, Verdict['value']>)[field] = value;
};

const NO_DEMAND: readonly Verdict[] = [];

/** Judges every rule on a container. Undefined stands for no demand: nothing changes. */
export function settle(was: SecurityFields, demand: Demand | undefined): Settled {
  if (!demand) return { next: was, verdicts: NO_DEMAND };
  let next: Draft | undefined;
  const verdicts: Verdict[] = [];
  for (const rule of RULE_ORDER) {
    const verdict = rule.judge(was, next ?? was, demand);
    verdicts.push(verdict);
    if (verdict.reason !== '') assign((next ??= { ...was }), rule.field, verdict.value);
  }
  return { next: next ?? was, verdicts };
}
