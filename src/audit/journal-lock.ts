import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';

const BUSY = 5;

/** Lets go of what was locked. */
export type Unlock = () => void;

function lock(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    // In memory: a lock needs no space on a disk that is full.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Makes this process the only writer of a journal: readers take a segment for finished when there is a newer one. The lock is
 * the operating system's, taken through SQLite since Node has no way of its own, and ends with the process however it ends.
 * Throws where another process has it.
 */
export function lockJournal(folder: string): Unlock {
  try {
    const database = lock(join(folder, 'lock'));
    return () => database.close();
  } catch (cause) {
    const { errcode, message } = cause as Error & { errcode?: number };
    const busy = 'another dropcap writes to this audit store; each needs one of its own';
    throw new Error(`${folder}: ${errcode === BUSY ? busy : `cannot be locked: ${message}`}`, { cause });
  }
}
