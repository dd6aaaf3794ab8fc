/** The tables of a store, and how those of an older version become those of this one. */

/** Stands among the words for "how many records". */
export const RECORDS = 1;
/** Stands among the givens for "whatever is given". */
export const ANY = 0;

/** How a database writes what the two write differently. */
export interface Types {
  /** A number that JavaScript holds exactly. */
  readonly number: string;
  /** A primary key that is given where it is not told, from 2 on. */
  readonly key: string;
  /** A text that is compared by its bytes. */
  readonly text: string;
  /** Follows a table that has nothing but its primary key. */
  readonly onlyKey: string;
}

/**
 * One step a version; a step that was released is never changed.
 *
 * A pass is one record. Its id is its time and a number within the millisecond, so that whatever is sorted by id is sorted
 * by time (see pass-id.ts). `facts` are numbers of words: those it is found by, and how many findings each counts for
 * (see facts.ts). The JSON is kept apart, so that the rest stays small, in two parts (see body.ts); so is what became of the pod.
 * A shape is found by its digest, which is the `text` of `shapes`; a body without one has 0 for it.
 *
 * `postings` finds passes by word, `uids` by uid and `followers` by the uid of the pass before, each span of ten minutes by
 * itself: what is written now goes to a few pages, not to all over the file, and a question asks each span. `rollups` counts
 * by the hour, given one word: of the records that are found by `given`, how many findings are counted for `counted`. A span
 * is summed once a newer one has begun. `last` is the newest span that a word or shape is in.
 *
 * `journals` tells how far each journal was taken in. `generation` changes when words or shapes are removed; `bytes` is how much JSON of
 * records there is.
 */
export const STEPS: readonly ((types: Types) => string)[] = [
  ({ number, key, text, onlyKey }) => `
  CREATE TABLE journals (id ${text} PRIMARY KEY, segment ${number} NOT NULL, bytes ${number} NOT NULL);
  CREATE TABLE unreadable (
    journal ${text} NOT NULL, segment ${number} NOT NULL, bytes ${number} NOT NULL, line ${text} NOT NULL
  );
  CREATE TABLE state (generation ${number} NOT NULL, bytes ${number} NOT NULL);
  INSERT INTO state VALUES (0, 0);
  CREATE TABLE words (id ${key}, text ${text} NOT NULL UNIQUE, last ${number} NOT NULL);
  INSERT INTO words VALUES (${RECORDS}, 'records', ${Number.MAX_SAFE_INTEGER});
  CREATE TABLE spans (id ${number} PRIMARY KEY, summed ${number} NOT NULL);
  CREATE INDEX spans_to_sum ON spans (id) WHERE summed = 0;
  CREATE TABLE passes (id ${number} PRIMARY KEY, facts ${text} NOT NULL);
  CREATE TABLE bodies (id ${number} PRIMARY KEY, head ${text} NOT NULL, shape ${number} NOT NULL);
  CREATE TABLE shapes (id ${key}, text ${text} NOT NULL UNIQUE, last ${number} NOT NULL);
  CREATE TABLE shape_texts (id ${number} PRIMARY KEY, json ${text} NOT NULL);
  CREATE TABLE results (id ${number} PRIMARY KEY, json ${text} NOT NULL);
  CREATE TABLE uids (
    span ${number} NOT NULL, uid ${text} NOT NULL, id ${number} NOT NULL, PRIMARY KEY (span, uid, id)
  ) ${onlyKey};
  CREATE TABLE followers (
    span ${number} NOT NULL, uid ${text} NOT NULL, id ${number} NOT NULL, PRIMARY KEY (span, uid, id)
  ) ${onlyKey};
  CREATE TABLE postings (
    span ${number} NOT NULL, word ${number} NOT NULL, id ${number} NOT NULL, PRIMARY KEY (span, word, id)
  ) ${onlyKey};
  CREATE TABLE rollups (
    given ${number} NOT NULL, hour ${number} NOT NULL, counted ${number} NOT NULL, count ${number} NOT NULL,
    PRIMARY KEY (given, hour, counted)
  ) ${onlyKey};
  `,
];

/** Throws where a store was written by a newer release. */
export function mustNotBeNewer(version: number, known = STEPS.length): void {
  if (version > known)
    throw new Error(`written by a newer dropcap: version ${version} of the store, expected at most ${known}`);
}

/** Throws where a store that is only read is not of this version. */
export function checkVersion(version: number): void {
  mustNotBeNewer(version);
  if (version === 0) throw new Error('no audit store yet: nothing was written to it');
  if (version < STEPS.length)
    throw new Error(`version ${version} of the store, expected ${STEPS.length}: open it once where it can be written`);
}
