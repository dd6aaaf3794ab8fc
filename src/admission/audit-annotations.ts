/**
 * What the API server's own audit log is given. On a second pass over the same object it refuses another value for a key it
 * has: so what is said of the whole pod does not depend on the pass, and everything else has the container in its key.
 */
import type { Decision } from '../engine/decision.ts';
import type { FieldValue, Finding, Outcome } from '../engine/finding.ts';
import type { Gated } from '../engine/gate.ts';

const NUMBER = 32;
const NAME = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/;

type Annotations = Record<string, string>;

/** FNV-1a, 32 bits: tells apart names that are cut to the same beginning. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return value.toString(16).padStart(8, '0');
}

/** Keys have at most 63 characters; the name of a container alone may have as many. */
const keyOf = (outcome: Outcome, container: string): string => {
  const key = `${outcome}.${container}`;
  return key.length > 63 ? `${key.slice(0, 54)}-${hash(container)}` : key;
};

const shown = (value: FieldValue): string => (Array.isArray(value) ? `[${value.join(',')}]` : String(value));

const said = ({ outcome, rule, after }: Finding): string =>
  outcome === 'unresolved' ? rule : `${rule}=${shown(after)}`;

/** Adds what is found of one outcome, a key for each container. Says for how many containers. */
function describe(annotations: Annotations, findings: readonly Finding[], outcome: Outcome): number {
  let containers = 0;
  let container: string | undefined;
  let key = '';
  for (const finding of findings) {
    if (finding.outcome !== outcome) continue;
    // The findings of a container follow each other: its key is made once.
    if (finding.container !== container) {
      container = finding.container;
      key = containers < NUMBER && NAME.test(container) ? keyOf(outcome, container) : '';
      if (key !== '') containers++;
    }
    if (key === '') continue;
    annotations[key] = annotations[key] === undefined ? said(finding) : `${annotations[key]} ${said(finding)}`;
  }
  return containers;
}

/** The annotations of a decision; empty where nothing was hardened. */
export function auditAnnotationsOf({ policies, findings }: Decision): Annotations {
  const annotations: Annotations = {};
  if (describe(annotations, findings, 'hardened') > 0) annotations['policies'] = policies.join(',');
  return annotations;
}

/** The annotations of the gate: what it does, by which policies, and about what; empty where nothing violates. */
export function gateAnnotationsOf({ decision: { findings }, action }: Gated): Annotations {
  if (action === undefined) return {};
  const policies = new Set(findings.flatMap((finding) => finding.policies));
  const annotations: Annotations = { gate: action, 'gate-policies': [...policies].sort().join(',') };
  describe(annotations, findings, 'missed');
  describe(annotations, findings, 'unresolved');
  return annotations;
}
