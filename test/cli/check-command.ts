/** `dropcap check`, in a pipe or on a terminal. */
import { folderOf, runIn, type Around, type Files, type Ran } from './command.ts';

/** Runs `dropcap check` on some files; `%` in an argument stands for their folder, which is not in the output. */
export const check = (files: Files, args: readonly string[] = ['-f', '%'], around?: Around): Promise<Ran> =>
  runIn(folderOf(files), ['check', ...args], around);

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
