/** Locations of stores that are URLs of PostgreSQL. */

/** Is this the URL of a database, not a file? */
export const isPostgres = (location: string): boolean => /^postgres(ql)?:\/\//.test(location);

function parsed(location: string): URL {
  try {
    // No host is a socket, which URLs do not know.
    return new URL(location.replace('@/', '@localhost/'));
  } catch {
    // Without its cause, for that has the password.
    throw new Error('a URL of PostgreSQL that cannot be read, expected postgres://USER@HOST:PORT/DATABASE');
  }
}

/** The URL as messages may have it: without its password. Throws where it is none. */
export function nameOf(location: string): string {
  const { username, host, pathname, searchParams } = parsed(location);
  const user = username === '' ? '' : `${username}@`;
  return `postgres://${user}${searchParams.get('host') ?? host}${pathname}`;
}

/** The URL as the driver reads it: `sslmode` means what it means to every other client. */
export function toConnect(location: string): string {
  if (location.includes('uselibpqcompat=') || !location.includes('sslmode=')) return location;
  return `${location}&uselibpqcompat=true`;
}
