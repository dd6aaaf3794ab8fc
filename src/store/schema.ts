/** The tables of a store, and how those of an older version become those of this one. */
import type { DatabaseSync } from 'node:sqlite';

/** Says that a database is a store of ours (`PRAGMA application_id`): "drop". */
const APPLICATION = 0x64726f70;

/** Stands among the words for "how many records". */
export const RECORDS = 1;
/** Stands among the givens for "whatever is given". */
export const ANY = 0;

/**
 * One step a version; a step that was released is never changed.
 *
 * A pass is one record. Its id is its time and a number within the millisecond, so that whatever is sorted by id is sorted
 * by time (see pass-id.ts). `facts` are numbers of words: those it is found by, and how many findings each counts for
 * (see facts.ts). The JSON is kept apart, so that the rest stays small.
 *
 * `postings` finds passes by word and `uids` by uid, each span of ten minutes by itself: what is written now goes to a few
 * pages, not to all over the file, and a question asks each span. `rollups` counts by the hour, given one word: of the records
 * that are found by `given`, how many findings are counted for `counted`. A span is summed once a newer one has begun.
 * `last` is the newest span that a word is in.
 */
export const STEPS: readonly string[] = [
  `
  CREATE TABLE journal (segment INTEGER NOT NULL, offset INTEGER NOT NULL);
  INSERT INTO journal VALUES (0, 0);
  CREATE TABLE unreadable (segment INTEGER NOT NULL, offset INTEGER NOT NULL, line TEXT NOT NULL);
  CREATE TABLE words (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, last INTEGER NOT NULL);
  INSERT INTO words VALUES (${RECORDS}, 'records', ${Number.MAX_SAFE_INTEGER});
  CREATE TABLE spans (id INTEGER PRIMARY KEY, summed INTEGER NOT NULL);
  CREATE INDEX spans_to_sum ON spans (id) WHERE summed = 0;
  CREATE TABLE passes (id INTEGER PRIMARY KEY, uid TEXT NOT NULL, facts TEXT NOT NULL);
  CREATE TABLE bodies (id INTEGER PRIMARY KEY, json TEXT NOT NULL);
  CREATE TABLE uids (
    span INTEGER NOT NULL, uid TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (span, uid, id)
  ) WITHOUT ROWID;
  CREATE TABLE postings (
    span INTEGER NOT NULL, word INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (span, word, id)
  ) WITHOUT ROWID;
  CREATE TABLE rollups (
    given INTEGER NOT NULL, hour INTEGER NOT NULL, counted INTEGER NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (given, hour, counted)
  ) WITHOUT ROWID;
  `,
];

const numberOf = (database: DatabaseSync, sql: string): number =>
  Object.values(database.prepare(sql).get()!)[0] as number;

function versionOf(database: DatabaseSync): number {
  const version = numberOf(database, 'PRAGMA user_version');
  const isOurs = numberOf(database, 'PRAGMA application_id') === APPLICATION;
  const isEmpty = version === 0 && numberOf(database, 'SELECT count(*) FROM sqlite_schema') === 0;
  if (!isOurs && !isEmpty) throw new Error('a database of another program, where an audit store was expected');
  return version;
}

function mustNotBeNewer(version: number, known: number): void {
  if (version > known)
    throw new Error(`written by a newer dropcap: version ${version} of the store, expected at most ${known}`);
}

/** Throws where a database is not of this version. */
export function checkVersion(database: DatabaseSync): void {
  const version = versionOf(database);
  mustNotBeNewer(version, STEPS.length);
  if (version === 0) throw new Error('no audit store yet: nothing was written to it');
  if (version < STEPS.length)
    throw new Error(`version ${version} of the store, expected ${STEPS.length}: open it once where it can be written`);
}

/**
 * Brings a database to this version, or an empty one to its first: all of it or nothing. Throws where it is a newer one, or of
 * another program.
 */
export function migrate(database: DatabaseSync, steps: readonly string[] = STEPS): void {
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
