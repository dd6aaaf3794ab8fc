/** The page over the audit trail: read-only, made on the server, and whole without a line of JavaScript. */
import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import type { PolicySet } from '../engine/policy-set.ts';
import { TooSlow, type PatientReader } from '../store/reader-questions.ts';
import { askedIn, tidied } from './asked.ts';
import { exemptions } from './exemptions.ts';
import { href } from './href.ts';
import type { Html } from './html.ts';
import { ICON } from './icon.ts';
import { page, type Origin } from './layout.ts';
import { namespaces } from './namespaces.ts';
import { overview } from './overview.ts';
import { policies } from './policies.ts';
import { NotFound, problemPage, statusOf } from './problem.ts';
import { record } from './record.ts';
import { records } from './records.ts';
import { STYLE } from './style.ts';
import type { PageView } from './view.ts';

/** What the page is made from. */
export interface PageParts {
  readonly reader: PatientReader;
  /** The policies in force, and their version. */
  readonly policies: () => { readonly set: PolicySet; readonly version: string };
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The release of dropcap. */
  readonly version: string;
  /** Which replica answers. */
  readonly instance: string;
  /** Are there no records in the store but its own? Then the page says so. */
  readonly isAlone?: boolean;
  /** How long a view waits for the store, in milliseconds; 10,000 where it is left out. */
  readonly patience?: number;
}

const VIEWS: readonly PageView[] = [overview, policies, exemptions, namespaces, records, record];
const PATIENCE_MS = 10_000;

/** Nothing but the stylesheet and the icon is loaded, no script runs, and no other page may frame this one. */
const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

function secured(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('content-security-policy', POLICY);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('cache-control', 'no-store');
  next();
}

function send(response: Response, status: number, type: string, body: string): void {
  response.setHeader('content-type', `${type}; charset=utf-8`);
  response.setHeader('content-length', Buffer.byteLength(body));
  response.status(status).end(body);
}

const sendPage = (response: Response, status: number, document: Html): void =>
  send(response, status, 'text/html', document.toString());

// Its name changes with what it holds, and it is the same for everybody.
const sendFile = (type: string, body: string) => (_request: Request, response: Response) => {
  response.setHeader('cache-control', 'public, max-age=31536000, immutable');
  send(response, 200, type, body);
};

// Relative, as all links are. express' own redirect looks at media types, of which the bundle has no table.
const redirect = (response: Response, location: string): void => void response.writeHead(302, { location }).end();

const parametersOf = ({ originalUrl }: Request): URLSearchParams =>
  new URLSearchParams(originalUrl.includes('?') ? originalUrl.slice(originalUrl.indexOf('?')) : '');

const originOf = ({ policies: inForce, now, version, instance, isAlone = false }: PageParts): Origin => ({
  version,
  instance,
  isAlone,
  policySet: inForce().version,
  now: now(),
});

/** Says when the store need not answer any more: nobody waits for it, or too long was waited. */
function patience(milliseconds: number, response: Response): AbortSignal {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(new TooSlow(milliseconds)), milliseconds);
  response.once('close', () => {
    clearTimeout(timer);
    over.abort(new Error('nobody waits for the answer any more'));
  });
  return over.signal;
}

const answer = (view: PageView, parts: PageParts) => async (request: Request, response: Response) => {
  const given = parametersOf(request);
  const parameters = tidied(given);
  if (parameters.toString() !== given.toString()) {
    // A link to be shared holds what was asked, and not the fields that a form left empty.
    redirect(response, href(view.target, Object.fromEntries(parameters)).toString());
    return;
  }
  const now = parts.now();
  const reader = parts.reader.until(patience(parts.patience ?? PATIENCE_MS, response));
  const asking = { asked: askedIn(parameters, view.terms, now), reader, set: parts.policies().set, now };
  sendPage(response, 200, page(await view.show(asking), originOf(parts)));
};

/** Only asked by those who read: nothing is changed here. */
function refuseOthers(request: Request, response: Response, next: NextFunction): void {
  if (request.method === 'GET' || request.method === 'HEAD') {
    next();
    return;
  }
  response.setHeader('allow', 'GET, HEAD');
  send(response, 405, 'text/plain', 'expected GET\n');
}

/** The page as a router. Its links are relative, so that it may stand below any path. */
export function auditPage(parts: PageParts): Router {
  const router = express.Router({ strict: true });
  router.use(secured, refuseOthers);
  router.get('/', (request, response, next) => {
    const [path = ''] = request.originalUrl.split('?');
    // Links are relative to a folder.
    if (path.endsWith('/')) next();
    else redirect(response, `${path.slice(path.lastIndexOf('/') + 1)}/`);
  });
  for (const view of VIEWS) router.get(view.target === './' ? '/' : `/${view.target}`, answer(view, parts));
  router.get('/style.css', sendFile('text/css', STYLE));
  router.get('/icon.svg', sendFile('image/svg+xml', ICON));
  router.use(() => {
    throw new NotFound('there is no such view');
  });
  router.use((error: Error, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) next(error);
    else sendPage(response, statusOf(error), page(problemPage(error), originOf(parts)));
  });
  return router;
}
