/**
 * What the client is told. The API server silently drops a warning with a control character, and cuts all of them short
 * where they pass 4,096 characters together, so they are kept below both.
 */
import type { Decision } from '../engine/decision.ts';
import type { Finding } from '../engine/finding.ts';

const LENGTH = 120;
const NUMBER = 16;

/** One warning: a single line of at most 120 characters. */
function line(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const clean = text.toWellFormed().replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
  return clean.length > LENGTH ? `${clean.slice(0, LENGTH - 1).toWellFormed()}…` : clean;
}

const value = (finding: Finding): string => {
  if (finding.after === null) return 'absent';
  return Array.isArray(finding.after) ? `[${finding.after.join(', ')}]` : String(finding.after);
};

const would = (finding: Finding): string =>
  `dropcap: ${finding.policies.join(', ')} wants ${finding.rule} of ${finding.container} to be ${value(finding)}`;

/** The warnings of a decision: ignored opt-outs, expired exceptions, and what policies in warn mode would change. */
export function warningsOf({ optOut, exceptionsExpired, findings }: Decision): string[] {
  const warnings = [
    ...(optOut?.ignored ?? []).map(({ policy, why }) => `dropcap: opt-out ignored by ${policy}: ${why}`),
    ...exceptionsExpired.map((name) => `dropcap: exception ${name} has expired`),
    ...findings.filter((finding) => finding.warn).map(would),
  ].map(line);
  if (warnings.length <= NUMBER) return warnings;
  return [...warnings.slice(0, NUMBER - 1), `dropcap: and ${warnings.length - NUMBER + 1} more warnings`];
}
