/** The cluster under test, through kubectl: what people type is what is tested. */
import { execFile } from 'node:child_process';

/** What a kubectl command printed, and how it ended. */
export interface Said {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs kubectl; never rejects for what it answers. `input` is its standard input. */
export function tryKubectl(args: readonly string[], input = ''): Promise<Said> {
  return new Promise((resolve) => {
    const child = execFile('kubectl', args, { maxBuffer: 1 << 30 }, (error, stdout, stderr) =>
      resolve({ status: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    );
    // It may end without reading, and then the pipe breaks.
    child.stdin?.on('error', () => undefined).end(input);
  });
}

/** Runs kubectl and gives what it printed. Rejects, with what it said, where it fails. */
export async function kubectl(args: readonly string[], input = ''): Promise<string> {
  const { status, stdout, stderr } = await tryKubectl(args, input);
  if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: exit ${status}: ${stderr}`);
  return stdout;
}

/** Runs kubectl with `-o json` and gives the object. */
export const kubectlJson = async <T>(...args: readonly string[]): Promise<T> =>
  JSON.parse(await kubectl([...args, '-o', 'json'])) as T;

/** Applies objects. */
export const apply = (objects: readonly object[], ...args: readonly string[]): Promise<string> =>
  kubectl(['apply', ...args, '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Asks until the answer is something. Rejects, with the name of what was waited for, after some seconds. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  seconds = 180,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await pause(100);
  }
}
