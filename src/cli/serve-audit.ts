/** Opens the places that a server's audit records go to. */
import { hostname } from 'node:os';
import { journalFolder } from '../audit/journal-segments.ts';
import type { JournalTrail } from '../audit/journal-trail.ts';
import { AuditTrail } from '../audit/trail.ts';
import type { Log } from '../server/log.ts';
import type { Ingester } from '../store/ingester.ts';
import { isPostgres } from '../store/postgres-url.ts';
import { BadInput, type Context } from './context.ts';
import type { ServeOptions } from './serve.ts';

/** Where a store is, and the folder of the journal that it is filled from. */
export interface StorePlace {
  readonly location: string;
  readonly journal: string;
}

/** A store, and the open trail into its journal. */
export interface KeptStore extends StorePlace {
  readonly trail: JournalTrail;
}

const NEEDING: readonly (readonly [keyof ServeOptions, string])[] = [
  ['auditJournal', '--audit-journal'],
  ['auditMaxAge', '--audit-max-age'],
  ['auditMaxSize', '--audit-max-size'],
  ['watchPods', '--watch-pods'],
];

/** Undefined where the options want no records kept. Throws `BadInput` where they do not go together. */
function storePlace(options: ServeOptions): StorePlace | undefined {
  const { auditStore: location, auditJournal: journal } = options;
  if (location === undefined) {
    const without = NEEDING.filter(([name]) => options[name] !== undefined).map(([, option]) => option);
    if (without.length === 0) return undefined;
    throw new BadInput(without.map((option) => `error: ${option}: found no --audit-store, which it is for`));
  }
  if (isPostgres(location)) {
    if (journal !== undefined) return { location, journal };
    throw new BadInput([
      'error: missing: --audit-journal <dir>: a database needs one, where records wait while it is down',
    ]);
  }
  if (journal === undefined) return { location, journal: journalFolder(location) };
  throw new BadInput([
    `error: --audit-journal: found ${journal}, expected it with a postgres:// store only: that of a file is beside it`,
  ]);
}

/**
 * Opens the journal of the store that the options want; undefined where they want none. Both ends of an outage are told; what is
 * lost between them is counted.
 */
export async function openKeptStore(options: ServeOptions, log: Log): Promise<KeptStore | undefined> {
  const place = storePlace(options);
  if (place === undefined) return undefined;
  // Not loaded by a server without a store.
  const { openStore } = await import('../store/open.ts');
  const { openJournalTrail } = await import('../audit/journal-trail.ts');
  // A file that cannot be used is worth no start: later it would only be a line in the log. A database that is down is: pods
  // are not to wait for it.
  if (!isPostgres(place.location)) await (await openStore(place.location)).close();
  const { auditFailure: failure } = options;
  const answers = failure === 'required' ? 'requests fail' : 'answers leave without their records';
  const trail = await openJournalTrail(place.journal, {
    failure,
    onOutage: ({ message: reason }) => log.error(`the audit store cannot be written; ${answers}`, { reason }),
    onRecovery: (lost) => log.info('the audit store can be written again', { lost }),
  });
  return { ...place, trail };
}

/** Begins to fill a store from its journal. */
export async function startIngester(
  { location, journal }: StorePlace,
  { auditMaxAge: maxAgeMs, auditMaxSize: maxBytes }: ServeOptions,
  log: Log,
): Promise<Ingester> {
  const ingester = await import('../store/ingester.ts');
  const onError = ({ message: reason }: Error): void => {
    log.error('the audit database cannot be filled; its journal keeps the records', { reason });
  };
  const keeping = { ...(maxAgeMs !== undefined && { maxAgeMs }), ...(maxBytes !== undefined && { maxBytes }) };
  return ingester.startIngester(location, onError, { journal, ...keeping });
}

/** Opens the trail, which writes lines and passes them on to the store. */
export function openTrail(
  { auditLog: file }: ServeOptions,
  store: JournalTrail | undefined,
  { version }: Context,
  log: Log,
): AuditTrail {
  const onError = (error: Error): void => {
    log.error('the audit trail cannot be written', { reason: error.message });
  };
  return new AuditTrail({ file, store, writer: { instance: hostname(), version }, onError });
}
