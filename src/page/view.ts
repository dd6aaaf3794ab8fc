/** What a view is: parameters that it understands, and how it is made of answers of the store. */
import type { PolicySet } from '../engine/policy-set.ts';
import type { AuditReader } from '../store/terms.ts';
import type { Asked, Terms } from './asked.ts';
import type { Target } from './href.ts';
import type { Shown } from './layout.ts';

/** What a view is made from. */
export interface Asking {
  readonly asked: Asked;
  readonly reader: AuditReader;
  /** The policies in force. */
  readonly set: PolicySet;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** One view. It asks the store a handful of questions, at once, of kinds that are answered quickly however much is kept. */
export interface PageView {
  readonly target: Target;
  readonly terms: Terms;
  readonly show: (asking: Asking) => Promise<Shown>;
}
