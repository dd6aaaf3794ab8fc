import type { Rule } from '../rule.ts';
import { allowPrivilegeEscalation } from './allow-privilege-escalation.ts';
import { capabilitiesAdd } from './capabilities-add.ts';
import { capabilitiesDrop } from './capabilities-drop.ts';

/**
 * Every rule, in the order in which they are judged. What may stay in add depends on what is dropped, and whether the
 * flag may be set depends on what stays in add.
 */
export const RULE_ORDER: readonly [Rule, Rule, Rule] = [capabilitiesDrop, capabilitiesAdd, allowPrivilegeEscalation];
