/** The plain HTTP port for the cluster's own use: liveness, readiness, metrics and the audit trail. Bound to loopback unless told otherwise. */
import { createServer, type Server } from 'node:http';
import express from 'express';
import type { Registry } from 'prom-client';
import { auditApi, type AuditParts } from './audit-api.ts';
import { sendError, sendJson } from './respond.ts';

const NO_SUCH_PATH = 'no such path: /healthz, /readyz, /metrics, /audit';

/** One thing that must hold before requests are sent here. */
export interface Check {
  readonly ok: boolean;
  /** For people: what holds, or what is missing. Shown whether ok or not. */
  readonly detail: string;
}

/** The admin server, not yet listening. Without a store, `audit` is left out. */
export function adminServer(
  registry: Registry,
  checks: () => Readonly<Record<string, Check>>,
  audit?: AuditParts,
): Server {
  const app = express();
  app.disable('etag').disable('x-powered-by').disable('query parser').enable('case sensitive routing');
  app.get('/healthz', (_request, response) => sendJson(response, 200, '{"ok":true}\n'));
  app.get('/readyz', (_request, response) => {
    const now = checks();
    const ready = Object.values(now).every(({ ok }) => ok);
    sendJson(response, ready ? 200 : 503, `${JSON.stringify({ ready, checks: now }, null, 2)}\n`);
  });
  app.get('/metrics', async (_request, response) => {
    const body = await registry.metrics();
    response.writeHead(200, { 'content-type': registry.contentType }).end(body);
  });
  app.use('/audit', auditApi(audit));
  app.use((_request, response) => sendError(response, 404, 'not-found', NO_SUCH_PATH));
  return createServer(app);
}
