/** What should come of a request: enough of its record to know its pod by, and what the pod should be like. */
import type { AuditRecord, Circumstances } from '../audit/record.ts';
import type { Decision } from '../engine/decision.ts';
import { AUDIT_RECORD } from '../engine/evaluate.ts';
import type { FieldValue, Finding } from '../engine/finding.ts';
import { escapeToken } from '../engine/patch.ts';

/** One field as the patch makes it. */
export interface Proposed {
  /** Name of the container: in a pod no two have the same. */
  readonly container: string;
  readonly rule: Finding['rule'];
  readonly value: FieldValue;
}

/** A request whose pod should come to be. */
export interface Expected {
  readonly uid: string;
  /** Time of its record, as that has it. */
  readonly recorded: string;
  readonly namespace: string;
  /** Empty where the API server names the pod; `generateName` is then what the name begins with. */
  readonly name: string;
  readonly generateName: string;
  readonly user: string;
  /** Uid of the record whose annotation the pod bore already; empty where it bore none. */
  readonly follows: string;
  /** Does the patch write this record's uid into an annotation? */
  readonly annotated: boolean;
  readonly proposed: readonly Proposed[];
  /** For new ephemeral containers of a pod that runs; undefined for a new pod. */
  readonly ephemeral: EphemeralContainers | undefined;
}

/** Ephemeral containers that a record is about. */
export interface EphemeralContainers {
  /** Of the pod that they are for; empty where it is not known. */
  readonly podUid: string;
  readonly names: readonly string[];
}

/** What two passes propose together: of the same field what the later one does. */
export function merged(earlier: readonly Proposed[], later: readonly Proposed[]): readonly Proposed[] {
  const isAgain = (one: Proposed): boolean =>
    later.some(({ container, rule }) => one.container === container && one.rule === rule);
  return [...earlier.filter((one) => !isAgain(one)), ...later];
}

const ANNOTATED = `/metadata/annotations/${escapeToken(AUDIT_RECORD)}`;

const proposedIn = (findings: readonly Finding[]): Proposed[] =>
  findings
    .filter(({ outcome }) => outcome === 'hardened')
    .map(({ container, rule, after: value }) => ({ container, rule, value }));

const ephemeralIn = (findings: readonly Finding[], podUid: string): EphemeralContainers => ({
  podUid,
  names: [...new Set(findings.filter(({ kind }) => kind === 'ephemeralContainers').map(({ container }) => container))],
});

/** What a decision lets expect. `podUid` is that of a pod that is there already, empty where there is none. */
export function expectedOf(
  circumstances: Circumstances,
  { findings, patch }: Pick<Decision, 'findings' | 'patch'>,
  podUid: string,
): Expected {
  const { time, uid, namespace, name, generateName, username: user, follows = '', subResource } = circumstances;
  return {
    uid,
    recorded: new Date(time).toISOString(),
    namespace,
    name,
    generateName,
    user,
    follows,
    annotated: patch.some(({ path }) => path === ANNOTATED),
    proposed: proposedIn(findings),
    ephemeral: subResource === '' ? undefined : ephemeralIn(findings, podUid),
  };
}

/** What a record from the store lets expect; undefined where no pod is to come of it: templates, the gate, refusals. */
export function expectedAgain(record: AuditRecord): Expected | undefined {
  if (record.kind !== undefined || record.gate !== undefined || record.refused !== undefined) return undefined;
  const { subResource = '', name = '', generateName = '', owner = '', follows = '', user: username } = record;
  const time = Date.parse(record.time);
  return expectedOf(
    { ...record, time, subResource, kind: '', name, generateName, owner, follows, username },
    record,
    '',
  );
}
