/** `dropcap explain`, in a pipe or on a terminal. */
import { folderOf, runIn, type Around, type Files, type Ran } from './command.ts';

/** Runs `dropcap explain` on some files; `%` in an argument stands for their folder, which is not in the output. */
export const explain = (files: Files, args: readonly string[] = ['-f', '%'], around?: Around): Promise<Ran> =>
  runIn(folderOf(files), ['explain', ...args], around);

/** A Deployment with containers of each kind, as different users. */
export const SHOP = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      securityContext: {fsGroup: 2000, supplementalGroups: [4000]}
      initContainers:
      - name: wait
        image: busybox
        command: [sh, -c, "echo it's $(HOST) && sleep 1"]
        env: [{name: HOST, value: s3cret}]
      - name: proxy
        restartPolicy: Always
        image: example.com/proxy:1
        securityContext: {runAsUser: 101, runAsGroup: 102, capabilities: {add: [NET_BIND_SERVICE]}}
      containers:
      - name: web
        image: nginx
        volumeMounts: [{name: data, mountPath: /data}, {name: tmp, mountPath: /tmp}]
        securityContext:
          runAsUser: 0
          readOnlyRootFilesystem: true
          capabilities: {add: [SYS_ADMIN, NET_BIND_SERVIC], drop: [NET_RAW]}
      - name: good
        image: example.com/good:1
        securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
      - name: host
        image: example.com/host:1
        securityContext: {privileged: true}
      volumes: [{name: data, persistentVolumeClaim: {claimName: d}}, {name: tmp, emptyDir: {}}]
`;

/** The lines of a text from the one that begins with `start` to the next that is empty. */
export const partOf = (text: string, start: string): string => {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => line.trimStart().startsWith(start));
  if (from === -1) throw new Error(`no line begins with ${start}: ${text}`);
  return lines.slice(from, lines.indexOf('', from)).join('\n');
};
