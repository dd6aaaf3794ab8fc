import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Certificate } from '../certificate.ts';
import { start } from './processes.ts';

/** What a process says of itself: CPU time in µs since it began, and resident memory in bytes. */
export interface Usage {
  readonly cpu: number;
  readonly resident: number;
}

/** A server under test. */
export interface Server {
  readonly port: number;
  /** Time from its start until it said that it was ready, in ms. */
  readonly readyAfter: number;
  readonly usage: () => Promise<Usage>;
  /** Lets it do nothing until it is resumed. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly stop: () => Promise<void>;
}

/** What tells one dropcap from another. */
export interface Setting {
  readonly certificate: Certificate;
  readonly policies: string;
  readonly namespaces: string;
  readonly auditLog: string;
  /** Undefined where no answer waits for its record. */
  readonly auditStore: string | undefined;
  /** Where its operational log goes. */
  readonly log: string;
}

// The server's own accounting, exact to the µs, where /proc counts in ticks of 10 ms and a scrape of /metrics costs a
// millisecond of what is measured. The channel does not keep the process alive.
// Threads of the process import it, too, and have no channel.
const probe = `data:text/javascript,if (process.channel) { process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send({ cpu: user + system, resident: process.memoryUsage.rss() });
}); process.channel.unref(); }`.replaceAll(/\s+/g, ' ');

/** As the image starts it. */
const IMAGE_FLAGS = ['--max-semi-space-size=6'];

const repository = join(import.meta.dirname, '../..');

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function isReady(adminPort: number): Promise<boolean> {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', port: adminPort, path: '/readyz', agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode === 200));
    }).on('error', () => resolve(false));
  });
}

async function usageOf(child: ChildProcess): Promise<Usage> {
  const answer = once(child, 'message');
  // A process that has ended is reported by its end.
  child.send('usage', () => undefined);
  const [usage] = (await answer) as [Usage];
  return usage;
}

/** Starts what `argsFor` names and waits until it says that it is ready. */
async function launch(argsFor: (port: number, adminPort: number) => string[], log?: string): Promise<Server> {
  const [port, adminPort] = [await freePort(), await freePort()];
  const stderr = log === undefined ? undefined : openSync(log, 'w');
  const begin = performance.now();
  const child = start(argsFor(port, adminPort), 'server', stderr);
  if (stderr !== undefined) closeSync(stderr);
  const ended = once(child, 'exit').then(([code]): never => {
    const said = log === undefined ? '' : readFileSync(log, 'utf8');
    throw new Error(`a server under test ended with code ${String(code)}: ${said}`);
  });
  // It ends in the end; only while something waits for the server is that an error.
  ended.catch(() => undefined);
  const ready = async (): Promise<void> => {
    while (!(await isReady(adminPort))) {
      if (performance.now() - begin > 60_000) throw new Error('a server under test was not ready within 60 s');
      await sleep(1);
    }
  };
  await Promise.race([ready(), ended]);
  const readyAfter = performance.now() - begin;
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended.catch(() => undefined);
  };
  return {
    port,
    readyAfter,
    usage: () => Promise.race([usageOf(child), ended]),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    stop,
  };
}

/** What tells one floor from another. */
export interface FloorWishes {
  /** Where it is to be compared with dropcap in more than what it does: Node as the image starts it. */
  readonly asImage?: boolean;
  /** The folder of a journal, where answers are to wait for a line in it. */
  readonly journal?: string;
}

/** Starts the floor. */
export function startFloor(
  { certFile, keyFile }: Certificate,
  { asImage = false, journal }: FloorWishes = {},
): Promise<Server> {
  const script = join(import.meta.dirname, 'floor.ts');
  const argsFor = (port: number, admin: number): string[] => [
    ...['--import', probe],
    ...(asImage ? IMAGE_FLAGS : []),
    ...[script, certFile, keyFile, String(port), String(admin)],
    ...(journal === undefined ? [] : [journal]),
  ];
  return launch(argsFor);
}

/** Starts dropcap as built. `bare` leaves out the accounting, which is code that nobody else would load. */
export function startDropcap(setting: Setting, { bare = false } = {}): Promise<Server> {
  const argsFor = (port: number, admin: number): string[] => [
    ...(bare ? [] : ['--import', probe]),
    ...IMAGE_FLAGS,
    ...[join(repository, 'dist/dropcap.js'), 'serve'],
    ...['--policy', setting.policies],
    ...['--tls-cert-file', setting.certificate.certFile],
    ...['--tls-private-key-file', setting.certificate.keyFile],
    ...['--port', String(port)],
    ...['--admin-address', `127.0.0.1:${admin}`],
    ...['--namespaces', setting.namespaces],
    ...['--audit-log', setting.auditLog],
    ...(setting.auditStore === undefined ? [] : ['--audit-store', setting.auditStore]),
  ];
  return launch(argsFor, setting.log);
}
