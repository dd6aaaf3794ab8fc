/** A server that speaks the part of the Kubernetes API that watching pods needs: metadata in pages, watches from a version on. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { StandIn } from './stand-in.ts';

interface Pod {
  readonly metadata: Record<string, unknown> & { readonly name: string; readonly resourceVersion: string };
  readonly spec: object;
}

interface Happened {
  readonly type: string;
  readonly pod: Pod;
}

/** A cluster that has nothing but pods, all in the namespace `shop`. */
export class PodApi extends StandIn {
  /** Path and query of each request. */
  readonly asked: string[] = [];
  /** Media types that were asked for, of lists and watches. */
  readonly accepted = new Set<string>();
  /** Answer watches with this status instead; 410 is what a version is answered with that is no longer known. */
  failing = 0;
  /** Send bookmarks when a watch begins? */
  bookmarks = true;
  readonly #pods = new Map<string, Pod>();
  readonly #happened: Happened[] = [];
  readonly #watches = new Set<ServerResponse>();
  #version = 98;

  get watches(): number {
    return this.#watches.size;
  }

  /** `spec` is what reading the pod gives; lists and watches have only metadata. */
  create(name: string, annotations: Readonly<Record<string, string>> = {}, spec: object = {}): void {
    const metadata = {
      namespace: 'shop',
      name,
      uid: `uid-of-${name}`,
      annotations,
      creationTimestamp: new Date().toISOString(),
      resourceVersion: String(++this.#version),
    };
    this.#pods.set(name, { metadata, spec });
    this.#tell('ADDED', { metadata, spec });
  }

  delete(name: string): void {
    const pod = this.#pods.get(name)!;
    this.#pods.delete(name);
    const metadata = { ...pod.metadata, resourceVersion: String(++this.#version) };
    this.#tell('DELETED', { ...pod, metadata });
  }

  /** Tells watches how far they are. */
  bookmark(): void {
    for (const watch of this.#watches) this.#mark(watch);
  }

  /** Ends every watch, as a server does whose time is up. */
  endWatches(): void {
    for (const watch of this.#watches) watch.end();
  }

  /** Cuts every watch in the middle of a line. */
  cutWatches(): void {
    for (const watch of this.#watches) {
      watch.write('{"type":"ADDED","object":{"meta');
      setImmediate(() => watch.destroy());
    }
  }

  /** Writes into every watch. */
  write(text: string): void {
    for (const watch of this.#watches) watch.write(text);
  }

  /** Forgets what happened: who asks for it is told so. */
  forget(): void {
    this.#happened.length = 0;
    this.failing = 410;
  }

  #tell(type: string, pod: Pod): void {
    this.#happened.push({ type, pod });
    this.write(this.#line(type, pod));
  }

  #line(type: string, { metadata }: Pod): string {
    return `${JSON.stringify({ type, object: { kind: 'PartialObjectMetadata', metadata } })}\n`;
  }

  #mark(watch: ServerResponse): void {
    const object = { kind: 'PartialObjectMetadata', metadata: { resourceVersion: String(this.#version) } };
    watch.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
  }

  protected answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://x');
    this.asked.push(`${url.pathname}${url.search}`);
    if (request.headers.authorization !== 'Bearer secret-token') this.#send(response, 401, {});
    else if (url.pathname !== '/api/v1/pods') this.#get(response, url.pathname.split('/').at(-1)!);
    else {
      this.accepted.add(request.headers.accept!);
      if (url.searchParams.get('watch') === 'true')
        this.#watch(response, Number(url.searchParams.get('resourceVersion')));
      else this.#list(response, Number(url.searchParams.get('limit')), Number(url.searchParams.get('continue')));
    }
  }

  #get(response: ServerResponse, name: string): void {
    const pod = this.#pods.get(name);
    this.#send(response, pod ? 200 : 404, pod ?? { kind: 'Status', message: 'not found' });
  }

  #list(response: ServerResponse, limit: number, from: number): void {
    const all = [...this.#pods.values()].map(({ metadata }) => ({ metadata }));
    const items = all.slice(from, from + limit);
    const next = from + limit < all.length ? String(from + limit) : undefined;
    const metadata = { resourceVersion: String(this.#version), continue: next };
    this.#send(response, 200, { metadata, items: items.length > 0 ? items : null });
  }

  #watch(response: ServerResponse, from: number): void {
    if (this.failing > 0) {
      const code = this.failing;
      this.failing = 0;
      this.#send(response, code, {});
      return;
    }
    this.#watches.add(response.on('close', () => this.#watches.delete(response)));
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    for (const { type, pod } of this.#happened)
      if (Number(pod.metadata.resourceVersion) > from) response.write(this.#line(type, pod));
    if (this.bookmarks) this.#mark(response);
  }

  #send(response: ServerResponse, status: number, body: object): void {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
}
