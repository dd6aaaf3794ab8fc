import { spawn, spawnSync, type ChildProcess } from 'node:child_process';

const children = new Set<ChildProcess>();
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));
// A signal would end us without an exit event.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

/** Whether processes can be pinned to cores here. */
export const pinned = spawnSync('taskset', ['-p', String(process.pid)]).status === 0;

const core = { server: '0', generator: '1' } as const;

/** The command that runs this Node with `args` on the core of that role. */
export function pinnedCommand(args: readonly string[], role: keyof typeof core): [string, string[]] {
  return pinned ? ['taskset', ['-c', core[role], process.execPath, ...args]] : [process.execPath, [...args]];
}

/**
 * Starts this Node with `args` on the core of that role, with a channel for messages. It ends with us at the latest.
 * What it writes to stderr goes to the file descriptor `stderr`, ours unless told.
 */
export function start(args: readonly string[], role: keyof typeof core, stderr = 2): ChildProcess {
  const [command, rest] = pinnedCommand(args, role);
  const child = spawn(command, rest, { stdio: ['ignore', 'ignore', stderr, 'ipc'] });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

/** Moves this process to the generator's core, so that the benchmark itself does not disturb the servers. */
export function stepAside(): void {
  if (pinned) spawnSync('taskset', ['-a', '-p', '-c', core.generator, String(process.pid)]);
}
