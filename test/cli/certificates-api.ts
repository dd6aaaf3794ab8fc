/** A server that keeps a few objects as the Kubernetes API does: GET, PUT and JSON Patch, each for the version that was read. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import jsonpatch, { type Operation } from 'fast-json-patch';
import { StandIn } from '../kube/stand-in.ts';

/** An object of the API, as JSON. */
export interface Stored {
  readonly metadata: { readonly resourceVersion?: string; readonly name: string };
  readonly [field: string]: unknown;
}

const CONFLICT = 'the object has been modified; please apply your changes to the latest version and try again';

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? undefined : JSON.parse(text);
}

/** Objects by their paths. */
export class CertificatesApi extends StandIn {
  /** `METHOD path` of all that was asked. */
  readonly asked: string[] = [];
  /** Answers to give instead, each once: a status, or 0 to cut the connection. */
  readonly failures: number[] = [];
  readonly #objects = new Map<string, Stored>();
  #version = 1;

  put(path: string, object: Stored): void {
    const metadata = { ...object.metadata, resourceVersion: String(++this.#version) };
    this.#objects.set(path, { ...object, metadata });
  }

  get(path: string): Stored {
    return this.#objects.get(path)!;
  }

  delete(path: string): void {
    this.#objects.delete(path);
  }

  protected async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url!, 'http://x');
    this.asked.push(`${request.method!} ${pathname}`);
    const sent = await bodyOf(request);
    const failure = this.failures.shift();
    if (failure === 0) return void request.socket.destroy();
    const [status, body] = failure ? [failure, { message: `story of ${failure}` }] : this.#do(request, pathname, sent);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  #do({ method, headers }: IncomingMessage, path: string, sent: unknown): [number, unknown] {
    const stored = this.#objects.get(path);
    if (headers.authorization !== 'Bearer secret-token') return [401, { message: 'Unauthorized' }];
    if (!stored) return [404, { message: 'not found' }];
    if (method === 'GET') return [200, stored];
    const patching = method === 'PATCH' && headers['content-type'] === 'application/json-patch+json';
    if (!patching && method !== 'PUT') return [405, { message: 'not here' }];
    const wanted = patching
      ? jsonpatch.applyPatch(structuredClone(stored), sent as Operation[]).newDocument
      : (sent as Stored);
    if (wanted.metadata.resourceVersion !== stored.metadata.resourceVersion) return [409, { message: CONFLICT }];
    this.put(path, wanted);
    return [200, this.#objects.get(path)];
  }
}
