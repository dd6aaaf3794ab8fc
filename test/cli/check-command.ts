/** `dropcap check`, in a pipe or on a terminal. */
import { Readable, Writable } from 'node:stream';
import { run } from '../../src/cli/program.ts';
import { folderOf, type Files, type Ran } from './command.ts';

class Screen extends Writable {
  readonly columns: number | undefined;
  text = '';

  constructor(columns?: number) {
    super();
    this.columns = columns;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Where a command runs. */
export interface Around {
  /** Columns of the terminal; none: a pipe. */
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/** Runs `dropcap check` on some files; `%` in an argument stands for their folder, which is not in the output. */
export async function check(files: Files, args: readonly string[] = ['-f', '%'], around: Around = {}): Promise<Ran> {
  const folder = folderOf(files);
  const [stdout, stderr] = [new Screen(around.columns), new Screen()];
  let status = 0;
  await run(['check', ...args.map((arg) => arg.replaceAll('%', folder))], {
    version: '1.2.3',
    env: around.env ?? {},
    stdin: Readable.from([Buffer.from(around.stdin ?? '')]),
    stdout,
    stderr,
    exit: (given) => (status = given),
  });
  const without = (text: string): string => text.replaceAll(`${folder}/`, '').replaceAll(folder, '%');
  return { stdout: without(stdout.text), stderr: without(stderr.text), status };
}

/** A Deployment with an init container without a context, a bad one, and one that complies. */
export const WEB = `# the shop's front
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      initContainers:
      - name: wait
        image: busybox
      containers:
      - name: web
        image: nginx
        securityContext:
          capabilities:
            add: [SYS_ADMIN, NET_BIND_SERVIC]
            drop:
            - NET_RAW
          allowPrivilegeEscalation: true
      - name: good
        image: nginx
        securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
`;

/** A privileged container, which no policy can mend. */
export const PRIVILEGED = `apiVersion: v1
kind: Pod
metadata: {name: root}
spec:
  containers:
  - name: all
    securityContext: {privileged: true}
`;

/** A pod that needs nothing. */
export const GOOD = `apiVersion: v1
kind: Pod
metadata: {name: good}
spec:
  containers:
  - name: c
    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
`;

/** What stands at a place of a text, up to the end of its line; both count from 1. */
export const textAt = (text: string, line: number, column: number): string =>
  text.split(/\r?\n/)[line - 1]!.slice(column - 1);
