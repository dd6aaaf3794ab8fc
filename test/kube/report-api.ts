/** A server that keeps Reports as the Kubernetes API does where their CustomResourceDefinitions are installed. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { JsonMap } from '../pods.ts';
import { authority, signedBy, type Pair } from '../server/certificates.ts';

const LIST = /^\/apis\/openreports\.io\/v1alpha1\/(?:namespaces\/([^/]+)\/)?reports$/;
const ONE = /^\/apis\/openreports\.io\/v1alpha1\/namespaces\/([^/]+)\/reports\/dropcap$/;
/** Reports of one page, whatever is asked for. */
const PAGE = 2;

/** A cluster that has nothing but namespaces and their reports. */
export class ReportApi {
  readonly namespaces = new Set<string>();
  /** By namespace. */
  readonly reports = new Map<string, JsonMap>();
  /** Media types of what was written. */
  readonly types: string[] = [];
  /** Are the definitions installed? */
  installed = true;
  /** Namespaces that are going away. */
  readonly ending = new Set<string>();
  /** Answer everything with this status instead. */
  failing = 0;
  readonly #server: Server;
  readonly #ca: Pair;

  constructor(ca: Pair, pair: Pair) {
    this.#ca = ca;
    this.#server = createServer({ ...pair }, (request, response) => void this.#answer(request, response));
  }

  /** Starts one with a certificate of its own. */
  static async start(): Promise<ReportApi> {
    const ca = await authority();
    const api = new ReportApi(ca, await signedBy(ca));
    api.#server.listen(0, '127.0.0.1');
    await once(api.#server, 'listening');
    return api;
  }

  async stop(): Promise<void> {
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

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { status, body } = this.#decide(request, new URL(request.url ?? '', 'http://x'), text);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  #decide({ method, headers }: IncomingMessage, url: URL, text: string): { status: number; body: object } {
    const refused = (status: number, message: string) => ({ status, body: { kind: 'Status', message } });
    if (this.failing > 0) return refused(this.failing, `story of ${this.failing}`);
    if (!this.installed) return refused(404, 'the server could not find the requested resource');
    const [, namespace] = LIST.exec(url.pathname) ?? [];
    if (method === 'GET') return { status: 200, body: this.#list(namespace, Number(url.searchParams.get('continue'))) };
    const [, where = ''] = ONE.exec(url.pathname) ?? [];
    if (this.ending.has(where))
      return refused(403, `unable to create new content in namespace ${where} because it is being terminated`);
    if (!this.namespaces.has(where)) return refused(404, `namespaces "${where}" not found`);
    this.types.push(headers['content-type'] ?? '');
    this.reports.set(where, JSON.parse(text) as JsonMap);
    return { status: 200, body: {} };
  }

  #list(namespace: string | undefined, from: number): object {
    const all = [...this.reports].filter(([where]) => namespace === undefined || where === namespace);
    const next = from + PAGE;
    const items = all.slice(from, next).map(([, report]) => report);
    return { metadata: next < all.length ? { continue: String(next) } : {}, items };
  }
}
