/**
 * What the client is told. The API server silently drops a warning with a control character, and cuts all of them short
 * where they pass 4,096 characters together, so they are kept below both.
 */
import type { Decision } from '../engine/decision.ts';
import type { Finding } from '../engine/finding.ts';
import { oneLine, valueText } from './text.ts';

/** Characters of one warning. */
const LENGTH = 120;
const NUMBER = 16;

function bounded(texts: readonly string[]): string[] {
  const warnings = texts.map((text) => oneLine(text, LENGTH));
  if (warnings.length <= NUMBER) return warnings;
  return [...warnings.slice(0, NUMBER - 1), `dropcap: and ${warnings.length - NUMBER + 1} more warnings`];
}

const would = ({ policies, rule, container, after }: Finding): string =>
  `dropcap: ${policies.join(', ')} wants ${rule} of ${container} to be ${valueText(after)}`;

const cannot = ({ policies, rule, container, reason }: Finding): string =>
  `dropcap: ${policies.join(', ')} cannot have ${rule} of ${container}: ${reason}`;

/** The warnings of a decision: ignored opt-outs, expired exceptions, and what policies in warn mode would change. */
export const warningsOf = ({ optOut, exceptionsExpired, findings }: Decision): string[] =>
  bounded([
    ...(optOut?.ignored ?? []).map(({ policy, why }) => `dropcap: opt-out ignored by ${policy}: ${why}`),
    ...exceptionsExpired.map((name) => `dropcap: exception ${name} has expired`),
    ...findings.filter((finding) => finding.warn).map(would),
  ]);

/** The warnings of the gate: of its violations those that are neither refused nor only recorded. */
export const gateWarningsOf = ({ findings }: Decision): string[] =>
  bounded(
    findings
      .filter(({ action }) => action === 'warned')
      .map((finding) => (finding.outcome === 'missed' ? would(finding) : cannot(finding))),
  );
