/** A server that keeps Reports as the Kubernetes API does where their CustomResourceDefinitions are installed. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonMap } from '../pods.ts';
import { StandIn } from './stand-in.ts';

const LIST = /^\/apis\/openreports\.io\/v1alpha1\/(?:namespaces\/([^/]+)\/)?reports$/;
const ONE = /^\/apis\/openreports\.io\/v1alpha1\/namespaces\/([^/]+)\/reports\/dropcap$/;
/** Reports of one page, whatever is asked for. */
const PAGE = 2;

/** A cluster that has nothing but namespaces and their reports. */
export class ReportApi extends StandIn {
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

  protected async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
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
