/** The whole extension contract: what a rule is, and what it answers. */
import type { Demand } from './demand.ts';
import type { SecurityFields } from './pod.ts';
import type { RuleName } from './policy.ts';

/** The fields that a rule may set. */
export type HardenedField = 'drop' | 'add' | 'allowPrivilegeEscalation';

/** What one field should be. */
export interface Verdict {
  /** The field as it should be; the very value it has where nothing changes. */
  readonly value: SecurityFields[HardenedField];
  /** Why it changes, in a sentence. Empty exactly where it doesn't. */
  readonly reason: string;
  /** What the demand asks and cannot have here, and why, in a sentence. Empty where there is no such thing. */
  readonly unresolved: string;
}

/** One hardening: one field, and a pure function from how it is to how it should be. */
export interface Rule {
  readonly name: RuleName;
  readonly field: HardenedField;
  /**
   * `was` is the container as it came, `next` as the rules before this one leave it. Laws: judging the result again
   * changes nothing, and no verdict gives the container a privilege that it did not have.
   */
  judge(was: SecurityFields, next: SecurityFields, demand: Demand): Verdict;
}

const quote = (text: string): string => (text.length > 40 ? `"${text.slice(0, 37)}…"` : text || '""');

/** Names as a person reads them: `A, B and C`; a long list is cut, and says by how much. */
export function list(names: readonly string[]): string {
  const shown = names.slice(0, 8).map(quote);
  if (names.length > 8) return `${shown.join(', ')} and ${names.length - 8} more`;
  return shown.length > 1 ? `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)!}` : (shown[0] ?? '');
}
