import type { ContainerKind, RuleName } from './policy.ts';

/**
 * What became of one field:
 * `hardened` the patch changes it; `audited` only policies in audit or warn mode want it changed; `exempt` an exception or
 * an opt-out spares it; `unresolved` a policy wants it changed and it cannot be, validly; `skipped` not judged at all;
 * `missed` the gate sees it as no policy that enforces would have left it.
 */
export type Outcome = 'hardened' | 'audited' | 'exempt' | 'unresolved' | 'skipped' | 'missed';

/** What the gate does about a finding: refuse the request, warn the client, or only record. */
export type GateAction = 'denied' | 'warned' | 'audited';

/** A field's value as JSON: a capability list, the flag, or null where the field is absent. */
export type FieldValue = readonly string[] | boolean | null;

/** One field judged: what it was, what it becomes or would become, who asks for it, and why. */
export interface Finding {
  /** The container's name; empty where the finding is about the whole pod. */
  readonly container: string;
  readonly kind: ContainerKind | 'pod';
  /** JSON pointer into the object that was judged. */
  readonly path: string;
  readonly before: FieldValue;
  /** For `hardened` what the patch writes; for `audited`, `exempt` and `missed` what would be; else the same as before. */
  readonly after: FieldValue;
  readonly rule: RuleName | 'pod';
  /** Names of the policies that ask for it, sorted. */
  readonly policies: readonly string[];
  readonly outcome: Outcome;
  /** A sentence or a few. Names capabilities and containers; never holds values from the environment. */
  readonly reason: string;
  /** For `exempt`: what spares it, `exception/<name>` or `opt-out`. */
  readonly exemptBy?: readonly string[];
  /** For `audited`: does a policy in warn mode ask, so that the client is told? */
  readonly warn?: boolean;
  /** For the gate: what it does about this, because of the policies that are named. */
  readonly action?: GateAction;
}
