/** The admin port alone, with a store that records were put into. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Registry } from 'prom-client';
import { adminServer } from '../../src/server/admin.ts';
import type { AuditParts } from '../../src/server/audit-api.ts';
import { openAudit } from '../../src/server/audit-open.ts';

/** An answer. */
export interface Answered {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** An admin port that runs. */
export interface AdminPort {
  readonly port: number;
  readonly server: Server;
  /** Asks for a path, from loopback or, by `host`, from an address of this machine. */
  readonly get: (path: string, headers?: http.OutgoingHttpHeaders, method?: string, host?: string) => Promise<Answered>;
  readonly close: () => Promise<void>;
}

/** An address of this machine that is not loopback; undefined where it has none. */
export const outward = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

/** Sends one request, and reads its answer whole. */
export function request(
  port: number,
  path: string,
  headers: http.OutgoingHttpHeaders = {},
  method = 'GET',
  host = '127.0.0.1',
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const call = http.request({ host, port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
      response.on('end', () => {
        const { statusCode: status = 0 } = response;
        resolve({ status, headers: response.headers, body: Buffer.concat(chunks).toString() });
      });
    });
    call.on('error', reject).end();
  });
}

/** Serves these parts on all addresses of this machine. */
export async function serveAudit(parts: AuditParts | undefined, close = () => Promise.resolve()): Promise<AdminPort> {
  const server = adminServer(new Registry(), () => ({}), parts);
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    server,
    get: (...args) => request(port, ...args),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await close();
    },
  };
}

/** Serves a store; with a kubeconfig, tokens are checked by its cluster. */
export function serveStore(location: string, kubeconfig?: string): Promise<AdminPort> {
  const audit = openAudit({ location, kubeconfig, env: {} });
  return serveAudit(audit, () => audit.close());
}

/** The error of an answer. */
export const errorOf = ({ body }: Answered): { code: string; message: string } =>
  (JSON.parse(body) as { error: { code: string; message: string } }).error;
