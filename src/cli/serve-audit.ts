/** Opens the places that a server's audit records go to. */
import { hostname } from 'node:os';
import type { JournalTrail } from '../audit/journal-trail.ts';
import { AuditTrail } from '../audit/trail.ts';
import type { Log } from '../server/log.ts';
import type { Ingester } from '../store/ingester.ts';
import type { Context } from './context.ts';
import type { ServeOptions } from './serve.ts';

/** Opens the journal of the store. Both ends of an outage are told; what is lost between them is counted. */
export async function openStoreTrail(options: ServeOptions, log: Log): Promise<JournalTrail | undefined> {
  const { auditStore: file, auditFailure: failure } = options;
  if (file === undefined) return undefined;
  // Not loaded by a server without a store.
  const { openStore } = await import('../store/open.ts');
  const { openJournalTrail } = await import('../audit/journal-trail.ts');
  // A database that cannot be used is worth no start: later it would only be a line in the log.
  await (await openStore(file)).close();
  const answers = failure === 'required' ? 'requests fail' : 'answers leave without their records';
  return openJournalTrail(file, {
    failure,
    onOutage: ({ message: reason }) => log.error(`the audit store cannot be written; ${answers}`, { reason }),
    onRecovery: (lost) => log.info('the audit store can be written again', { lost }),
  });
}

/** Begins to fill the store's database from its journal. */
export async function startIngester({ auditStore: file }: ServeOptions, log: Log): Promise<Ingester | undefined> {
  if (file === undefined) return undefined;
  const ingester = await import('../store/ingester.ts');
  return ingester.startIngester(file, ({ message: reason }) => {
    log.error('the audit database cannot be filled; its journal keeps the records', { reason });
  });
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
