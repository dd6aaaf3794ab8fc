/** A server that speaks the part of the Kubernetes API that namespaces need: list, watch, get. It keeps what it was asked. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { authority, signedBy, type Pair } from '../server/certificates.ts';
import { kubeconfigFor } from './stand-in.ts';

type Labels = Readonly<Record<string, string>>;

/** A cluster that has nothing but namespaces. */
export class NamespaceApi {
  /** `METHOD path`, with `?watch` where it was one. */
  readonly asked: string[] = [];
  /** Answer everything with this status instead. */
  failing = 0;
  /** Namespaces that lists and watches do not tell of yet. */
  readonly hidden = new Set<string>();
  readonly #namespaces = new Map<string, Labels>();
  readonly #watches = new Set<ServerResponse>();
  readonly #sockets = new Set<Socket>();
  #version = 1;
  #server: Server | undefined;
  #port = 0;
  readonly #ca: Pair;
  readonly #pair: Pair;

  constructor(ca: Pair, pair: Pair) {
    this.#ca = ca;
    this.#pair = pair;
  }

  /** Makes one with a certificate of its own; it does not listen yet. */
  static async make(): Promise<NamespaceApi> {
    const ca = await authority();
    return new NamespaceApi(ca, await signedBy(ca));
  }

  async start(): Promise<void> {
    this.#server = createServer({ ...this.#pair }, (request, response) => this.#answer(request, response));
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket.on('close', () => this.#sockets.delete(socket)));
    });
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    if (!this.#server?.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Watches that are open now. */
  get watches(): number {
    return this.#watches.size;
  }

  /** Writes a kubeconfig for this server. */
  writeKubeconfig(path: string): string {
    writeFileSync(path, kubeconfigFor(this.#port, this.#ca));
    return path;
  }

  set(name: string, labels: Labels): void {
    this.#version++;
    const type = this.#namespaces.has(name) ? 'MODIFIED' : 'ADDED';
    this.#namespaces.set(name, labels);
    if (!this.hidden.has(name)) this.#tell(type, name);
  }

  delete(name: string): void {
    this.#version++;
    this.#tell('DELETED', name);
    this.#namespaces.delete(name);
  }

  /** Ends every watch, as a server does that is going away or whose time is up. */
  endWatches(): void {
    for (const watch of this.#watches) watch.end();
  }

  #namespace(name: string): object {
    const metadata = { name, labels: this.#namespaces.get(name), resourceVersion: String(this.#version) };
    return { apiVersion: 'v1', kind: 'Namespace', metadata };
  }

  #tell(type: string, name: string): void {
    for (const watch of this.#watches) watch.write(`${JSON.stringify({ type, object: this.#namespace(name) })}\n`);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://x');
    const watching = url.searchParams.get('watch') === 'true';
    this.asked.push(`${request.method ?? ''} ${url.pathname}${watching ? '?watch' : ''}`);
    if (this.failing > 0) this.#fail(response, this.failing);
    else if (url.pathname !== '/api/v1/namespaces') this.#get(response, url.pathname.split('/').at(-1)!);
    else if (watching) this.#watch(response);
    else this.#list(response);
  }

  #list(response: ServerResponse): void {
    const names = [...this.#namespaces.keys()].filter((name) => !this.hidden.has(name));
    const items = names.map((name) => this.#namespace(name));
    const metadata = { resourceVersion: String(this.#version) };
    this.#send(response, 200, { apiVersion: 'v1', kind: 'NamespaceList', metadata, items });
  }

  #get(response: ServerResponse, name: string): void {
    if (this.#namespaces.has(name)) this.#send(response, 200, this.#namespace(name));
    else this.#fail(response, 404);
  }

  #watch(response: ServerResponse): void {
    this.#watches.add(response);
    response.on('close', () => this.#watches.delete(response));
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
  }

  #fail(response: ServerResponse, code: number): void {
    this.#send(response, code, {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      message: `long story of ${code}`,
      code,
    });
  }

  #send(response: ServerResponse, status: number, body: object): void {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
}
