import type { Pool, PoolClient } from 'pg';
import type { Database } from './database.ts';
import { LOCK, migrate, versionOf } from './postgres-schema.ts';
import { poolOf, STATEMENT_MS, withClient } from './postgres-pool.ts';
import { nameOf } from './postgres-url.ts';
import { rowsOf, type Query, type Row, type Steps } from './query.ts';
import { checkVersion } from './schema.ts';

const SETTINGS = `SET LOCAL search_path = dropcap; SET LOCAL statement_timeout = ${STATEMENT_MS};
  SET LOCAL idle_in_transaction_session_timeout = ${STATEMENT_MS}`;

// Every question is few rows by way of an index: a plan that reads whole tables is a mistake about how many.
const ASK = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${SETTINGS};
  SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL jit = off`;

// Each statement sees what was committed before it, so the lock has to be had before anything is read. What was acknowledged has
// to be on disk, whatever the server is set to.
const WRITE = `BEGIN ISOLATION LEVEL READ COMMITTED; ${SETTINGS};
  SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') IN ('off', 'local');
  SELECT pg_advisory_xact_lock(${LOCK}, 1)`;

/** What counts is the JSON of records: a file is smaller than that only once the server has cleaned up. */
function* bytesKept(): Steps<number> {
  const [row] = yield* rowsOf<{ bytes: number }>('SELECT bytes FROM state');
  return row!.bytes;
}

/** A store in a PostgreSQL server, in the schema `dropcap` of a database. */
export class PostgresDatabase implements Database {
  readonly name: string;
  readonly bytes = bytesKept;
  readonly #pool: Pool;
  readonly #readOnly: boolean;
  readonly #statements = new Map<string, { readonly name: string; readonly text: string }>();

  constructor(name: string, pool: Pool, readOnly: boolean) {
    this.name = name;
    this.#pool = pool;
    this.#readOnly = readOnly;
  }

  ask<T>(question: () => Steps<T>): Promise<T> {
    return this.#inTransaction(ASK, question);
  }

  write<T>(steps: () => Steps<T>): Promise<T> {
    if (this.#readOnly) return Promise.reject(new Error(`${this.name}: opened only to be read`));
    return this.#inTransaction(WRITE, steps);
  }

  /** What is committed is. */
  isOnDisk(): Promise<boolean> {
    return Promise.resolve(true);
  }

  /** The server does that by itself. */
  shrink(): Promise<boolean> {
    return Promise.resolve(false);
  }

  async close(): Promise<void> {
    if (!this.#pool.ending) await this.#pool.end();
  }

  async #inTransaction<T>(begin: string, steps: () => Steps<T>): Promise<T> {
    return withClient(this.name, this.#pool, async (client) => {
      await client.query(begin);
      const result = await this.#run(client, steps());
      await client.query('COMMIT');
      return result;
    });
  }

  async #run<T>(client: PoolClient, steps: Steps<T>): Promise<T> {
    let step = steps.next();
    while (step.done !== true) step = steps.next(await this.#rows(client, step.value));
    return step.value;
  }

  async #rows(client: PoolClient, { sql, values }: Query): Promise<readonly Row[]> {
    let statement = this.#statements.get(sql);
    if (!statement) {
      let number = 0;
      const text = sql.replaceAll('?', () => `$${++number}`);
      this.#statements.set(sql, (statement = { name: `s${this.#statements.size}`, text }));
    }
    return (await client.query<Row>({ ...statement, values: values as unknown[] })).rows;
  }
}

/** Opens the store in a database, and makes or migrates it, unless it is only read. Rejects with what is wrong, without passwords. */
export async function openPostgres(location: string, readOnly: boolean): Promise<PostgresDatabase> {
  const name = nameOf(location);
  const pool = poolOf(location);
  try {
    await withClient(name, pool, async (client) => {
      if (readOnly) checkVersion(await versionOf(client));
      else await migrate(client);
    });
    return new PostgresDatabase(name, pool, readOnly);
  } catch (error) {
    await pool.end();
    throw error;
  }
}
