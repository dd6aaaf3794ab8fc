/** Places for stores to be in: files, and databases of a PostgreSQL server. */
import { afterAll, beforeAll, describe } from '@jest/globals';
import { journalFolder } from '../../src/audit/journal-segments.ts';
import { openStore, type AuditStore } from '../../src/store/open.ts';
import type { StoreOptions } from '../../src/store/open.ts';
import { startPostgres, whyNoPostgres, type PostgresServer } from './postgres-server.ts';
import { newFile } from './stores.ts';

/** Where one store is, and the folder of its journal. */
export interface Place {
  readonly location: string;
  readonly journal: string;
}

/** One kind of database. */
export interface Places {
  readonly kind: 'SQLite' | 'PostgreSQL';
  /** A place of a store that is not there yet. */
  readonly newPlace: () => Place;
}

/** Opens the store of a place, with its journal. */
export const openPlace = ({ location, journal }: Place, options: StoreOptions = {}): Promise<AuditStore> =>
  openStore(location, { journal, ...options });

const files: Places = {
  kind: 'SQLite',
  newPlace: () => {
    const location = newFile();
    return { location, journal: journalFolder(location) };
  },
};

/** Describes what holds in either kind of database. Without PostgreSQL its tests are skipped, and say why. */
export function inBoth(name: string, tests: (places: Places) => void): void {
  describe(`${name} (SQLite)`, () => tests(files));
  const why = whyNoPostgres();
  const title = why === undefined ? `${name} (PostgreSQL)` : `${name} (PostgreSQL, skipped: ${why})`;
  (why === undefined ? describe : describe.skip)(title, () => {
    let server: PostgresServer;
    let made = 0;
    beforeAll(async () => {
      server = await startPostgres('fsync=off');
    }, 60_000);
    afterAll(() => server.remove());
    tests({
      kind: 'PostgreSQL',
      newPlace: () => {
        const database = `audit${++made}`;
        server.sql('postgres', `CREATE DATABASE ${database}`);
        return { location: server.url(database), journal: `${newFile()}.journal` };
      },
    });
  });
}
