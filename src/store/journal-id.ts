import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

function sync(path: string): void {
  const descriptor = openSync(path, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

/** Whole and lasting under its own name first. Linked, not renamed: another process may have made it meanwhile, and its stays. */
function make(file: string, folder: string): void {
  const id = randomUUID();
  const whole = `${file}.${id}`;
  try {
    writeFileSync(whole, `${id}\n`, { mode: 0o600 });
    sync(whole);
    linkSync(whole, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(whole, { force: true });
  }
  sync(folder);
}

/**
 * What a journal is known by in a database: a random UUID in a file of its folder, made where it is missing, and lasting before a
 * line is taken in. Throws where it can be neither read nor made, or is none.
 */
export function journalId(folder: string): string {
  const file = join(folder, 'id');
  if (!existsSync(file)) make(file, folder);
  const id = readFileSync(file, 'utf8').trim();
  if (/^[0-9a-f-]{36}$/.test(id)) return id;
  throw new Error(`${file}: "${id.slice(0, 40)}" is no identity of a journal, expected a UUID`);
}
