/** What an audit record promises about a container, in the words of /proc/self/status. */
import { CAPABILITIES } from '../../src/engine/capabilities.ts';
import type { FieldValue, Finding } from '../../src/engine/finding.ts';
import { capabilitiesHeld } from '../runtimes.ts';

/** What a container's author asks for; what is absent is not asked. */
export interface Asked {
  readonly add?: readonly string[];
  readonly drop?: readonly string[];
  readonly allowPrivilegeEscalation?: boolean;
  readonly privileged?: true;
  readonly runAsUser?: number;
}

/** The lines of /proc/self/status that say what a process may do. Masks have 16 hexadecimal digits. */
export interface Status {
  readonly CapEff: string;
  readonly CapBnd: string;
  readonly NoNewPrivs: string;
}

/** A set of capabilities as the kernel writes it. */
export const mask = (bits: bigint): string => bits.toString(16).padStart(16, '0');

const bitsOf = (names: Iterable<string>): bigint =>
  [...names].reduce((bits, name) => bits | (1n << BigInt((CAPABILITIES as readonly string[]).indexOf(name))), 0n);

/**
 * What the findings on one container promise. A field of which the record says nothing stays as its author wrote it.
 * `node` is what the node itself may give: a privileged container holds that.
 */
export function promised(asked: Asked, findings: readonly Finding[], node: bigint): Status {
  const resulting = (rule: Finding['rule'], written: FieldValue): FieldValue => {
    const found = findings.filter((finding) => finding.rule === rule);
    const hardened = found.find(({ outcome }) => outcome === 'hardened');
    return hardened ? hardened.after : (found[0]?.before ?? written);
  };
  const listed = (rule: Finding['rule'], written: readonly string[] = []): readonly string[] =>
    (resulting(rule, written) ?? []) as readonly string[];
  const { held } = capabilitiesHeld('containerd', {
    add: listed('capabilities.add', asked.add),
    drop: listed('capabilities.drop', asked.drop),
    privileged: asked.privileged ?? false,
  });
  const bounding = bitsOf(held) & node;
  const flag = resulting('allowPrivilegeEscalation', asked.allowPrivilegeEscalation ?? null);
  return {
    // Kubernetes has no ambient capabilities: what a user's process holds, it holds by a file's.
    CapEff: mask((asked.runAsUser ?? 0) === 0 ? bounding : 0n),
    CapBnd: mask(bounding),
    NoNewPrivs: flag === false ? '1' : '0',
  };
}

/** The three lines out of the text of a /proc/…/status. */
export function statusIn(text: string): Status {
  const line = (name: string): string => new RegExp(`^${name}:\\s+(\\w+)$`, 'm').exec(text)?.[1] ?? 'absent';
  return { CapEff: line('CapEff'), CapBnd: line('CapBnd'), NoNewPrivs: line('NoNewPrivs') };
}
