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

/** Where a command runs: by default in a pipe, with an empty environment. */
export interface Around {
  readonly stdin?: string | Buffer;
  /** Columns of the terminal; none: a pipe. */
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Called before each chunk of stdout is taken. */
  readonly before?: () => void;
}

/** A terminal, or a pipe in its place, that remembers what was written. */
class Screen extends Writable {
  readonly columns: number | undefined;
  readonly isTTY: boolean;
  readonly #chunks: Buffer[] = [];
  readonly #before: () => void;

  constructor(columns?: number, before: () => void = () => undefined) {
    super();
    this.columns = columns;
    this.isTTY = columns !== undefined;
    this.#before = before;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#before();
    this.#chunks.push(chunk);
    done();
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}

/** Runs a command line in this process. */
export async function runAround(
  args: readonly string[],
  { stdin = '', columns, env = {}, before }: Around,
): Promise<Ran> {
  const [stdout, stderr] = [new Screen(columns, before), new Screen()];
  let status = 0;
  await run(args, {
    version: '1.2.3',
    env,
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout,
    stderr,
    exit: (given) => (status = given),
  });
  return { stdout: stdout.text, stderr: stderr.text, status };
}

/** Runs a command line in a pipe. */
export const dropcap = (args: readonly string[], stdin: string | Buffer = ''): Promise<Ran> =>
  runAround(args, { stdin });

/** Runs a command on a folder; `%` in an argument stands for the folder, which is not in the output. */
export async function runIn(folder: string, args: readonly string[], around: Around = {}): Promise<Ran> {
  const ran = await runAround(
    args.map((arg) => arg.replaceAll('%', folder)),
    around,
  );
  const without = (text: string): string => text.replaceAll(`${folder}/`, '').replaceAll(folder, '%');
  return { ...ran, stdout: without(ran.stdout), stderr: without(ran.stderr) };
}

/** Runs `dropcap harden` on some files; `%` in an argument stands for their folder, which is not in the output. */
export const harden = (files: Files, ...args: string[]): Promise<Ran> => runIn(folderOf(files), ['harden', ...args]);

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
