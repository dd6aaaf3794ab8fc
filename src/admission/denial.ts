/** Why the gate refuses an object, for whoever sent it: what is wrong where, by which policy, and what to do. */
import type { Decision } from '../engine/decision.ts';
import type { Finding } from '../engine/finding.ts';
import { CONTAINER_WORDS } from '../engine/policy.ts';
import { oneLine, valueText } from './text.ts';

/** Violations that are spelt out. More than these make a message that nobody reads, and that events cut off. */
const NUMBER = 6;
/** Characters of one violation; policies and values are cut before, so that a long one leaves room for the others. */
const LENGTH = 400;
const PART = 80;

function violation({ kind, container, rule, before, after, outcome, policies, reason }: Finding): string {
  const what = kind === 'pod' ? kind : CONTAINER_WORDS[kind];
  const where = `${what} "${oneLine(container, PART)}": securityContext.${rule}`;
  const found = `is ${oneLine(valueText(before), PART)}`;
  const by = `(policy ${oneLine(policies.join(', '), PART)})`;
  return outcome === 'missed'
    ? `${where} ${found}, expected ${oneLine(valueText(after), PART)} ${by}`
    : oneLine(`${where} ${found}, which cannot be hardened ${by}: ${reason.replace(/\.$/, '')}`, LENGTH);
}

const SET_IT =
  'Set the fields where the container comes from, a manifest or a webhook that injects it; if they are left to dropcap, try again.';
const CHANGE_IT = 'What cannot be hardened has to be changed by its author, or spared by a HardeningException.';

/** The message of a denial: one line of at most 3,500 characters. */
export function denialOf({ findings, exceptionsExpired }: Decision): string {
  const denied = findings.filter(({ action }) => action === 'denied');
  const shown = denied.slice(0, NUMBER).map(violation);
  if (denied.length > NUMBER) shown.push(`and ${denied.length - NUMBER} more`);
  const sentences = [`${shown.join('; ')}.`];
  if (denied.some(({ outcome }) => outcome === 'missed')) sentences.push(SET_IT);
  if (denied.some(({ outcome }) => outcome === 'unresolved')) sentences.push(CHANGE_IT);
  if (exceptionsExpired.length > 0)
    sentences.push(`Exceptions that have expired: ${oneLine(exceptionsExpired.join(', '), PART)}.`);
  return oneLine(sentences.join(' '), 3_500);
}
