/** The webhook server: HTTPS for reviews, a plain port for the cluster's checks, and an orderly end. */
import type { Server } from 'node:https';
import type { AuditTrail } from '../audit/trail.ts';
import type { Events } from '../events/events.ts';
import type { NamespaceSource } from '../kube/source.ts';
import type { PolicySource } from '../policies/source.ts';
import type { Results } from '../results/results.ts';
import { adminServer, type Check } from './admin.ts';
import { listener } from './app.ts';
import type { AuditParts } from './audit-api.ts';
import type { Certificate } from './certificate.ts';
import { end, listen, webhookServer } from './listening.ts';
import type { Log } from './log.ts';
import { Metrics } from './metrics.ts';

/** What a server is made of. It closes all of it when it is closed. */
export interface ServerParts {
  readonly policies: PolicySource;
  readonly certificate: Certificate;
  readonly namespaces: NamespaceSource | undefined;
  readonly trail: AuditTrail;
  /** What takes the trail's journal into its store, until all of it is there; undefined where there is no store. */
  readonly ingester?: { filledAt(): number; close(): Promise<void> } | undefined;
  readonly log: Log;
  readonly annotate: boolean;
  /** Should annotated pods name their audit records, too? They should where a store keeps these. */
  readonly auditRecord?: boolean | undefined;
  /** What shows the records on the admin port, and guards them; undefined where there is no store. */
  readonly records?: (AuditParts & { close(): Promise<void> }) | undefined;
  /** What looks at what became of pods; undefined where nobody does. */
  readonly results?: Results | undefined;
  /** What tells of decisions by Events; undefined where nothing does. */
  readonly events?: Events | undefined;
  readonly port: number;
  /** Address of the plain port, `host:port`. */
  readonly admin: { readonly host: string; readonly port: number };
  /** Must clients have a certificate? */
  readonly clientCertificates: boolean;
  /** How long a draining server still answers while the cluster learns that it goes, in milliseconds. */
  readonly drainMs: number;
}

/** A server that runs. */
export interface RunningServer {
  readonly port: number;
  readonly adminPort: number;
  /** Goes unready, answers what still comes, lets connections end, writes the audit trail out. */
  close(): Promise<void>;
}

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

function readiness({ policies, namespaces, certificate, trail }: ServerParts, draining: () => boolean) {
  return (): Record<string, Check> => {
    const { failures, lastErrors } = policies.status();
    const bad = lastErrors.length > 0 ? `; a newer set is bad: ${lastErrors[0]!}` : '';
    const ends = new Date(certificate.expiry * 1000).toISOString();
    return {
      policies: { ok: true, detail: `version ${policies.version()}, ${failures} failed reloads${bad}` },
      certificate: {
        ok: certificate.expiry * 1000 > Date.now(),
        detail: `ends ${ends}${certificate.failing ? '; newer files cannot be served' : ''}`,
      },
      namespaces: {
        ok: namespaces?.synced() ?? true,
        detail: namespaces ? 'labels are read' : 'labels are not needed',
      },
      ...(trail.store && { audit: { ok: true, detail: trail.store.outage() ?? 'records are on disk' } }),
      draining: { ok: !draining(), detail: draining() ? 'going away' : 'no' },
    };
  };
}

function metricsOf({ policies, certificate, trail, ingester, results, events }: ServerParts): Metrics {
  const { store } = trail;
  return new Metrics({
    audit: () => trail.counts(),
    auditStore: store && (() => store.counts()),
    journalSegments: store && (() => store.segments()),
    filledAt: ingester && (() => ingester.filledAt()),
    results: results && (() => results.counts()),
    events: events && (() => events.counts()),
    certificateExpiry: () => certificate.expiry,
    policies: () => {
      const set = policies.current();
      const { failures, loadedAt } = policies.status();
      const { length: exceptions } = set.exceptions;
      return { version: policies.version(), policies: set.policies.length, exceptions, failures, loadedAt };
    },
  });
}

function followCertificate({ certificate, log }: ServerParts, metrics: Metrics, server: Server): void {
  certificate.follow({
    onLoaded: (options) => {
      // For new connections; those that are open keep theirs.
      server.setSecureContext(options);
      metrics.certificateReload('loaded');
      log.info('certificate reloaded', { ends: new Date(certificate.expiry * 1000).toISOString() });
    },
    onFailed: (error) => {
      metrics.certificateReload('failed');
      log.error('the new certificate cannot be served, the old one stays', { reason: error.message });
    },
  });
}

/** Starts a server. Resolves when both ports listen; where one cannot, closes everything and rejects. */
export async function serve(parts: ServerParts): Promise<RunningServer> {
  const { policies, namespaces, trail, results, certificate } = parts;
  const metrics = metricsOf(parts);
  let draining = false;
  const isDraining = (): boolean => draining;
  const current = () => ({ set: policies.current(), version: policies.version() });
  const answer = listener({ ...parts, policies: current, metrics, isDraining });
  const reviews = webhookServer(certificate.options, parts.clientCertificates, answer);
  const admin = adminServer(metrics.registry, readiness(parts, isDraining), parts.records);
  followCertificate(parts, metrics, reviews);
  const close = async (): Promise<void> => {
    await end(reviews);
    // Before the trail that it writes to.
    await results?.close();
    await Promise.all([end(admin), namespaces?.close(), trail.close(), parts.records?.close()]);
    await parts.ingester?.close();
    certificate.close();
    policies.close();
  };
  try {
    const port = await listen(reviews, parts.port);
    const adminPort = await listen(admin, parts.admin.port, parts.admin.host);
    return {
      port,
      adminPort,
      close: async () => {
        draining = true;
        await wait(parts.drainMs);
        await close();
      },
    };
  } catch (error) {
    // What stays open would keep the process alive, and half a server answering.
    await close();
    throw error;
  }
}
