/** How the API server is asked for the metadata of pods, and how it answers. */
import { refusal } from './api.ts';
import type { Connection } from './connection.ts';
import type { Metadata } from './pod-metadata.ts';

/** Path of the pods of all namespaces. */
export const PODS = '/api/v1/pods';

/** Media type of one pod's metadata. */
export const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

const LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** Some pods, and where to go on; `resourceVersion` is that of the whole list. */
export interface PodPage {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  /** Null where there are none. */
  readonly items: readonly { readonly metadata: Metadata }[] | null;
}

/** One line of a watch. With `ERROR` the object is a status, and has its code. */
export interface PodEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: { readonly metadata: Metadata & { readonly resourceVersion: string }; readonly code?: number };
}

/** Lists pods as they are now, at most `limit`; `from` is the `continue` of the page before, or empty. */
export async function podPage(connection: Connection, limit: number, from: string): Promise<PodPage> {
  const path = `${PODS}?limit=${limit}${from && `&continue=${encodeURIComponent(from)}`}`;
  const answer = await connection.get({ path, accept: LIST });
  if (answer.status !== 200) throw refusal('pods', answer);
  return answer.body as PodPage;
}

/** Is one version as new as another? Both are numbers, too large for JavaScript's. */
export const isAsNew = (version: string, other: string): boolean =>
  version.length === other.length ? version >= other : version.length > other.length;
