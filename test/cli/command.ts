/** The command, run in this process or as the real one, and folders of files for it. */
import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterAll } from '@jest/globals';
import { run } from '../../src/cli/program.ts';

const made: string[] = [];

afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** Files by their names. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A folder that holds these files; removed after the tests. */
export function folderOf(files: Files = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'dropcap-cli-'));
  made.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** What a command left behind. */
export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

function collector(): { stream: Writable; text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}

/** Runs a command line in this process. */
export async function dropcap(args: readonly string[], stdin: string | Buffer = ''): Promise<Ran> {
  const [out, err] = [collector(), collector()];
  let status = 0;
  await run(args, {
    version: '1.2.3',
    env: {},
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout: out.stream,
    stderr: err.stream,
    exit: (given) => (status = given),
  });
  return { stdout: out.text(), stderr: err.text(), status };
}

/** Runs `dropcap harden` on some files; `%` in an argument stands for their folder, which is not in the output. */
export async function harden(files: Files, ...args: string[]): Promise<Ran> {
  const folder = folderOf(files);
  const ran = await dropcap(['harden', ...args.map((arg) => arg.replaceAll('%', folder))]);
  const without = (text: string): string => text.replaceAll(`${folder}/`, '').replaceAll(folder, '%');
  return { ...ran, stdout: without(ran.stdout), stderr: without(ran.stderr) };
}

/** A pod in JSON with some containers; what is given of each is added to its name. */
export const pod = (name: string, ...containers: object[]): string =>
  `${JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: containers.map((container, i) => ({ name: `c${i}`, ...container })) },
  })}\n`;

/** The repository. */
export const ROOT = join(import.meta.dirname, '..', '..');

/** The built command. Throws where it is not built. */
export function built(): string {
  const command = join(ROOT, 'dist', 'dropcap.js');
  if (!existsSync(command)) throw new Error('dist/dropcap.js is not there: run make build first');
  return command;
}

/** Starts the built command. */
export const spawned = (args: readonly string[], options: SpawnOptions = {}): ChildProcess =>
  spawn(process.execPath, [built(), ...args], options);

/** Runs a line of shell in a folder, where `dropcap` is the built command. */
export function shell(line: string, cwd: string = ROOT): Ran {
  const script = `dropcap() { ${JSON.stringify(process.execPath)} ${JSON.stringify(built())} "$@"; }\n${line}`;
  const stderr = join(folderOf(), 'stderr');
  const run = (redirected: string): string =>
    execFileSync('bash', ['-c', redirected], {
      cwd,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const stdout = run(`( ${script}\n) 2>${stderr}; echo "status $?"`);
  const end = stdout.lastIndexOf('status ');
  return { stdout: stdout.slice(0, end), stderr: run(`cat ${stderr}`), status: Number(stdout.slice(end + 7)) };
}
