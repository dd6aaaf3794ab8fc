/** One line of the audit trail: what was decided, for whom, by which policies, and why. */
import type { Decision } from '../engine/decision.ts';
import type { OptOutReport } from '../engine/exemption.ts';
import type { Finding, GateAction } from '../engine/finding.ts';
import type { PatchOperation } from '../engine/patch.ts';

/** What is known of a request besides its decision. Small: it waits in memory until it is written. */
export interface Circumstances {
  /** Milliseconds since 1970, when the request came. */
  readonly time: number;
  readonly uid: string;
  /** Uid of an earlier call that a new pod bears in its annotation; empty or absent where it bears none. */
  readonly follows?: string;
  readonly operation: string;
  readonly subResource: string;
  /** Kind of the workload whose pod template was decided; empty for a pod. */
  readonly kind: string;
  readonly namespace: string;
  /** Empty where the API server names the pod later; `generateName` is then what the name will begin with. */
  readonly name: string;
  readonly generateName: string;
  /** The controlling owner as `Kind/name`; empty where there is none. */
  readonly owner: string;
  readonly username: string;
  readonly policySet: string;
  readonly durationMs: number;
  /** What the gate did; absent where it was not the gate that was asked. */
  readonly gate?: GateAction | undefined;
  /** Why the request was denied; absent where it was not. */
  readonly refused?: string | undefined;
}

/** One record, as it is written. */
export interface AuditRecord {
  readonly time: string;
  readonly uid: string;
  /**
   * Uid of an earlier call that the pod bears in the annotation `dropcap.dev/audit-record`: that of this request's first pass,
   * unless somebody copied the annotation. Each call of the webhook has a uid of its own.
   */
  readonly follows?: string | undefined;
  readonly dryRun: false;
  readonly operation: string;
  readonly subResource?: string | undefined;
  /** Kind of the workload whose pod template was decided; absent for a pod. */
  readonly kind?: string | undefined;
  readonly namespace: string;
  readonly name?: string | undefined;
  readonly generateName?: string | undefined;
  readonly owner?: string | undefined;
  readonly user: string;
  /** What the gate did; absent where a patch was asked for. */
  readonly gate?: GateAction | undefined;
  /** Why the request was denied; absent where it was not. */
  readonly refused?: string | undefined;
  readonly policies: readonly string[];
  readonly findings: readonly Finding[];
  readonly patch: readonly PatchOperation[];
  readonly optOut?: OptOutReport | undefined;
  readonly exceptionsExpired?: readonly string[] | undefined;
  readonly durationMs: number;
  readonly policySet: string;
  /** Which replica decided, and which release of dropcap it runs. */
  readonly instance: string;
  readonly version: string;
}

/** Is there anything to record? A pod that complies, or that no policy covers, leaves no record. */
export const isRecorded = ({ findings, optOut }: Decision): boolean =>
  findings.length > 0 || (optOut !== undefined && optOut.ignored.length > 0);

/** Which replica writes, and its release. */
export interface Writer {
  readonly instance: string;
  readonly version: string;
}

/** The record of a decision. The outcome is what was answered: later webhooks and validation may still differ. */
export function recordOf(circumstances: Circumstances, decision: Decision, writer: Writer): AuditRecord {
  const { time, uid, operation, subResource, kind, namespace, name, generateName, owner, username } = circumstances;
  const { policies, findings, patch, optOut, exceptionsExpired } = decision;
  // What is undefined is not written.
  return {
    time: new Date(time).toISOString(),
    uid,
    follows: circumstances.follows || undefined,
    dryRun: false,
    operation,
    subResource: subResource || undefined,
    kind: kind || undefined,
    namespace,
    name: name || undefined,
    generateName: generateName || undefined,
    owner: owner || undefined,
    user: username,
    gate: circumstances.gate,
    refused: circumstances.refused,
    policies,
    findings,
    patch,
    optOut,
    exceptionsExpired: exceptionsExpired.length > 0 ? exceptionsExpired : undefined,
    durationMs: Math.round(circumstances.durationMs * 1000) / 1000,
    policySet: circumstances.policySet,
    ...writer,
  };
}
