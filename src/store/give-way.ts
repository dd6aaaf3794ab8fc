import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { basename } from 'node:path';

/** Lets whatever answers go first: on a busy core, a thread that reads or writes records would hold an answer up. */
export function giveWay(): void {
  try {
    // Linux takes the number of a thread for that of a process, and there alone a thread has a name to find it by.
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), constants.priority.PRIORITY_LOW);
  } catch {
    // Elsewhere it shares the core as any other thread.
  }
}
