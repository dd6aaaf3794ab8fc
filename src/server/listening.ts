/** Listening on a port, and ending without cutting anybody off. */
import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions } from 'node:tls';

// The API server keeps idle connections for 90 s, those too that it opened and never used; whoever closes first while the
// other sends loses that request. Node counts a connection without a request yet against the two request timeouts.
const KEEP_ALIVE_MS = 120_000;
/** How long answers that are under way may still take when everything else has ended. */
const LAST_ANSWERS_MS = 5_000;

/** The HTTPS server for reviews, not yet listening. */
export function webhookServer(
  options: SecureContextOptions,
  clientCertificates: boolean,
  onRequest: RequestListener,
): https.Server {
  const client = clientCertificates ? { requestCert: true, rejectUnauthorized: true } : {};
  const server = https.createServer({ ...options, ...client }, onRequest);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.requestTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = KEEP_ALIVE_MS;
  return server;
}

/** Listens; resolves with the port. */
export async function listen(server: Server | https.Server, port: number, host?: string): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Lets a server's connections end: idle ones at once, busy ones with their answer, all of them after a while. */
export async function end(server: Server | https.Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const late = setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS);
  await closed;
  clearTimeout(late);
}
