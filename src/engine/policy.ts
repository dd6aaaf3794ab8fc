/**
 * What a policy file says, as data. The definition that validates these shapes and names every field's meaning for its
 * authors is src/policies/schema.ts; here they are only what the engine reads.
 */
import type { LabelSelector } from './selector.ts';

/** The three hardenings, named by the API field that each one sets, in the order in which they are decided. */
export const RULES = ['capabilities.drop', 'capabilities.add', 'allowPrivilegeEscalation'] as const;
export type RuleName = (typeof RULES)[number];

/** `enforce` changes pods; `audit` records what it would change; `warn` also tells the client. */
export const MODES = ['enforce', 'audit', 'warn'] as const;
export type Mode = (typeof MODES)[number];

/** The Pod Security Standards' levels that say something about capabilities. */
export type Level = 'baseline' | 'restricted';

/** The pod's three container lists, by their field names, in the order in which Pod Security visits them. */
export const CONTAINER_KINDS = ['initContainers', 'containers', 'ephemeralContainers'] as const;
export type ContainerKind = (typeof CONTAINER_KINDS)[number];

/** What people call a container of each list. */
export const CONTAINER_WORDS: Readonly<Record<ContainerKind, string>> = {
  initContainers: 'init container',
  containers: 'container',
  ephemeralContainers: 'ephemeral container',
};

/** Globs on the parts of a parsed image reference; a part that is left out covers everything. */
export interface ImagePattern {
  readonly registry?: string | undefined;
  readonly repository?: string | undefined;
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
}

/** Which pods and containers: every field that is given must hold, and within a list any entry may. */
export interface Match {
  readonly namespaces?: readonly string[] | undefined;
  readonly namespaceSelector?: LabelSelector | undefined;
  readonly podSelector?: LabelSelector | undefined;
  readonly serviceAccounts?: readonly string[] | undefined;
  readonly workloads?: readonly string[] | undefined;
  readonly users?: readonly string[] | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly images?: readonly ImagePattern[] | undefined;
  readonly containers?: readonly string[] | undefined;
  readonly containerKinds?: readonly ContainerKind[] | undefined;
}

/** Whether, where and how pod owners may opt out of a policy by annotation. */
export interface OptOutTerms {
  readonly allowed?: boolean | undefined;
  readonly namespaces?: readonly string[] | undefined;
  readonly namespaceSelector?: LabelSelector | undefined;
  readonly serviceAccounts?: readonly string[] | undefined;
  readonly rules?: readonly RuleName[] | undefined;
  readonly requireReason?: boolean | undefined;
  readonly maxDays?: number | undefined;
}

/** What the gate does about what an enforcing policy finds in an object that is about to be stored. */
export interface GateTerms {
  /** About what the policy would still change. Default `audit`. */
  readonly missed?: Mode | undefined;
  /** About what the policy asks and validly cannot be changed. Default: nothing. */
  readonly unresolved?: Mode | undefined;
}

/** `kind: HardeningPolicy`. */
export interface HardeningPolicy {
  readonly kind: 'HardeningPolicy';
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly mode: Mode;
    readonly level?: Level | undefined;
    readonly match?: Match | undefined;
    readonly exclude?: Match | undefined;
    readonly capabilities?:
      | {
          readonly drop?: readonly string[] | undefined;
          readonly allowedAdd?: readonly string[] | undefined;
          readonly defaultAdd?: readonly string[] | undefined;
          readonly dropWhenPrivileged?: boolean | undefined;
        }
      | undefined;
    readonly allowPrivilegeEscalation?: boolean | undefined;
    readonly defaultAllowPrivilegeEscalation?: false | undefined;
    readonly optOut?: OptOutTerms | undefined;
    readonly gate?: GateTerms | undefined;
  };
}

/** `kind: HardeningException`. */
export interface HardeningException {
  readonly kind: 'HardeningException';
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly policies?: readonly string[] | undefined;
    readonly match?: Match | undefined;
    readonly exclude?: Match | undefined;
    readonly keep?: readonly string[] | undefined;
    readonly rules?: readonly RuleName[] | undefined;
    readonly reason: string;
    readonly owner: string;
    /** The last day on which it counts, `YYYY-MM-DD`, in UTC. */
    readonly expires?: string | undefined;
  };
}

/** One document of a policy folder. */
export type PolicyDocument = HardeningPolicy | HardeningException;
