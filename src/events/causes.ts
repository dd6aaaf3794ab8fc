/** What a decision gives cause to tell, and in which words. */
import { printable } from '../audit/printable.ts';
import { listed, saidOf } from '../audit/words.ts';
import type { Decision } from '../engine/decision.ts';
import type { Finding, Outcome } from '../engine/finding.ts';

/** One thing to tell. */
export interface Cause {
  readonly reason: 'CapabilitiesDropped' | 'CapabilitiesNotDropped' | 'OptOutIgnored';
  readonly type: 'Normal' | 'Warning';
  /** Makes the text, of at most 1,024 bytes; not called for what is not told. */
  readonly note: () => string;
}

/** As many as the API server takes. */
const NOTE_BYTES = 1024;
const MORE = '…';

/** A text of at most so many bytes of UTF-8, cut between two characters. */
export function cutTo(text: string, bytes: number): string {
  const whole = Buffer.from(text);
  if (whole.length <= bytes) return text;
  let end = bytes - Buffer.byteLength(MORE);
  // A byte 10xxxxxx goes on with the character before it.
  while ((whole[end]! & 0xc0) === 0x80) end--;
  return whole.toString('utf8', 0, end) + MORE;
}

function askers(findings: readonly Finding[]): string {
  const names = [...new Set(findings.flatMap(({ policies }) => policies))].sort();
  return `${names.length === 1 ? 'Policy' : 'Policies'} ${listed(names)}`;
}

const hardened = (findings: readonly Finding[]): string =>
  saidOf({ passes: [{ findings }] })
    .map(({ saying }) => saying)
    .join('; ');

/** Containers of which the same is to be said are named together. */
const left = (findings: readonly Finding[]): string =>
  [...Map.groupBy(findings, ({ rule, reason }) => `${rule}: ${printable(reason)}`)]
    .map(([what, some]) => `${listed([...new Set(some.map(({ container }) => container))])}: ${what}`)
    .join('; ');

const ignored = ({ optOut }: Decision): string =>
  (optOut?.ignored ?? []).map(({ policy, why }) => printable(`${policy}: ${why}`)).join('; ');

/** What there is to tell of a decision: what is hardened, what had to be left, and whose opt-out does not count. */
export function causesOf(decision: Decision): Cause[] {
  const { findings, optOut } = decision;
  const cause = (reason: Cause['reason'], type: Cause['type'], text: () => string): Cause[] => [
    { reason, type, note: () => cutTo(text(), NOTE_BYTES) },
  ];
  const about = (outcome: Outcome, words: (some: readonly Finding[]) => string) => (): string => {
    const some = findings.filter((finding) => finding.outcome === outcome);
    return `${askers(some)}: ${words(some)}`;
  };
  const has = (outcome: Outcome): boolean => findings.some((finding) => finding.outcome === outcome);
  return [
    ...(has('hardened') ? cause('CapabilitiesDropped', 'Normal', about('hardened', hardened)) : []),
    ...(has('unresolved') ? cause('CapabilitiesNotDropped', 'Warning', about('unresolved', left)) : []),
    ...(optOut && optOut.ignored.length > 0 ? cause('OptOutIgnored', 'Warning', () => ignored(decision)) : []),
  ];
}
