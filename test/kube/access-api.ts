/** A server that answers TokenReview and SubjectAccessReview as the Kubernetes API does, and keeps what it was asked. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { StandIn } from './stand-in.ts';

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
export class AccessApi extends StandIn {
  /** The bodies of all reviews, by kind. */
  readonly asked: { readonly kind: string; readonly spec: Spec }[] = [];
  /** Users by their tokens. */
  readonly users = new Map<string, KnownUser>();
  /** Answer everything with this status instead. */
  failing = 0;
  /** Resolves when reviews may be answered. */
  gate: Promise<void> = Promise.resolve();

  /** How many reviews of a kind were asked for. */
  count(kind: string): number {
    return this.asked.filter((one) => one.kind === kind).length;
  }

  protected async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
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
