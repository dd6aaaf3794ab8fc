/** What the watch reads of a pod: its metadata, and of that only what tells it apart. */
import { AUDIT_RECORD } from '../engine/evaluate.ts';

/** A pod as the watch shows it. */
export interface SeenPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Empty where the pod was named by its author. */
  readonly generateName: string;
  /** When the API server made it, in milliseconds since 1970, whole seconds; NaN where it does not say. */
  readonly created: number;
  /** Its annotation `dropcap.dev/audit-record`; empty where it has none. */
  readonly auditRecord: string;
}

/** The metadata of a pod as the API has it. */
export interface Metadata {
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly generateName?: string;
  readonly creationTimestamp?: string | null;
  readonly annotations?: Readonly<Record<string, string>> | null;
}

/** Reads the metadata of a pod, or of any object that has metadata. */
export function seenPod({ metadata }: { readonly metadata: Metadata }): SeenPod {
  const { namespace = '', name = '', uid = '', generateName = '', creationTimestamp, annotations } = metadata;
  const created = Date.parse(creationTimestamp ?? '');
  return { namespace, name, uid, generateName, created, auditRecord: annotations?.[AUDIT_RECORD] ?? '' };
}
