/**
 * Single requests to a cluster's API, in JSON as it is: types of a client would rebuild objects and lose what they do not
 * know. What is briefly unavailable is asked again.
 */
import type { KubeConfig } from '@kubernetes/client-node';
import { STATUS_CODES, type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { configAt, serverOf } from './config.ts';

/** An answer with its status. */
export interface Answer {
  readonly status: number;
  /** JSON, or text where it was none. */
  readonly body: unknown;
}

/** What is sent. */
export interface Sent {
  readonly type: 'application/json' | 'application/json-patch+json' | 'application/apply-patch+yaml';
  readonly body: unknown;
}

/** Asks the cluster. Rejects with a `ClusterFailure` where it cannot be reached. */
export type Ask = (method: 'GET' | 'PUT' | 'PATCH' | 'POST', path: string, sent?: Sent) => Promise<Answer>;

/** A cluster that refuses or cannot be reached, in words and without anything that was sent. */
export class ClusterFailure extends Error {
  override readonly name = 'ClusterFailure';
}

const TRIES = 6;
const FIRST_PAUSE_MS = 200;
const ANSWER_WITHIN_MS = 15_000;
const BRIEF: readonly number[] = [429, 500, 502, 503, 504];

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was cut',
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'names cannot be resolved',
  EHOSTUNREACH: 'there is no way to it',
  ETIMEDOUT: 'no answer in time',
};

/** JSON, or the text where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A cluster that could not be reached, and why. */
export function unreachable(origin: string, failure: NodeJS.ErrnoException): ClusterFailure {
  const why = WORDS[failure.code ?? ''] ?? failure.message;
  return new ClusterFailure(`${origin}: cannot be reached: ${why}`, { cause: failure });
}

/**
 * How to connect, and as whom: the token is read, and an agent made, each time, and none of them is kept. Rejects with a
 * `ClusterFailure`.
 */
export async function optionsOf(config: KubeConfig, origin: string): Promise<https.RequestOptions> {
  const options: https.RequestOptions = { headers: {}, timeout: ANSWER_WITHIN_MS };
  await config.applyToHTTPSOptions(options).catch((error: unknown) => {
    throw new ClusterFailure(`${origin}: cannot be asked: ${(error as Error).message}`, { cause: error });
  });
  return options;
}

function once(url: URL, options: https.RequestOptions, sent: Sent | undefined): Promise<Answer> {
  const body = sent && Buffer.from(JSON.stringify(sent.body));
  const headers = {
    ...(options.headers as OutgoingHttpHeaders),
    accept: 'application/json',
    'user-agent': 'dropcap',
    ...(sent && { 'content-type': sent.type, 'content-length': body?.length }),
  };
  return new Promise((resolve, reject) => {
    const request = https.request(url, { ...options, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: parsed(Buffer.concat(chunks).toString()) });
      });
    });
    request.on('timeout', () => request.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })));
    request.on('error', reject).end(body);
  });
}

type Tried = { answer: Answer; failure?: never } | { answer?: never; failure: NodeJS.ErrnoException };

const tried = (request: Promise<Answer>): Promise<Tried> =>
  request.then(
    (answer) => ({ answer }),
    (failure: unknown) => ({ failure: failure as NodeJS.ErrnoException }),
  );

/** Opens a cluster: by a kubeconfig, or undefined: by the pod's own service account. Throws where it names no cluster. */
export function clusterAt(kubeconfig: string | undefined): Ask {
  const config = configAt(kubeconfig);
  const server = serverOf(config, kubeconfig);
  return async (method, path, sent) => {
    const url = new URL(server + path);
    for (let tries = 1; ; tries++) {
      const options = { ...(await optionsOf(config, url.origin)), method };
      const { answer, failure } = await tried(once(url, options, sent));
      const brief = answer === undefined || BRIEF.includes(answer.status);
      if (!brief || tries === TRIES) {
        if (answer) return answer;
        throw unreachable(url.origin, failure);
      }
      // Half of the pause is left to chance, so that those who were turned away together do not come back together.
      await sleep(FIRST_PAUSE_MS * 2 ** (tries - 1) * (0.5 + Math.random() / 2));
    }
  };
}

// Some refusals repeat values; nothing that people read is that long without a space.
const LONG_WORD = /[^\s]{200,}/g;

/** A refusal in words: what was asked for, the status, and the reason that the cluster gives. */
export function refusal(what: string, { status, body }: Answer): ClusterFailure {
  const { message } = (typeof body === 'object' && body !== null ? body : {}) as { message?: unknown };
  const reason = typeof message === 'string' ? message.replaceAll(LONG_WORD, '…') : 'without a reason';
  return new ClusterFailure(`${what}: HTTP ${status} ${STATUS_CODES[status] ?? ''}: ${reason}`);
}
