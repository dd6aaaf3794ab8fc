/**
 * The gate: what an object that is about to be stored lacks of what policies enforce, and what is done about it. It is judged
 * as for hardening, with the same exceptions and opt-outs, but nothing is changed any more, and policies that only watch have
 * no say.
 */
import type { Decision } from './decision.ts';
import { evaluate } from './evaluate.ts';
import type { Finding, GateAction } from './finding.ts';
import type { GateTerms, Mode } from './policy.ts';
import type { PolicySet } from './policy-set.ts';
import type { Request } from './request.ts';

/** What the gate finds, and the strictest of what it does about that. */
export interface Gated {
  /** Without a patch. Its findings are the violations, `missed` or `unresolved`, each with its action. */
  readonly decision: Decision;
  /** Undefined where there is no violation. */
  readonly action: GateAction | undefined;
}

/** What the modes of a policy's gate do, the strictest first. */
const ACTIONS: readonly (readonly [Mode, GateAction])[] = [
  ['enforce', 'denied'],
  ['warn', 'warned'],
  ['audit', 'audited'],
];

const NOT_SET: GateTerms = {};

const modeFor = ({ outcome }: Finding, { missed = 'audit', unresolved }: GateTerms): Mode | undefined => {
  if (outcome === 'hardened') return missed;
  return outcome === 'unresolved' ? unresolved : undefined;
};

/** A finding as the strictest of its policies' gates has it; none where no gate has anything against it. */
function violationsOf(finding: Finding, { gates }: PolicySet): Finding[] {
  const modes = finding.policies.map((name) => modeFor(finding, gates.get(name) ?? NOT_SET));
  const strictest = ACTIONS.find(([mode]) => modes.includes(mode));
  if (!strictest) return [];
  const [mode, action] = strictest;
  const policies = finding.policies.filter((_, i) => modes[i] === mode);
  // What would have been hardened was not: nobody changed it, and the gate doesn't.
  return [{ ...finding, outcome: finding.outcome === 'hardened' ? 'missed' : 'unresolved', policies, action }];
}

/**
 * Judges an object as it would be stored. Throws `Unreadable` where `evaluate` does. A violation names the policies whose
 * gate brings about its action: those that are as strict as any.
 */
export function gate(request: Request, set: PolicySet, today: string): Gated {
  const decided = evaluate(request, { ...set, policiesFor: set.enforcingFor }, { today, annotate: false });
  const findings = decided.findings.flatMap((finding) => violationsOf(finding, set));
  const action = ACTIONS.find(([, each]) => findings.some((finding) => finding.action === each))?.[1];
  return { decision: { ...decided, patch: [], findings }, action };
}
