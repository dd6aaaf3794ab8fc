/** A whole server as a process of its own, with an audit store, that can be killed; and clients that never rest. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { writeCertificate } from '../certificate.ts';
import { ask } from './client.ts';
import { creating, plainPod, responseIn } from './reviews.ts';

const POLICY = `apiVersion: dropcap.dev/v1alpha1
kind: HardeningPolicy
metadata: {name: restricted}
spec: {mode: enforce, level: restricted, optOut: {allowed: false}}
`;

const MAIN = join(import.meta.dirname, '../../src/main.ts');

/** Writes what a server needs into a folder. Returns the path of the store, which is not there yet. */
export async function prepare(folder: string): Promise<string> {
  await writeCertificate(folder);
  mkdirSync(join(folder, 'policies'));
  writeFileSync(join(folder, 'policies', 'restricted.yaml'), POLICY);
  return join(folder, 'audit.db');
}

/** A server process. */
export interface ServerProcess {
  readonly port: number;
  /** Sends the signal and waits until the process is gone. Resolves with its exit status; null where a signal ended it. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
}

/** Starts a server in a prepared folder, and waits until it serves. Rejects with what it said where it ends before. */
export async function startProcess(folder: string, ...more: string[]): Promise<ServerProcess> {
  const pair = ['--tls-cert-file', 'tls.crt', '--tls-private-key-file', 'tls.key'];
  const ports = ['--port', '0', '--admin-address', '127.0.0.1:0', '--log-format', 'json', '--drain-seconds', '0'];
  const store = ['--policy', 'policies', '--audit-store', 'audit.db', ...more];
  const args = ['--disable-warning=ExperimentalWarning', MAIN, 'serve', ...pair, ...ports, ...store];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = once(child, 'exit');
  const said: string[] = [];
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line);
      if (line.includes('"message":"serving"')) resolve((JSON.parse(line) as { port: number }).port);
    });
    void gone.then(() => reject(new Error(`ended: ${said.join('\n')}`)));
  });
  return {
    port,
    end: async (signal) => {
      child.kill(signal);
      const [status] = (await gone) as [number | null];
      return status;
    },
  };
}

/** By uid, the patches that clients have received whole. */
export type Received = Map<string, string>;

/** Asks one thing after the other over one connection until that breaks. Returns how many were asked. */
export async function askOn(port: number, received: Received): Promise<number> {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  for (let asked = 1; ; asked++) {
    const body = JSON.stringify(creating(plainPod(), { uid: randomUUID() }));
    const tls = { rejectUnauthorized: false };
    const reply = await ask({ port, path: '/mutate', method: 'POST', agent, body, tls }).catch(() => undefined);
    if (!reply) {
      agent.destroy();
      return asked;
    }
    const { uid, patch } = responseIn(reply.body);
    if (patch !== undefined) received.set(uid, patch);
  }
}
