/** What `dropcap audit show` does. */
import type { AuditEntry, AuditReader } from '../store/terms.ts';
import { csvEntryHeading, csvEntryRows } from './audit-csv.ts';
import { visibleJson } from './audit-json.ts';
import { withAuditStore } from './audit-open.ts';
import { asText } from './audit-text.ts';
import type { ShowOptions } from './audit.ts';
import { BadInput, type Context } from './context.ts';

const WHOLE = 36;
const FEW = 5;
/** Beyond these, how many more there are is of no use. */
const COUNTED = 100;

async function wholeUid(store: AuditReader, prefix: string): Promise<string> {
  const uids = prefix.length < WHOLE ? await store.uids(prefix, COUNTED) : [];
  const [only, ...others] = uids;
  if (only === undefined) throw new BadInput([`error: no record has the uid ${prefix}, or one that begins so`]);
  if (others.length === 0) return only;
  const many = uids.length < COUNTED ? `${uids.length}` : `${COUNTED} or more`;
  throw new BadInput([
    `error: ${prefix}: found ${many} uids that begin so, expected one:`,
    ...uids.slice(0, FEW),
    ...(uids.length > FEW ? [`and ${many === `${uids.length}` ? uids.length - FEW : 'many'} more`] : []),
  ]);
}

const entryOf = async (store: AuditReader, uid: string): Promise<AuditEntry> =>
  (await store.show(uid)) ?? (await store.show(await wholeUid(store, uid)))!;

const PRINTERS: Readonly<Record<ShowOptions['output'], (entry: AuditEntry, context: Context) => string>> = {
  table: asText,
  json: (entry) => `${visibleJson(entry, 2)}\n`,
  csv: (entry) => csvEntryHeading() + csvEntryRows(entry),
};

/** Prints all that is recorded of one request. */
export async function runShow(uid: string, options: ShowOptions, context: Context): Promise<void> {
  if (uid === '') throw new BadInput(['error: found an empty uid, expected one of dropcap audit list']);
  await withAuditStore(options, context, async ({ store }) => {
    context.stdout.write(PRINTERS[options.output](await entryOf(store, uid), context));
  });
}
