/** Opens the store of audit records that a file holds. */
import { openDatabase } from './database.ts';
import { SqliteStore } from './sqlite-store.ts';
import type { AuditStore } from './terms.ts';

export type { AuditStore, Retention } from './terms.ts';

/** How to open a store. */
export interface StoreOptions {
  /** Nothing is written, and nothing can be taken in or removed. */
  readonly readOnly?: boolean;
  /** Told when lines of the journal were no audit records. They are kept in the database, and not lost. */
  readonly onUnreadable?: (error: Error) => void;
}

/**
 * Opens a store; it is made where the file is missing, unless it is only read. Rejects with an `Error` that names the file and
 * what is wrong with it: no store, a newer version, no permission.
 */
export async function openStore(
  file: string,
  { readOnly = false, onUnreadable = () => undefined }: StoreOptions = {},
): Promise<AuditStore> {
  // What is thrown is to reject.
  await Promise.resolve();
  return new SqliteStore(file, openDatabase(file, readOnly), readOnly, onUnreadable);
}
