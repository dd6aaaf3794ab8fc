/** The webhook as an express application, and the door in front of it that turns away what cannot be answered in time. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { Unreadable } from '../engine/unreadable.ts';
import { readBody } from './body.ts';
import { timeoutOf } from './duration.ts';
import type { RequestOutcome } from './metrics.ts';
import { mutate, type Outcome, type Services } from './mutate.ts';
import { errorBody, sendError, sendJson } from './respond.ts';
import { WorkQueue } from './work-queue.ts';

/** Messages name fields, and a field may be called anything. */
const MESSAGE = 500;

const STATUS: Partial<Record<Unreadable['code'], number>> = { 'too-large': 413 };

// Made once: where there is too much to do, saying so has to cost next to nothing.
const OVERLOADED = errorBody('overloaded', 'more is waiting than can be answered in time');
const OVERLOADED_HEADERS = { 'content-type': 'application/json', 'content-length': OVERLOADED.length };

/** A request on its way: what it takes to answer and to count it. */
class Call {
  readonly started = performance.now();
  readonly #services: Services;
  readonly #response: ServerResponse;

  constructor(services: Services, response: ServerResponse) {
    this.#services = services;
    this.#response = response;
  }

  answer({ body, operation, outcome }: Outcome): void {
    this.#part();
    sendJson(this.#response, 200, body);
    this.#count(operation, outcome);
  }

  refuse(status: number, code: string, message: string, outcome: RequestOutcome): void {
    this.#part();
    sendError(this.#response, status, code, message);
    this.#count('', outcome);
  }

  fail(error: unknown): void {
    const { log } = this.#services;
    if (error instanceof Unreadable) {
      const reason = error.message.slice(0, MESSAGE);
      log.warn('unreadable request', { code: error.code, reason });
      this.refuse(STATUS[error.code] ?? 400, error.code, reason, 'unreadable');
      return;
    }
    const reason = error instanceof Error ? error.message : 'unknown error';
    log.error('request failed', { reason, stack: error instanceof Error ? error.stack : undefined });
    this.refuse(500, 'internal', reason, 'error');
  }

  // At the answer, not at the request: those under way when the draining begins are to be told, too.
  #part(): void {
    if (this.#services.isDraining()) this.#response.setHeader('connection', 'close');
  }

  #count(operation: string, outcome: RequestOutcome): void {
    this.#services.metrics.request(operation, outcome, performance.now() - this.started);
  }
}

/** Decides one body and answers. Nothing that happens here may end the process. */
function work(services: Services, call: Call, body: Buffer): void {
  try {
    const outcome = mutate(services, body, call.started);
    if (outcome instanceof Promise)
      outcome.then((later) => call.answer(later)).catch((error: unknown) => call.fail(error));
    else call.answer(outcome);
  } catch (error) {
    call.fail(error);
  }
}

const receive = (services: Services, queue: WorkQueue) => (request: Request, response: Response) => {
  const call = new Call(services, response);
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
      run: () => work(services, call, body),
      expire: () => call.refuse(503, 'deadline', 'the deadline passed before the turn of this request came', 'expired'),
    });
  });
};

function application(services: Services, queue: WorkQueue): Express {
  const app = express();
  app.disable('etag').disable('x-powered-by').disable('query parser');
  app.post('/mutate', receive(services, queue));
  app.all('/mutate', (_request, response) => sendError(response, 405, 'method', 'expected POST'));
  app.use((_request, response) => sendError(response, 404, 'not-found', 'no such path: reviews go to /mutate'));
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
      services.metrics.request('', 'shed', 0);
      return;
    }
    app(request, response);
  };
}
