import type { OptOutReport } from './exemption.ts';
import type { Finding } from './finding.ts';
import type { PatchOperation } from './patch.ts';

/** What dropcap answers, and everything that is worth recording of it. */
export interface Decision {
  /** Exactly the findings marked hardened, and the annotation that names the policies. */
  readonly patch: readonly PatchOperation[];
  readonly findings: readonly Finding[];
  /** Names of the enforcing policies that cover the pod. */
  readonly policies: readonly string[];
  /** Undefined where the pod asks for no opt-out. */
  readonly optOut: OptOutReport | undefined;
  /** Names of the exceptions that spared something. */
  readonly exceptionsUsed: readonly string[];
  /** Names of the exceptions that would cover the pod, had they not expired. */
  readonly exceptionsExpired: readonly string[];
}

/** The decision where there is nothing to decide. */
export const NOTHING: Decision = {
  patch: [],
  findings: [],
  policies: [],
  optOut: undefined,
  exceptionsUsed: [],
  exceptionsExpired: [],
};
