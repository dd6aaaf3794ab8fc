/** Opens a database file, and says what SQLite's errors mean. */
import { accessSync, closeSync, constants, existsSync, fsyncSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { checkVersion } from './schema.ts';
import { migrate, versionOf } from './sqlite-schema.ts';

/** How long to wait for another process that writes, in milliseconds. */
const WAIT_MS = 5_000;

// In a pod there may be no folder for temporary files, or one that cannot be written.
const IN_MEMORY = 'PRAGMA temp_store = MEMORY;';

// Pages of 8 KiB hold some records each. A longer log is copied into the database less often: pages that are written again
// and again are copied once. It is synced when it is copied, and before a segment of the journal is removed.
const SETTINGS = `
  PRAGMA synchronous = NORMAL;
  PRAGMA wal_autocheckpoint = 4000;
  PRAGMA journal_size_limit = 67108864;
  PRAGMA cache_size = -16000;
`;

const WORDS: Readonly<Record<number, string>> = {
  5: `another process has kept it locked for ${WAIT_MS / 1000} s`,
  8: 'it cannot be written: the file or its folder is read-only',
  10: 'the disk that it lies on fails',
  11: 'the database is damaged',
  13: 'the disk is full',
  14: 'it cannot be opened: the files beside it (-wal and -shm) cannot be read or written, is its folder read-only?',
  26: 'no SQLite database',
};

function saying(file: string, error: unknown): Error {
  const { message, code, errcode } = error as Error & { code?: string; errcode?: number };
  // Errors of the system name the file themselves.
  if (message.includes(file)) return error as Error;
  const words = code === 'ERR_SQLITE_ERROR' && errcode !== undefined ? WORDS[errcode & 0xff] : undefined;
  return new Error(`${file}: ${words ?? message}`, { cause: error });
}

/** Does something with a database. Whatever is thrown names its file, and says what is wrong in words. */
export function clearly<T>(file: string, doing: () => T): T {
  try {
    return doing();
  } catch (error) {
    throw saying(file, error);
  }
}

/** Only for its owner to read, and lasting: its folder is synced, too. */
function create(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

function mayWriteTo(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The path to open only to be read. SQLite makes files beside a database even then. Where it cannot, and nobody else has made
 * them, nobody writes to the database, and SQLite is told so.
 */
function toRead(file: string): string | URL {
  if (mayWriteTo(dirname(file)) || existsSync(`${file}-wal`)) return file;
  const url = pathToFileURL(resolve(file));
  url.searchParams.set('immutable', '1');
  return url;
}

function settle(database: DatabaseSync, readOnly: boolean): void {
  database.exec(IN_MEMORY);
  if (readOnly) {
    checkVersion(versionOf(database));
    return;
  }
  const { page_count: pages } = database.prepare('PRAGMA page_count').get()!;
  if (pages === 0) database.exec('PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL');
  // First, for nothing may be changed in what is not ours.
  migrate(database);
  database.exec(`PRAGMA journal_mode = WAL; ${SETTINGS}`);
}

/** Opens a store's database, and makes it where it is missing. Throws an `Error` that names the file and what is wrong. */
export function openDatabase(file: string, readOnly: boolean): DatabaseSync {
  if (readOnly) closeSync(openSync(file, 'r'));
  else create(file);
  return clearly(file, () => {
    const database = new DatabaseSync(readOnly ? toRead(file) : file, { readOnly, timeout: WAIT_MS });
    try {
      settle(database, readOnly);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}
