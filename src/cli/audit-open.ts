/** Opens the records for a command: of a store in a file, of a PostgreSQL database, or of a running instance. */
import { existsSync } from 'node:fs';
import { journalFolder } from '../audit/journal-segments.ts';
import { isPostgres, nameOf, openStore, type AuditStore } from '../store/open.ts';
import type { AuditReader } from '../store/terms.ts';
import type { PlaceOptions } from './audit-options.ts';
import { isRemote, remoteReader } from './audit-remote.ts';
import { BadInput, type Context } from './context.ts';
import { say, whyNot } from './say.ts';

/** A place as it may be shown: without a password. */
function shownPlace(place: string): string {
  try {
    return isPostgres(place) ? nameOf(place) : place;
  } catch {
    return 'postgres://…';
  }
}

/** Ends a command because of its store. */
const unreadable = (place: string, error: unknown): BadInput => {
  const shown = shownPlace(place);
  const why = whyNot(error, shown);
  return new BadInput([
    `error: --audit-store: ${why.includes(shown) ? why : `${shown}: ${why}`}`,
    ...(why.endsWith('read-only')
      ? ['SQLite reads it only where it can make files beside it, or its server runs: read a copy']
      : []),
  ]);
};

/** A fault of ours is no fault of the store. */
const isBug = (error: unknown): boolean =>
  [TypeError, RangeError, ReferenceError].some((kind) => error instanceof kind) || error instanceof BadInput;

/** What can be asked, and what brings it up to date: nothing where that is not for a command to do. */
export interface OpenedStore {
  readonly store: AuditReader;
  readonly refresh: () => Promise<unknown>;
}

const asItIs = (store: AuditReader): OpenedStore => ({ store, refresh: () => Promise.resolve() });

async function openToRead(file: string, context: Context, reason: unknown): Promise<OpenedStore> {
  // Where it cannot be read either, that is what is wrong with it.
  const store = await openStore(file, { readOnly: true });
  const journal = journalFolder(file);
  if (existsSync(journal))
    say(context, [`note: ${whyNot(reason, file)}; it is only read, and newer records may wait in ${journal}`]);
  return asItIs(store);
}

async function openFile(file: string, context: Context): Promise<OpenedStore> {
  // Only a server makes a new one: here it is a misspelt name.
  if (!existsSync(file) && !existsSync(journalFolder(file))) throw new Error('no such file');
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

async function open({ auditStore: place, tokenFile }: PlaceOptions, context: Context): Promise<OpenedStore> {
  if (isRemote(place)) return asItIs(remoteReader(place, tokenFile));
  if (tokenFile !== undefined)
    throw new BadInput([
      'error: --token-file: found no running instance to send it to, expected --audit-store https://…',
    ]);
  return isPostgres(place) ? asItIs(await openStore(place, { readOnly: true })) : openFile(place, context);
}

async function mended<T>(place: string, doing: Promise<T>): Promise<T> {
  return doing.catch((error: unknown) => {
    throw isBug(error) ? error : unreadable(place, error);
  });
}

/**
 * Does something with the records, and closes what they are in. What waits in the journal of a file is taken in first; a file
 * that cannot be written is only read, and that is said. Throws `BadInput` where they cannot be read, or that fails meanwhile.
 */
export async function withAuditStore(
  options: PlaceOptions,
  context: Context,
  use: (opened: OpenedStore) => Promise<void>,
): Promise<void> {
  const opened = await mended(options.auditStore, open(options, context));
  try {
    await mended(options.auditStore, use(opened));
  } finally {
    await opened.store.close();
  }
}
