import type { Labels } from '../engine/selector.ts';

/** Where the labels of namespaces come from. */
export interface NamespaceSource {
  /** The labels, if they are at hand. */
  cached(namespace: string): Labels | undefined;
  /** Asks for the labels of a namespace that is not at hand, such as one made a moment ago. Rejects where there is none. */
  fetch(namespace: string): Promise<Labels>;
  /** Are all namespaces known? False until a cluster's were listed for the first time. */
  synced(): boolean;
  close(): Promise<void>;
}

/** The label that the API server puts on every namespace. */
export const nameLabel = (namespace: string): Labels => ({ 'kubernetes.io/metadata.name': namespace });
