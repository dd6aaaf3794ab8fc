/** Connections to a PostgreSQL server, and what its errors mean. */
import pg from 'pg';
import { toConnect } from './postgres-url.ts';

const CONNECT_MS = 5_000;
/** How long the server works on one statement, and waits for the next of a transaction, in milliseconds. */
export const STATEMENT_MS = 30_000;
/** How long to wait for a server that says nothing. */
const SILENCE_MS = STATEMENT_MS + 5_000;
/** Questions that are answered at the same time. */
const CONNECTIONS = 4;

/** int8 and numeric, what sums are: no number of ours is larger than JavaScript can hold. */
const NUMBERS = [20, 1700];

function saying(name: string, error: unknown): Error {
  // A fault of ours is no fault of the database.
  if (error instanceof TypeError || error instanceof RangeError) return error;
  // Where a name has several addresses, each has failed.
  const { message, errors } = error as Error & { errors?: readonly Error[] };
  const all = errors?.map((one) => one.message) ?? [message];
  return new Error(`${name}: ${all.join(', ')}`, { cause: error });
}

/** Connections that are made when they are needed. */
export function poolOf(location: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: toConnect(location),
    application_name: 'dropcap',
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: SILENCE_MS,
    keepAlive: true,
    allowExitOnIdle: true,
    types: {
      getTypeParser: (oid, format) => (NUMBERS.includes(oid) ? Number : pg.types.getTypeParser(oid, format)) as never,
    },
  });
  // One that breaks while nobody uses it is replaced.
  pool.on('error', () => undefined);
  return pool;
}

/** Does something over one connection. What it rejects with names the database, and says what is wrong. */
export async function withClient<T>(
  name: string,
  pool: pg.Pool,
  use: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  let client: pg.PoolClient | undefined;
  try {
    client = await pool.connect();
    const result = await use(client);
    client.release();
    return result;
  } catch (error) {
    // Whatever it was in the middle of ends with its connection.
    client?.release(true);
    throw saying(name, error);
  }
}
