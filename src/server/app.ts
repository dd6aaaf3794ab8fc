/** The webhook as an express application, and the door in front of it that turns away what cannot be answered in time. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { Unreadable } from '../engine/unreadable.ts';
import { readBody } from './body.ts';
import { Call } from './call.ts';
import { timeoutOf } from './duration.ts';
import { answer, type Endpoint } from './endpoint.ts';
import { mutate } from './mutate.ts';
import { errorBody, sendError } from './respond.ts';
import type { Services } from './services.ts';
import { validate } from './validate.ts';
import { WorkQueue } from './work-queue.ts';

const ENDPOINTS = [mutate, validate];

const NO_SUCH_PATH = 'no such path: reviews go to /mutate and /validate';

// Made once: where there is too much to do, saying so has to cost next to nothing.
const OVERLOADED = errorBody('overloaded', 'more is waiting than can be answered in time');
const OVERLOADED_HEADERS = { 'content-type': 'application/json', 'content-length': OVERLOADED.length };

/** Decides one body and answers. Nothing that happens here may end the process. */
function work(endpoint: Endpoint, services: Services, call: Call, body: Buffer): void {
  try {
    const outcome = answer(endpoint, services, body, call.started);
    if (outcome instanceof Promise)
      outcome.then((later) => call.answer(later)).catch((error: unknown) => call.fail(error));
    else call.answer(outcome);
  } catch (error) {
    call.fail(error);
  }
}

const receive =
  (endpoint: Endpoint, services: Services, queue: WorkQueue) => (request: Request, response: Response) => {
    const call = new Call(services, endpoint.path, response);
    const deadline = call.started + timeoutOf(request.url);
    readBody(request, (body) => {
      if (body instanceof Unreadable) {
        // The rest of what is being sent is not worth reading.
        response.setHeader('connection', 'close');
        response.once('finish', () => request.destroy());
        call.fail(body);
        return;
      }
      queue.push({
        bytes: body.length,
        deadline,
        run: () => work(endpoint, services, call, body),
        expire: () =>
          call.refuse(503, 'deadline', 'the deadline passed before the turn of this request came', 'expired'),
      });
    });
  };

function application(services: Services, queue: WorkQueue): Express {
  const app = express();
  app.disable('etag').disable('x-powered-by').disable('query parser');
  for (const endpoint of ENDPOINTS) {
    app.post(`/${endpoint.path}`, receive(endpoint, services, queue));
    app.all(`/${endpoint.path}`, (_request, response) => sendError(response, 405, 'method', 'expected POST'));
  }
  app.use((_request, response) => sendError(response, 404, 'not-found', NO_SUCH_PATH));
  app.use((error: Error, _request: Request, response: Response, next: NextFunction) => {
    services.log.error('request failed', { reason: error.message });
    if (response.headersSent) next(error);
    else sendError(response, 500, 'internal', 'internal error');
  });
  return app;
}

/**
 * The listener of the HTTPS server. A request that would have to wait past its deadline is answered 503 before its body is
 * read: an answer that comes late has cost as much as one in time, and helps nobody.
 */
export function listener(services: Services): (request: IncomingMessage, response: ServerResponse) => void {
  const queue = new WorkQueue();
  const app = application(services, queue);
  return (request, response) => {
    const now = performance.now();
    const bytes = Number(request.headers['content-length'] ?? 0);
    if (queue.length > 0 && queue.isTooLate(bytes, now + timeoutOf(request.url ?? ''), now)) {
      if (services.isDraining()) response.setHeader('connection', 'close');
      response.writeHead(503, OVERLOADED_HEADERS).end(OVERLOADED);
      const { path } = request.url?.startsWith('/validate') ? validate : mutate;
      services.metrics.request(path, '', 'shed', 0);
      return;
    }
    app(request, response);
  };
}
