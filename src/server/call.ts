import type { ServerResponse } from 'node:http';
import { Unreadable } from '../engine/unreadable.ts';
import type { Path, RequestOutcome } from './metrics.ts';
import { sendError, sendJson } from './respond.ts';
import type { Outcome, Services } from './services.ts';

/** Messages name fields, and a field may be called anything. */
const MESSAGE = 500;

const STATUS: Partial<Record<Unreadable['code'], number>> = { 'too-large': 413 };

/** A request on its way: what it takes to answer and to count it. */
export class Call {
  readonly started = performance.now();
  readonly #services: Services;
  readonly #path: Path;
  readonly #response: ServerResponse;

  constructor(services: Services, path: Path, response: ServerResponse) {
    this.#services = services;
    this.#path = path;
    this.#response = response;
  }

  /** Sends an answer. */
  answer({ body, operation, outcome }: Outcome): void {
    this.#part();
    sendJson(this.#response, 200, body);
    this.#count(operation, outcome);
  }

  /** Sends an error. */
  refuse(status: number, code: string, message: string, outcome: RequestOutcome): void {
    this.#part();
    sendError(this.#response, status, code, message);
    this.#count('', outcome);
  }

  /** Sends the error that something thrown comes to: 400 for the sender's faults, 500 for ours. */
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
    this.#services.metrics.request(this.#path, operation, outcome, performance.now() - this.started);
  }
}
