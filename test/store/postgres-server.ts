/** A PostgreSQL server of our own, from the system's packages, in a temporary folder. */
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';

const VERSIONS = '/usr/lib/postgresql';
const isRoot = process.getuid?.() === 0;

/** Who runs it in place of root, by whom it refuses to be run; undefined where there is no such user. */
function accountOf(name: string): { uid: number; gid: number } | undefined {
  const [uid, gid] = ['-u', '-g'].map((which) => spawnSync('id', [which, name], { encoding: 'utf8' }));
  return uid?.status === 0 && gid?.status === 0 ? { uid: Number(uid.stdout), gid: Number(gid.stdout) } : undefined;
}

const account = isRoot ? accountOf('postgres') : undefined;

function programs(): string | undefined {
  if (!existsSync(VERSIONS)) return undefined;
  const folders = readdirSync(VERSIONS).map((version) => join(VERSIONS, version, 'bin'));
  return folders.findLast((folder) => existsSync(join(folder, 'initdb')));
}

const bin = programs();

/** Why there can be none here; undefined where there can. */
export function whyNoPostgres(): string | undefined {
  if (bin === undefined) return `PostgreSQL is not in ${VERSIONS}`;
  if (isRoot && !account) return 'there is no user postgres to run it';
  return undefined;
}

function run(program: string, ...args: string[]): string {
  const { error, status, stdout, stderr } = spawnSync(join(bin!, program), args, {
    ...account,
    encoding: 'utf8',
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program}: ${stderr}${stdout}`);
  return stdout;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** A server that can be stopped and started again. */
export interface PostgresServer {
  readonly port: number;
  /** URL of one of its databases. */
  readonly url: (database: string) => string;
  readonly start: () => void;
  /** `immediate` is what a crash is: nothing is written any more. */
  readonly stop: (how: 'fast' | 'immediate') => void;
  /** Runs SQL in a database, and returns what it prints. */
  readonly sql: (database: string, sql: string) => string;
  /** Stops it and removes its folder. */
  readonly remove: () => void;
}

/** Makes a server and starts it. `settings` are lines of its configuration. */
export async function startPostgres(...settings: string[]): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'dropcap-pg-'));
  if (account) chownSync(folder, account.uid, account.gid);
  const data = join(folder, 'data');
  const port = await freePort();
  run('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C.UTF-8');
  const options = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, ...settings];
  const start = (): void => {
    const flags = options.map((option) => `-c ${option}`).join(' ');
    run('pg_ctl', '-D', data, '-l', join(folder, 'log'), '-w', '-o', flags, 'start');
  };
  const stop = (how: string): void => void run('pg_ctl', '-D', data, '-m', how, '-w', 'stop');
  start();
  return {
    port,
    url: (database) => `postgres://postgres@127.0.0.1:${port}/${database}`,
    start,
    stop,
    sql: (database, sql) =>
      run('psql', '-h', folder, '-p', String(port), '-U', 'postgres', '-d', database, '-Atc', sql),
    remove: () => {
      if (existsSync(join(data, 'postmaster.pid'))) stop('immediate');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
