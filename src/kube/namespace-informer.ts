/**
 * The labels of namespaces from a cluster: listed once, then watched. The client costs 60 MB and 400 ms to load, so this
 * file is imported only where a policy reads labels.
 */
import { CoreV1Api, makeInformer, type Informer, type ObjectCache, type V1Namespace } from '@kubernetes/client-node';
import { configAt } from './config.ts';
import type { Labels } from '../engine/selector.ts';
import { nameLabel, type NamespaceSource } from './source.ts';

const RETRY_MS = 5_000;

/** How to reach the cluster, and whom to tell that it cannot be reached. */
export interface InformerOptions {
  /** Path of a kubeconfig; undefined: the pod's own service account. */
  readonly kubeconfig: string | undefined;
  /** How long to wait before trying again, in milliseconds; five seconds where it is left out. */
  readonly retryMs?: number;
  readonly onError: (error: Error) => void;
}

const labelsOf = (namespace: V1Namespace): Labels => ({
  ...namespace.metadata?.labels,
  ...nameLabel(namespace.metadata?.name ?? ''),
});

/** Errors of the client carry the whole answer, headers and all; the log gets the status, or why there is none. */
const brief = (error: unknown): Error => {
  const { code, message, cause } = error as { code?: unknown; message?: string; cause?: { message?: string } };
  const why = cause?.message ?? message ?? 'unknown error';
  return new Error(`namespaces: ${typeof code === 'number' ? `HTTP ${code}` : why}`, { cause: error });
};

/** Starts again where the watch ends with an error: the client leaves that to its user. */
function keepRunning(
  informer: Informer<V1Namespace>,
  { retryMs = RETRY_MS, onError }: InformerOptions,
): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let starting = Promise.resolve();
  const start = (): void => {
    starting = informer.start().catch(failed);
  };
  const failed = (error: unknown): void => {
    if (closed) return;
    onError(brief(error));
    timer = setTimeout(start, retryMs);
  };
  informer.on('error', failed);
  start();
  return async () => {
    closed = true;
    clearTimeout(timer);
    await informer.stop();
    // What is under way cannot be stopped, and would open a watch that keeps the process alive.
    void starting.then(() => informer.stop());
  };
}

/** Lists and watches the namespaces of a cluster. Not synced until the first list came. */
export function namespaceInformer(options: InformerOptions): NamespaceSource {
  const config = configAt(options.kubeconfig);
  const api = config.makeApiClient(CoreV1Api);
  let synced = false;
  const informer: Informer<V1Namespace> & ObjectCache<V1Namespace> = makeInformer(
    config,
    '/api/v1/namespaces',
    async () => {
      const list = await api.listNamespace();
      // The informer fills its cache right after this resolves.
      setImmediate(() => (synced = true));
      return list;
    },
  );
  return {
    cached: (name) => {
      const namespace = informer.get(name);
      return namespace && labelsOf(namespace);
    },
    fetch: async (name) => {
      try {
        return labelsOf(await api.readNamespace({ name }));
      } catch (error) {
        throw brief(error);
      }
    },
    synced: () => synced,
    close: keepRunning(informer, options),
  };
}
