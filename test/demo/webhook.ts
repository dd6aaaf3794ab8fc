/** A webhook of its own for the demonstration: the built command, a throw-away certificate, and nothing left afterwards. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { writeCertificate } from '../certificate.ts';

/** A webhook that runs, and answers reviews. */
export interface DemoWebhook {
  /** What it printed about itself when it was ready. */
  readonly port: number;
  readonly adminPort: number;
  send(body: string): Promise<{ status: number; body: string }>;
  /** What the admin port answers for a path. */
  read(path: string): Promise<string>;
  /** Ends it as a cluster would, by SIGTERM. Resolves to its exit status. */
  end(): Promise<number | null>;
}

const here = import.meta.dirname;

/** The line of the log that says which ports were taken. */
function ports(server: ChildProcess): Promise<{ port: number; adminPort: number }> {
  return new Promise((resolve, reject) => {
    let log = '';
    server.stderr!.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      const line = log.split('\n').find((one) => one.endsWith('}') && one.includes('"message":"serving"'));
      if (line) resolve(JSON.parse(line) as { port: number; adminPort: number });
    });
    server.once('exit', () => reject(new Error(`the webhook did not start:\n${log}`)));
  });
}

/** Starts a webhook in a folder that is given to it. The audit trail is `audit.jsonl` there. */
export async function startWebhook(folder: string): Promise<DemoWebhook> {
  const { certFile, keyFile } = await writeCertificate(folder);
  const command = join(here, '../../dist/dropcap.js');
  const policies = ['--policy', 'restricted', '--policy', join(here, 'policies')];
  const tls = ['--tls-cert-file', certFile, '--tls-private-key-file', keyFile];
  const where = ['--port', '0', '--admin-address', '127.0.0.1:0', '--drain-seconds', '0', '--log-format', 'json'];
  const files = ['--namespaces', join(here, 'namespaces.yaml'), '--audit-log', join(folder, 'audit.jsonl')];
  const args = ['--disable-warning=ExperimentalWarning', command, 'serve', ...policies, ...tls, ...where, ...files];
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'pipe'] });
  const { port, adminPort } = await ports(server);
  const agent = new https.Agent({ keepAlive: true, ca: readFileSync(certFile), servername: 'localhost' });
  return {
    port,
    adminPort,
    send: async (body) => {
      const options = { agent, method: 'POST', port, host: '127.0.0.1', path: '/mutate?timeout=5s' };
      const request = https.request(options);
      request.end(body);
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      return { status: response.statusCode ?? 0, body: await text(response) };
    },
    read: async (path) => (await fetch(`http://127.0.0.1:${adminPort}${path}`)).text(),
    end: async () => {
      agent.destroy();
      server.kill('SIGTERM');
      const [status] = (await once(server, 'exit')) as [number | null];
      return status;
    },
  };
}
