/** The policies in force: the last good set, whatever became of its folder since. */
import { policySetOf, type PolicySet } from '../engine/policy-set.ts';
import type { Loaded } from './load.ts';
import { fileError, formatProblem } from './problem.ts';

const LABELS_UNMET = fileError(
  'policies',
  'opt-outs or a namespaceSelector, which need the labels of namespaces',
  'none: those in force at the start needed no labels, so they are not read; start the server again with the new ones',
);

/** How a reload went. */
export interface Reload extends Omit<Loaded, 'documents'> {
  /** Is this set in force now? If not, the one before it still is. */
  readonly ok: boolean;
}

/** How reloading goes. */
export interface PolicyStatus {
  /** When the set in force was loaded, in milliseconds since 1970. */
  readonly loadedAt: number;
  /** Sets that were refused since the start. */
  readonly failures: number;
  /** The errors of the newest set, a line each; empty where that is the set in force. */
  readonly lastErrors: readonly string[];
}

/** Holds the set in force. A bad set never takes its place. */
export class PolicySource {
  #set: PolicySet;
  #version: string;
  #status: PolicyStatus;
  readonly #onClose: (() => void)[] = [];
  #hasLabels = true;

  /** Begins with a set that must be good: there is none to fall back on. */
  constructor(first: Loaded) {
    if (first.errors.length > 0) throw new Error(first.errors.map(formatProblem).join('\n'), { cause: first.errors });
    this.#set = policySetOf(first.documents);
    this.#version = first.version;
    this.#status = { loadedAt: Date.now(), failures: 0, lastErrors: [] };
  }

  /** The set in force. */
  current(): PolicySet {
    return this.#set;
  }

  /** The version of the set in force. */
  version(): string {
    return this.#version;
  }

  /** How reloading goes. */
  status(): PolicyStatus {
    return this.#status;
  }

  /** From now on a set is bad that reads the labels of namespaces: nobody knows them. */
  goWithoutLabels(): void {
    this.#hasLabels = false;
  }

  /** Puts a set into force, if it is good. */
  offer({ documents, errors: found, warnings, version }: Loaded): Reload {
    const unmet = !this.#hasLabels && found.length === 0 && policySetOf(documents).readsNamespaceLabels;
    const errors = unmet ? [LABELS_UNMET] : found;
    const ok = errors.length === 0;
    const { loadedAt, failures } = this.#status;
    if (ok) {
      this.#set = policySetOf(documents);
      this.#version = version;
      this.#status = { loadedAt: Date.now(), failures, lastErrors: [] };
    } else this.#status = { loadedAt, failures: failures + 1, lastErrors: errors.map(formatProblem) };
    return { ok, version, errors, warnings };
  }

  /** Has something ended with this source. */
  onClose(end: () => void): void {
    this.#onClose.push(end);
  }

  /** Ends following the folders. The set stays. */
  close(): void {
    for (const end of this.#onClose.splice(0)) end();
  }
}
