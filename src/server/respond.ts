/** Answers in JSON, errors too: an API server shows their text to people. */
import type { ServerResponse } from 'node:http';

/** Sends a text of JSON. */
export function sendJson(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** The body of an error: a code to tell it by, and a sentence. */
export const errorBody = (code: string, message: string): string => JSON.stringify({ error: { code, message } });

/** Sends an error. */
export const sendError = (response: ServerResponse, status: number, code: string, message: string): void =>
  sendJson(response, status, errorBody(code, message));
