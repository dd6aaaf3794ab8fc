/** One pod as it is stored. */
import { containersOf, objectAt, type Container, type JsonObject } from '../engine/pod.ts';
import { refusal } from './api.ts';
import type { Connection } from './connection.ts';
import { seenPod, type Metadata, type SeenPod } from './pod-metadata.ts';

/** A pod with its containers. */
export interface ReadPod extends SeenPod {
  readonly containers: readonly Container[];
}

/** Reads a pod; undefined where there is none of this name. Rejects with a `ClusterFailure`. */
export async function readPod(
  connection: Connection,
  { namespace, name }: Pick<SeenPod, 'namespace' | 'name'>,
): Promise<ReadPod | undefined> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
  const answer = await connection.get({ path });
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw refusal(`pod ${namespace}/${name}`, answer);
  const pod = answer.body as JsonObject & { readonly metadata: Metadata };
  return { ...seenPod(pod), containers: containersOf(objectAt(pod['spec'], '/spec') ?? {}) };
}
