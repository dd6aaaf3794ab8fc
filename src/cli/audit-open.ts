/** Opens the store of audit records for a command, with everything in it that its server has recorded. */
import { existsSync } from 'node:fs';
import { journalFolder } from '../audit/journal-segments.ts';
import { openStore, type AuditStore } from '../store/open.ts';
import { BadInput, type Context } from './context.ts';
import { say, whyNot } from './say.ts';

/** Ends a command because of its store. */
const unreadable = (file: string, error: unknown): BadInput => {
  const why = whyNot(error, file);
  return new BadInput([
    `error: --audit-store: ${why.includes(file) ? why : `${file}: ${why}`}`,
    ...(why.endsWith('read-only')
      ? ['SQLite reads it only where it can make files beside it, or its server runs: read a copy']
      : []),
  ]);
};

/** A fault of ours is no fault of the store. */
const isBug = (error: unknown): boolean =>
  [TypeError, RangeError, ReferenceError].some((kind) => error instanceof kind) || error instanceof BadInput;

/** A store, and what brings it up to date: nothing where it can only be read. */
export interface OpenedStore {
  readonly store: AuditStore;
  readonly refresh: () => Promise<unknown>;
}

async function openToRead(file: string, context: Context, reason: unknown): Promise<OpenedStore> {
  // Where it cannot be read either, that is what is wrong with it.
  const store = await openStore(file, { readOnly: true });
  const journal = journalFolder(file);
  if (existsSync(journal))
    say(context, [`note: ${whyNot(reason, file)}; it is only read, and newer records may wait in ${journal}`]);
  return { store, refresh: () => Promise.resolve() };
}

async function openFresh(file: string, context: Context): Promise<OpenedStore> {
  let store: AuditStore | undefined;
  try {
    const onUnreadable = ({ message }: Error): void => say(context, [`warning: ${message}`]);
    store = await openStore(file, { onUnreadable });
    await store.ingest();
    return { store, refresh: store.ingest.bind(store) };
  } catch (error) {
    await store?.close();
    if (isBug(error)) throw error;
    return openToRead(file, context, error);
  }
}

async function mended<T>(file: string, doing: Promise<T>): Promise<T> {
  return doing.catch((error: unknown) => {
    throw isBug(error) ? error : unreadable(file, error);
  });
}

/**
 * Does something with the store in a file, once what waits in its journal is taken in, and closes it. A store that cannot be
 * written is only read, and that is said. Throws `BadInput` where it cannot be read, or fails while it is.
 */
export async function withAuditStore(
  file: string,
  context: Context,
  use: (opened: OpenedStore) => Promise<void>,
): Promise<void> {
  // Only a server makes a new one: here it is a misspelt name.
  if (!existsSync(file) && !existsSync(journalFolder(file))) throw unreadable(file, new Error('no such file'));
  const opened = await mended(file, openFresh(file, context));
  try {
    await mended(file, use(opened));
  } finally {
    await opened.store.close();
  }
}
