/** All the policies and exceptions of a folder, made ready to be asked which of them cover a pod. */
import { demandOf, type Demand } from './demand.ts';
import type { GateTerms, HardeningException, Mode, OptOutTerms, PolicyDocument } from './policy.ts';
import { index, scoped, type Scope, type Scoped } from './scope.ts';

/** A policy made ready. */
export interface Policy extends Scoped {
  readonly mode: Mode;
  readonly demand: Demand;
  readonly optOut: OptOutTerms;
}

/** An exception made ready. */
export interface Exception extends Scoped {
  readonly spec: HardeningException['spec'];
}

/** Which policies and exceptions cover a pod. */
export interface PolicySet {
  /** In the order of their names. */
  readonly policies: readonly Policy[];
  readonly exceptions: readonly Exception[];
  /** Can a decision depend on the labels of a namespace, so that somebody has to know them? */
  readonly readsNamespaceLabels: boolean;
  /** Those that cover the pod, or some container of it. */
  readonly policiesFor: Scope<Policy>;
  /** Only those in mode enforce. */
  readonly enforcingFor: Scope<Policy>;
  /** What the gate does for each policy that says so, by its name. */
  readonly gates: ReadonlyMap<string, GateTerms>;
  readonly exceptionsFor: Scope<Exception>;
}

const readsLabels = (document: PolicyDocument): boolean => {
  const { spec } = document;
  if (spec.match?.namespaceSelector || spec.exclude?.namespaceSelector) return true;
  if (document.kind !== 'HardeningPolicy') return false;
  const terms = document.spec.optOut ?? {};
  const elsewhere = terms.namespaces !== undefined || terms.serviceAccounts !== undefined;
  return terms.allowed !== false && (terms.namespaceSelector !== undefined || !elsewhere);
};

const byName = (a: Scoped, b: Scoped): number => (a.name < b.name ? -1 : 1);

const gateOf = ({ kind, metadata, spec }: PolicyDocument): [string, GateTerms][] =>
  kind === 'HardeningPolicy' && spec.gate ? [[metadata.name, spec.gate]] : [];

/** Makes validated documents ready. Their order does not matter. */
export function policySetOf(documents: readonly PolicyDocument[]): PolicySet {
  const policies = documents
    .filter((document) => document.kind === 'HardeningPolicy')
    .map((document) => ({
      ...scoped(document),
      mode: document.spec.mode,
      demand: demandOf(document),
      optOut: document.spec.optOut ?? {},
    }))
    .sort(byName);
  const exceptions = documents
    .filter((document) => document.kind === 'HardeningException')
    .map((document) => ({ ...scoped(document), spec: document.spec }))
    .sort(byName);
  const enforcing = policies.filter(({ mode }) => mode === 'enforce');
  const policiesFor = index(policies);
  return {
    policies,
    exceptions,
    readsNamespaceLabels: documents.some(readsLabels),
    policiesFor,
    enforcingFor: enforcing.length === policies.length ? policiesFor : index(enforcing),
    exceptionsFor: index(exceptions),
    gates: new Map(documents.flatMap(gateOf)),
  };
}
