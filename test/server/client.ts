/** A client as the API server is one: HTTP/1.1 over TLS, errors told apart from answers. */
import http, { type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';

/** One request. */
export interface Question {
  readonly port: number;
  readonly path: string;
  readonly method?: string;
  readonly body?: string | Buffer;
  readonly ca?: string;
  readonly agent?: https.Agent;
  /** Plain HTTP, as on the admin port. */
  readonly plain?: boolean;
  readonly tls?: https.RequestOptions;
}

/** Its answer. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Did it come over a connection that carried a request before? */
  readonly reused: boolean;
}

/** Sends one request and reads its answer whole. Rejects where the connection fails before the answer is there. */
export function ask({
  port,
  path,
  method = 'GET',
  body,
  ca,
  agent,
  plain = false,
  tls = {},
}: Question): Promise<Reply> {
  const options: https.RequestOptions = { host: '127.0.0.1', port, path, method, agent: agent ?? false, ...tls };
  if (ca !== undefined) options.ca = ca;
  if (body !== undefined)
    options.headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const request = (plain ? http : https).request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
          reused: request.reusedSocket,
        }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** The code of an error answer. Throws where the answer is no JSON. */
export const errorIn = ({ body }: Reply): { code: string; message: string } =>
  (JSON.parse(body) as { error: { code: string; message: string } }).error;
