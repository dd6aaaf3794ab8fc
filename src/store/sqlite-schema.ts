/** Which version of a store a SQLite database has, and how it gets this one. */
import type { DatabaseSync } from 'node:sqlite';
import { mustNotBeNewer, STEPS, type Types } from './schema.ts';

/** Says that a database is a store of ours (`PRAGMA application_id`): "drop". */
const APPLICATION = 0x64726f70;

const TYPES: Types = { number: 'INTEGER', key: 'INTEGER PRIMARY KEY', text: 'TEXT', onlyKey: 'WITHOUT ROWID' };

/** The steps as SQLite takes them. */
export const SQLITE_STEPS = STEPS.map((step) => step(TYPES));

const numberOf = (database: DatabaseSync, sql: string): number =>
  Object.values(database.prepare(sql).get()!)[0] as number;

/** 0 where it is empty. Throws where it is a database of another program. */
export function versionOf(database: DatabaseSync): number {
  const version = numberOf(database, 'PRAGMA user_version');
  const isOurs = numberOf(database, 'PRAGMA application_id') === APPLICATION;
  const isEmpty = version === 0 && numberOf(database, 'SELECT count(*) FROM sqlite_schema') === 0;
  if (!isOurs && !isEmpty) throw new Error('a database of another program, where an audit store was expected');
  return version;
}

/**
 * Brings a database to this version, or an empty one to its first: all of it or nothing. Throws where it is a newer one, or of
 * another program.
 */
export function migrate(database: DatabaseSync, steps: readonly string[] = SQLITE_STEPS): void {
  if (versionOf(database) === steps.length) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    // Read again: another process may have done it meanwhile.
    const version = versionOf(database);
    mustNotBeNewer(version, steps.length);
    for (const step of steps.slice(version)) database.exec(step);
    database.exec(`PRAGMA application_id = ${APPLICATION}; PRAGMA user_version = ${steps.length}; COMMIT`);
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
