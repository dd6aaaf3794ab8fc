/** One Secret: read, and replaced where it is still as it was read. */
import { ClusterFailure, refusal, type Ask } from './api.ts';

type Data = Readonly<Record<string, string>>;

/** Where the Secret is. */
export interface SecretPlace {
  readonly namespace: string;
  readonly name: string;
}

interface SecretObject {
  readonly metadata: { readonly resourceVersion: string };
  readonly data?: Data | null;
}

/** The Secret as it was read. */
export interface ReadSecret {
  readonly version: string;
  readonly data: Data;
  /** Replaces its data and keeps all else. False where the Secret has changed since, or is gone. */
  readonly replace: (data: Data) => Promise<boolean>;
}

/** Reads the Secret. Rejects with a `ClusterFailure` where it is not there, saying how to make it. */
export async function readSecret(ask: Ask, { namespace, name }: SecretPlace): Promise<ReadSecret> {
  const what = `Secret ${namespace}/${name}`;
  const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
  const answer = await ask('GET', path);
  if (answer.status === 404)
    throw new ClusterFailure(
      `${what}: is not there. It is made once, empty, and never by this command: ` +
        `kubectl create secret generic ${name} --namespace ${namespace}`,
    );
  if (answer.status !== 200) throw refusal(what, answer);
  const read = answer.body as SecretObject;
  return {
    version: read.metadata.resourceVersion,
    data: read.data ?? {},
    replace: async (data) => {
      const body = { ...read, data };
      const written = await ask('PUT', `${path}?fieldManager=dropcap`, { type: 'application/json', body });
      if (written.status === 409 || written.status === 404) return false;
      if (written.status !== 200) throw refusal(what, written);
      return true;
    },
  };
}
