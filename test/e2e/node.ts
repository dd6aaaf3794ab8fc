/** The one node of our own cluster, seen from outside: the processes in its containers are processes of this machine. */
import { readdirSync, readFileSync } from 'node:fs';

const contents = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The process has ended, or is the kernel's.
    return '';
  }
};

/** The process that serves in a pod of dropcap's. */
export function serverProcess(pod: string): number {
  const isServer = (pid: string): boolean =>
    contents(`/proc/${pid}/cmdline`).includes('dropcap.js\0serve') &&
    contents(`/proc/${pid}/environ`).split('\0').includes(`HOSTNAME=${pod}`);
  const found = readdirSync('/proc').find((name) => /^\d+$/.test(name) && isServer(name));
  if (found === undefined) throw new Error(`no process serves in ${pod}`);
  return Number(found);
}
