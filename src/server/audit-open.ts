import type { RequestHandler } from 'express';
import type { CheckAccess } from '../kube/access.ts';
import { hasCluster } from '../kube/in-cluster.ts';
import { openReader, type PatientReader } from '../store/reader.ts';
import { auditAccess } from './audit-access.ts';

/** Where the records are, and which cluster says who may read them. */
export interface AuditPlaces {
  /** A file, or a `postgres://` URL. */
  readonly location: string;
  /** Path of a kubeconfig; undefined: the pod's own service account, where there is one. */
  readonly kubeconfig: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What the admin port needs to serve /audit. */
export interface OpenedAudit {
  readonly reader: PatientReader;
  readonly access: RequestHandler;
  close(): Promise<void>;
}

/** The client of the cluster costs tens of megabytes: it is loaded when the first token comes. */
function checkBy(kubeconfig: string | undefined): CheckAccess {
  let loading: Promise<CheckAccess> | undefined;
  const load = async (): Promise<CheckAccess> => {
    const [{ accessBy }, { clusterAt }] = await Promise.all([import('../kube/access.ts'), import('../kube/api.ts')]);
    return accessBy(clusterAt(kubeconfig));
  };
  return async (token, path) => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return (await loading)(token, path);
  };
}

/** Prepares what reads the store, and who may. Opens nothing before it is asked. */
export function openAudit({ location, kubeconfig, env }: AuditPlaces): OpenedAudit {
  const reader = openReader(location);
  return {
    reader,
    access: auditAccess(hasCluster(kubeconfig, env) ? checkBy(kubeconfig) : undefined),
    close: () => reader.close(),
  };
}
