/** Many requests, and long ones, to a cluster's API: over connections that stay open, and with answers that are read as they come. */
import type { KubeConfig } from '@kubernetes/client-node';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import { ClusterFailure, optionsOf, parsed, unreachable, type Answer } from './api.ts';
import { configAt, serverOf } from './config.ts';

/** The most that is read of one answer. */
const MAX_BYTES = 16 * 1024 * 1024;
const ANSWER_WITHIN_MS = 15_000;

/** What is asked for. */
export interface Wanted {
  readonly path: string;
  /** Media type of the answer; JSON where it is left out. */
  readonly accept?: string;
  /** How long nothing may come before it is given up, in milliseconds; 15 seconds where it is left out. */
  readonly silenceMs?: number;
}

/** Connections to one cluster. */
export class Connection {
  readonly #config: KubeConfig;
  readonly #server: string;
  readonly #closed = new AbortController();
  #agent: https.Agent | undefined;

  /** By a kubeconfig, or undefined: by the pod's own service account. Throws where it names no cluster. */
  constructor(kubeconfig: string | undefined) {
    this.#config = configAt(kubeconfig);
    this.#server = serverOf(this.#config, kubeconfig);
  }

  /** Asks. Resolves when the head of the answer is there; rejects with a `ClusterFailure` where none comes. */
  async open({ path, accept = 'application/json', silenceMs = ANSWER_WITHIN_MS }: Wanted): Promise<IncomingMessage> {
    const url = new URL(this.#server + path);
    const options = await this.#options(url.origin);
    const headers = { ...(options.headers as OutgoingHttpHeaders), accept, 'user-agent': 'dropcap' };
    return new Promise((resolve, reject) => {
      const signal = this.#closed.signal;
      const request = https.request(url, { ...options, headers, signal, timeout: silenceMs }, resolve);
      request.on('timeout', () => request.destroy(Object.assign(new Error('silence'), { code: 'ETIMEDOUT' })));
      request.on('error', (error) => reject(unreachable(url.origin, error))).end();
    });
  }

  /** Asks, and reads the whole answer. Rejects as `open` does, and where the answer is too long. */
  async get(wanted: Wanted): Promise<Answer> {
    const response = await this.open(wanted);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_BYTES) throw new ClusterFailure(`${wanted.path}: the answer is longer than ${MAX_BYTES} bytes`);
    }
    return { status: response.statusCode ?? 0, body: parsed(Buffer.concat(chunks).toString()) };
  }

  /** Ends all that is under way. */
  close(): void {
    this.#closed.abort();
    this.#agent?.destroy();
  }

  async #options(origin: string): Promise<https.RequestOptions> {
    const options = await optionsOf(this.#config, origin);
    // The client's own agent makes a connection for each request. Those for proxies are of other classes.
    if (options.agent instanceof https.Agent)
      options.agent = this.#agent ??= new https.Agent({ ...options.agent.options, keepAlive: true });
    return options;
  }
}
