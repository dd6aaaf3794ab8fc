/** A server that answers TokenReview and SubjectAccessReview as the Kubernetes API does, and keeps what it was asked. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { authority, signedBy, type Pair } from '../server/certificates.ts';

/** A user as TokenReview tells of them. */
export interface KnownUser {
  readonly username: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
  /** Paths that they may get. */
  readonly paths: readonly string[];
}

interface Spec {
  readonly token?: string;
  readonly user?: string;
  readonly nonResourceAttributes?: { readonly path: string; readonly verb: string };
}

/** A cluster that has nothing but tokens. */
export class AccessApi {
  /** The bodies of all reviews, by kind. */
  readonly asked: { readonly kind: string; readonly spec: Spec }[] = [];
  /** Users by their tokens. */
  readonly users = new Map<string, KnownUser>();
  /** Answer everything with this status instead. */
  failing = 0;
  /** Resolves when reviews may be answered. */
  gate: Promise<void> = Promise.resolve();
  readonly #server: Server;
  readonly #ca: Pair;

  constructor(ca: Pair, pair: Pair) {
    this.#ca = ca;
    this.#server = createServer({ ...pair }, (request, response) => void this.#answer(request, response));
  }

  /** Starts one with a certificate of its own. */
  static async start(): Promise<AccessApi> {
    const ca = await authority();
    const api = new AccessApi(ca, await signedBy(ca));
    api.#server.listen(0, '127.0.0.1');
    await once(api.#server, 'listening');
    return api;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  /** A kubeconfig that leads here, as text. */
  kubeconfig(): string {
    const server = `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    const cluster = { server, 'certificate-authority-data': Buffer.from(this.#ca.cert).toString('base64') };
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user: { token: 'secret-token' } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    });
  }

  /** How many reviews of a kind were asked for. */
  count(kind: string): number {
    return this.asked.filter((one) => one.kind === kind).length;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { kind, spec } = JSON.parse(text) as { kind: string; spec: Spec };
    this.asked.push({ kind, spec });
    await this.gate;
    const isOurs = request.headers.authorization === 'Bearer secret-token' && request.method === 'POST';
    const status = this.failing || (isOurs ? 201 : 401);
    const body = status === 201 ? { kind, spec, status: this.#status(kind, spec) } : { message: `story of ${status}` };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  #status(kind: string, { token, user, nonResourceAttributes }: Spec): object {
    if (kind === 'TokenReview') {
      const known = this.users.get(token ?? '');
      if (!known) return { authenticated: false, error: 'no such token' };
      return { authenticated: true, user: { ...known, paths: undefined } };
    }
    const known = [...this.users.values()].find(({ username }) => username === user);
    const { path = '', verb = '' } = nonResourceAttributes ?? {};
    return { allowed: verb === 'get' && known?.paths.includes(path) === true };
  }
}
