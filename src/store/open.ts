/** Opens the store of audit records that a file or a PostgreSQL database holds. */
import { journalFolder } from '../audit/journal-segments.ts';
import type { Database } from './database.ts';
import { isPostgres } from './postgres-url.ts';
import { Store } from './store.ts';
import type { AuditStore } from './terms.ts';

export { isPostgres, nameOf } from './postgres-url.ts';
export type { AuditStore, Retention } from './terms.ts';

/** How to open a store. */
export interface StoreOptions {
  /** Nothing is written, and nothing can be taken in or removed. */
  readonly readOnly?: boolean;
  /** Folder of the journal to take in. Of a file it is `FILE.journal` where none is given, of a database none. */
  readonly journal?: string | undefined;
  /** Told when lines of the journal were no audit records. They are kept in the database, and not lost. */
  readonly onUnreadable?: (error: Error) => void;
}

// Neither is loaded where the other is used.
async function openDatabase(location: string, readOnly: boolean): Promise<Database> {
  if (isPostgres(location)) return (await import('./postgres.ts')).openPostgres(location, readOnly);
  const { SqliteDatabase } = await import('./sqlite.ts');
  return new SqliteDatabase(location, readOnly);
}

/**
 * Opens a store; it is made where it is missing, unless it is only read. `location` is a file, or the URL of a database
 * (`postgres://USER@HOST:PORT/DATABASE`). Rejects with an `Error` that names it, without its password, and says what is wrong: no
 * store, a newer version, no permission, no connection.
 */
export async function openStore(location: string, options: StoreOptions = {}): Promise<AuditStore> {
  const { readOnly = false, onUnreadable = () => undefined } = options;
  const folder = options.journal ?? (isPostgres(location) ? undefined : journalFolder(location));
  const database = await openDatabase(location, readOnly);
  return new Store(database, folder === undefined ? undefined : { folder, onUnreadable });
}
