/** A case decided: the pod before, the pod after, and what the engine says about it. */
import fastJsonPatch, { type Operation } from 'fast-json-patch';
import type { Decision } from '../src/engine/decision.ts';
import { evaluate } from '../src/engine/evaluate.ts';
import { policySetOf } from '../src/engine/policy-set.ts';
import { documentOf, podIn, type Case } from './arbitraries.ts';
import { containersIn, type Json, type PodContainer } from './pods.ts';

/** What is under test: the engine, or a broken stand-in for it. */
export type Engine = (one: Case) => Decision;

/** The engine itself. */
export const engine: Engine = ({ documents, request, conditions }) =>
  evaluate(request, policySetOf(documents), conditions);

/** One container before and after. */
export interface Change {
  readonly before: PodContainer;
  readonly after: PodContainer;
}

export interface Outcome {
  readonly decision: Decision;
  /** The whole document, and the pod in it. */
  readonly document: Json;
  readonly hardened: Json;
  readonly before: Json;
  readonly after: Json;
  readonly changes: readonly Change[];
}

/** Applies a patch by the rules of RFC 6902, every operation checked. The library writes into the patch's own values. */
export const applied = (document: Json, patch: Decision['patch']): Json =>
  patch.length === 0
    ? document
    : fastJsonPatch.applyPatch(document, structuredClone(patch) as readonly Operation[], true, false).newDocument;

/** Decides a case and applies the patch. */
export function outcomeOf(decide: Engine, one: Case): Outcome {
  const decision = decide(one);
  const document = documentOf(one.request);
  const hardened = applied(document, decision.patch);
  const [before, after] = [podIn(document, one.request.base), podIn(hardened, one.request.base)];
  const results = containersIn(after);
  const changes = containersIn(before).map((container, i) => ({ before: container, after: results[i]! }));
  return { decision, document, hardened, before, after, changes };
}

/** The same case with another pod. */
export const withPod = (one: Case, object: Json): Case => ({ ...one, request: { ...one.request, object } });
