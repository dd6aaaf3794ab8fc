/** Who may read the audit trail: whoever is on this machine or in this pod, and whom the cluster allows it. */
import type { Request, RequestHandler } from 'express';
import type { CheckAccess } from '../kube/access.ts';
import { sendError } from './respond.ts';

/** IPv4 addresses come as IPv6 where both are listened on. */
const LOOPBACK = /^(?:::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/;
const OWN_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;
const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;
// What no cluster signs, and nobody needs to hash.
const LONGEST_TOKEN = 16_384;

/**
 * Why a request that comes from loopback is none that its user meant; undefined where it is. A page of somebody else that is
 * open in a browser here can send requests here: by a name that it makes lead here, it could even read the answers.
 */
function whyForeign({ headers }: Request): string | undefined {
  const { host = '', origin } = headers;
  const site = headers['sec-fetch-site'] ?? 'none';
  if (!OWN_HOST.test(host))
    return `found the Host ${host || '(none)'}, expected localhost, 127.0.0.1 or [::1] for requests from this machine`;
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`)
    return `found the Origin ${origin}, expected none but this server's own`;
  if (site !== 'none' && site !== 'same-origin')
    return 'another web page asks; type or paste the address instead of following a link';
  return undefined;
}

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const unauthenticated = (message: string): Refusal => ({ status: 401, code: 'unauthenticated', message });

/** Why a request may not read, by its token; undefined where it may. Names no token. */
async function whyNot(check: CheckAccess, { headers, originalUrl }: Request): Promise<Refusal | undefined> {
  const { authorization } = headers;
  if (authorization === undefined) return unauthenticated('expected Authorization: Bearer TOKEN');
  const [, token = ''] = BEARER.exec(authorization) ?? [];
  if (token === '' || token.length > LONGEST_TOKEN)
    return unauthenticated('found another Authorization, expected Bearer TOKEN');
  const path = originalUrl.split('?', 1)[0]!;
  const verdict = await check(token, path).catch((error: unknown) => error as Error);
  if (verdict instanceof Error) return { status: 503, code: 'cluster', message: `the token: ${verdict.message}` };
  if (verdict === 'unauthenticated') return unauthenticated('the cluster does not know this token as one for itself');
  const message = `${verdict.user} may not read this: needed is the verb get on nonResourceURLs ${path}`;
  return verdict.isAllowed ? undefined : { status: 403, code: 'forbidden', message };
}

const WITHOUT_CLUSTER: Refusal = {
  status: 403,
  code: 'no-cluster',
  message: 'only loopback is served: there is no cluster to check tokens with',
};

/**
 * Lets requests pass that may read the audit trail. From loopback they need no token, but must not come from another web page;
 * from elsewhere, a bearer token, which `check` judges. Without it only loopback is served.
 */
export function auditAccess(check: CheckAccess | undefined): RequestHandler {
  const refusalOf = (request: Request): Promise<Refusal | undefined> | Refusal | undefined => {
    if (!LOOPBACK.test(request.socket.remoteAddress ?? '')) return check ? whyNot(check, request) : WITHOUT_CLUSTER;
    const why = whyForeign(request);
    return why === undefined ? undefined : { status: 403, code: 'foreign', message: why };
  };
  return async (request, response, next) => {
    const refusal = await refusalOf(request);
    if (refusal === undefined) {
      next();
      return;
    }
    // As RFC 6750 has it.
    if (refusal.status === 401) response.setHeader('www-authenticate', 'Bearer realm="dropcap audit"');
    sendError(response, refusal.status, refusal.code, refusal.message);
  };
}
