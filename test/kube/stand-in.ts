/** What servers that stand in for a part of the Kubernetes API have in common. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { authority, signedBy, type Pair } from '../server/certificates.ts';

/** A kubeconfig as text, with a token, for a server on this machine. */
export function kubeconfigFor(port: number, ca: Pair): string {
  const server = `https://127.0.0.1:${port}`;
  const cluster = { server, 'certificate-authority-data': Buffer.from(ca.cert).toString('base64') };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user: { token: 'secret-token' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
}

/** A server with a certificate of its own, on a port of its own. */
export abstract class StandIn {
  readonly #server: Server;
  readonly #ca: Pair;

  constructor(ca: Pair, pair: Pair) {
    this.#ca = ca;
    this.#server = createServer({ ...pair }, (request, response) => void this.answer(request, response));
  }

  /** One that listens. */
  static async start<T extends StandIn>(this: new (ca: Pair, pair: Pair) => T): Promise<T> {
    const ca = await authority();
    const api = new this(ca, await signedBy(ca));
    api.#server.listen(0, '127.0.0.1');
    await once(api.#server, 'listening');
    return api;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** A kubeconfig that leads here, as text. */
  kubeconfig(): string {
    return kubeconfigFor((this.#server.address() as AddressInfo).port, this.#ca);
  }

  /** Writes it to a file. */
  writeKubeconfig(path: string): string {
    writeFileSync(path, this.kubeconfig());
    return path;
  }

  protected abstract answer(request: IncomingMessage, response: ServerResponse): void | Promise<void>;
}
