/** GET /audit: the records of the store as JSON. */
import express, {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  type Router,
} from 'express';
import { filterIn, WrongParameter } from '../store/filter-parameters.ts';
import { TooSlow, type LineReader, type PatientReader } from '../store/reader.ts';
import { sendLines } from './audit-api-export.ts';
import { EXPORT, NoRecord, QUESTIONS } from './audit-api-questions.ts';
import { sendError, sendJson } from './respond.ts';

/** Requests answered at once: each may keep a core busy. */
const AT_ONCE = 8;

const WITHOUT_STORE = 'there is no audit store: dropcap serve keeps one with --audit-store';

/** What is served under /audit. */
export interface AuditParts {
  readonly reader: PatientReader;
  /** Lets pass who may read: `auditAccess`. */
  readonly access: RequestHandler;
  /** Serves /audit/ui. */
  readonly page?: RequestHandler | undefined;
}

/** What holds for all answers; the page has wider ones of its own. */
const guarded: RequestHandler = (request, response, next) => {
  response.setHeader('cache-control', 'no-store');
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  if (request.method === 'GET' || request.method === 'HEAD') {
    next();
    return;
  }
  response.setHeader('allow', 'GET, HEAD');
  sendError(response, 405, 'method', `found ${request.method}, expected GET or HEAD`);
};

/** Turns away what is too much at once. */
function atMost(most: number): RequestHandler {
  let running = 0;
  return (_request, response, next) => {
    if (running >= most) {
      response.setHeader('retry-after', '1');
      sendError(response, 503, 'busy', `${most} requests are being answered; try again in a second`);
      return;
    }
    running++;
    response.once('close', () => running--);
    next();
  };
}

// Without a parser of express's own: the build leaves it out.
const parametersIn = ({ originalUrl }: Request): URLSearchParams =>
  new URLSearchParams(originalUrl.split('?').slice(1).join('?'));

/** The reader, for as long as anybody waits for the answer. */
function readerFor(reader: PatientReader, response: Response): LineReader {
  const gone = new AbortController();
  response.once('close', () => gone.abort(new Error('nobody waits for the answer any more')));
  return reader.until(gone.signal);
}

function failureOf(error: Error & { readonly status?: number }): [status: number, code: string] {
  // Express says so of a path that cannot be decoded.
  if (error instanceof WrongParameter || error.status === 400) return [400, 'parameter'];
  if (error instanceof NoRecord) return [404, 'no-record'];
  return [503, error instanceof TooSlow ? 'too-slow' : 'store'];
}

const failed: ErrorRequestHandler = (error: Error, _request, response, next) => {
  if (response.headersSent) next(error);
  else sendError(response, ...failureOf(error), error.message);
};

const PATHS = [...QUESTIONS, EXPORT].map(({ path, about, parameters }) => ({
  path: `/audit${path.replace('records/:name', 'records/UID').replace(':name', 'NAME')}`,
  about,
  parameters,
}));

const INDEX = `${JSON.stringify({ paths: PATHS }, null, 2)}\n`;
const NO_SUCH_PATH = `no such path: /audit, ${PATHS.map(({ path }) => path).join(', ')}`;

/** Everything under /audit. */
export function auditApi(parts: AuditParts | undefined): Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  router.use(guarded);
  if (!parts) return router.use((_request, response) => sendError(response, 503, 'no-store', WITHOUT_STORE));
  const { reader, access, page } = parts;
  router.use(access, atMost(AT_ONCE));
  if (page) router.use('/ui', page);
  router.get('/', (request, response) => {
    if (page && request.headers.accept?.includes('text/html')) response.writeHead(303, { location: '/audit/ui' }).end();
    else sendJson(response, 200, INDEX);
  });
  for (const { path, answer } of QUESTIONS)
    router.get(path, async (request, response) => {
      const { name = '' } = request.params as { name?: string };
      const answered = await answer(readerFor(reader, response), parametersIn(request), name);
      sendJson(response, 200, `${JSON.stringify(answered)}\n`);
    });
  router.get(EXPORT.path, async (request, response) => {
    const filter = filterIn(parametersIn(request));
    await sendLines(readerFor(reader, response).lines(filter), request, response);
  });
  router.use((_request, response) => sendError(response, 404, 'not-found', NO_SUCH_PATH));
  return router.use(failed);
}
