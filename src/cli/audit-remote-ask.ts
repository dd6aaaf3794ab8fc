/** Requests to a running instance. */
import { readFileSync } from 'node:fs';
import http, { STATUS_CODES, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { BadInput } from './context.ts';
import { whyNot } from './say.ts';

/** An instance, and the file of the token that it is sent. */
export interface Instance {
  /** Without a slash at its end; paths are added to it. */
  readonly base: string;
  readonly tokenFile: string | undefined;
}

/** An instance that cannot be reached or refuses, in words: the URL, the status and the reason that it gives. */
export class RemoteFailure extends Error {
  override readonly name = 'RemoteFailure';
  /** Of the error in the answer; undefined where there is none. */
  readonly code: string | undefined;

  constructor(message: string, code: string | undefined, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

// The instance gives up after 30 s.
const SILENT_MS = 40_000;
const LONGEST_ERROR = 64 * 1024;

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused: nothing listens there',
  ECONNRESET: 'the connection was cut',
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'names cannot be resolved',
  EHOSTUNREACH: 'there is no way to it',
  EPROTO: 'no TLS is spoken there: http:// instead of https://?',
  HPE_INVALID_CONSTANT: 'no HTTP is spoken there: https:// instead of http://?',
};

/** Read for each request: tokens are replaced while a command follows. */
function tokenIn(file: string): string {
  let token: string;
  try {
    token = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new BadInput([`error: --token-file: ${whyNot(error, file)}`]);
  }
  if (/^[\w.~+/-]+=*$/.test(token)) return token;
  throw new BadInput([
    `error: --token-file: ${file}: found ${token === '' ? 'nothing' : 'other text'}, expected a token`,
  ]);
}

/** Asks for a path with parameters. Resolves when the headers of an answer came, whatever its status. */
function send(instance: Instance, path: string, parameters: URLSearchParams): Promise<IncomingMessage> {
  const { base, tokenFile } = instance;
  const headers = {
    accept: 'application/json',
    'user-agent': 'dropcap',
    ...(tokenFile !== undefined && { authorization: `Bearer ${tokenIn(tokenFile)}` }),
  };
  const query = parameters.size > 0 ? `?${parameters.toString()}` : '';
  const whole = new URL(`${base}${path}${query}`);
  return new Promise((resolve, reject) => {
    const request = (whole.protocol === 'https:' ? https : http).get(whole, { headers, timeout: SILENT_MS }, resolve);
    request.on('timeout', () => request.destroy(new Error(`nothing came for ${SILENT_MS / 1000} s`)));
    request.on('error', (error: NodeJS.ErrnoException) => {
      reject(failure(instance, path, WORDS[error.code ?? ''] ?? error.message, error));
    });
  });
}

const failure = (instance: Instance, path: string, why: string, cause?: unknown): RemoteFailure =>
  new RemoteFailure(`${instance.base}${path}: ${why}`, undefined, cause);

/** The chunks of an answer as text. What is cut off is an error. */
export async function* textOf(instance: Instance, path: string, answer: IncomingMessage): AsyncGenerator<string> {
  answer.setEncoding('utf8');
  try {
    for await (const chunk of answer) yield chunk as string;
  } catch (error) {
    throw failure(instance, path, 'the answer was cut off', error);
  }
}

async function wholeOf(instance: Instance, path: string, answer: IncomingMessage, most = Infinity): Promise<string> {
  let text = '';
  for await (const chunk of textOf(instance, path, answer)) if (text.length < most) text += chunk;
  return text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Asks, and resolves to an answer of status 200. Rejects with a `RemoteFailure` that has the status and the reason. */
export async function request(instance: Instance, path: string, parameters: URLSearchParams): Promise<IncomingMessage> {
  const answer = await send(instance, path, parameters);
  const { statusCode: status = 0 } = answer;
  if (status === 200) return answer;
  const body = parsed(await wholeOf(instance, path, answer, LONGEST_ERROR)) as
    { readonly error?: { readonly code?: string; readonly message?: string } } | undefined;
  const { code, message = 'found no answer of dropcap, expected its admin address' } = body?.error ?? {};
  const why = `HTTP ${status} ${STATUS_CODES[status] ?? ''}: ${message}`;
  throw new RemoteFailure(`${instance.base}${path}: ${why}`, code);
}

/** Asks for JSON. Rejects with a `RemoteFailure`. */
export async function ask(instance: Instance, path: string, parameters = new URLSearchParams()): Promise<unknown> {
  const text = await wholeOf(instance, path, await request(instance, path, parameters));
  const body = parsed(text);
  if (typeof body === 'object' && body !== null) return body;
  throw failure(instance, path, 'found an answer that is no JSON object, expected one of dropcap');
}
