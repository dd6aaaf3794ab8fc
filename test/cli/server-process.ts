/** The server as a process of its own. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import https from 'node:https';
import { createInterface } from 'node:readline';
import { writeCertificate } from '../certificate.ts';
import { folderOf, spawned, type Files } from './command.ts';

type Line = Readonly<Record<string, unknown>>;

/** A server that runs. */
export interface ServerProcess {
  readonly folder: string;
  /** Waits for a line of the log with this message, and returns it. */
  readonly logged: (message: string) => Promise<Line>;
  /** All audit records so far. */
  readonly audited: () => readonly Line[];
  readonly admin: (path: string) => Promise<{ status: number; body: string }>;
  readonly review: (object: unknown) => Promise<Line>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Its exit status, once it has ended. */
  readonly ended: Promise<number | null>;
}

interface Lines {
  readonly lines: readonly Line[];
  /** Waits for such a line; fails where the stream ends without one, and then shows all that was said. */
  readonly found: (is: (line: Line) => boolean) => Promise<Line>;
}

/** The lines of a stream as JSON; what is no JSON is kept as a message. */
function linesOf(stream: NodeJS.ReadableStream): Lines {
  const lines: Line[] = [];
  let ended = false;
  let look: () => void = () => undefined;
  const input = createInterface({ input: stream });
  input.on('line', (line) => {
    lines.push(line.startsWith('{') ? (JSON.parse(line) as Line) : { message: line });
    look();
  });
  input.on('close', () => {
    ended = true;
    look();
  });
  const found = (is: (line: Line) => boolean): Promise<Line> =>
    new Promise((resolve, reject) => {
      look = () => {
        const line = lines.find(is);
        if (line) resolve(line);
        else if (ended) reject(new Error(`ended without it: ${JSON.stringify(lines)}`));
      };
      look();
    });
  return { lines, found };
}

function post(port: number, body: string): Promise<Line> {
  const options = { host: '127.0.0.1', port, path: '/mutate', method: 'POST', rejectUnauthorized: false, agent: false };
  return new Promise((resolve, reject) => {
    const request = https.request(options, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve(JSON.parse(text) as Line));
    });
    request.on('error', reject).setHeader('content-type', 'application/json').end(body);
  });
}

const reviewOf = (object: unknown): string =>
  JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'u1',
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      namespace: 'default',
      operation: 'CREATE',
      userInfo: { username: 'admin' },
      object,
    },
  });

const running = new Set<ChildProcess>();

/** Ends what a test left running. */
export function endAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Starts `dropcap serve` in a folder of files, with a certificate, on ports of the system's choice. Waits until it serves. */
export async function serving(files: Files, args: readonly string[]): Promise<ServerProcess> {
  const folder = folderOf(files);
  await writeCertificate(folder);
  const ports = ['--port', '0', '--admin-address', '127.0.0.1:0', '--log-format', 'json'];
  const pair = ['--tls-cert-file', 'tls.crt', '--tls-private-key-file', 'tls.key'];
  const child = spawned(['serve', ...ports, ...pair, ...args], { cwd: folder });
  running.add(child);
  const ended = once(child, 'close').then(([status]) => {
    running.delete(child);
    return status as number | null;
  });
  const log = linesOf(child.stderr!);
  const audit = linesOf(child.stdout!);
  const logged = (message: string): Promise<Line> => log.found((line) => String(line['message']).startsWith(message));
  const { port, adminPort } = (await logged('serving')) as { port: number; adminPort: number } & Line;
  return {
    folder,
    logged,
    audited: () => audit.lines,
    admin: async (path) => {
      const response = await fetch(`http://127.0.0.1:${adminPort}${path}`);
      return { status: response.status, body: await response.text() };
    },
    review: async (object) => (await post(port, reviewOf(object)))['response'] as Line,
    signal: (signal) => void child.kill(signal),
    ended,
  };
}
