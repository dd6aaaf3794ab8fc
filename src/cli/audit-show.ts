/** What `dropcap audit show` does. */
import type { AuditStore } from '../store/open.ts';
import type { AuditEntry } from '../store/terms.ts';
import { csvHeading, csvRows } from './audit-csv.ts';
import { visibleJson } from './audit-json.ts';
import { withAuditStore } from './audit-open.ts';
import { asText } from './audit-text.ts';
import type { ShowOptions } from './audit.ts';
import { BadInput, type Context } from './context.ts';

const PAGE = 1_000;
/** How many requests are looked at for one whose uid begins so: more would take longer than to give the whole of it. */
const SEARCHED = 100_000;
const WHOLE = 36;
const FEW = 5;

/** The uids that begin so, among those of the newest requests; `isAll` where there are no others. */
async function uidsThatBegin(store: AuditStore, prefix: string): Promise<{ uids: string[]; isAll: boolean }> {
  const uids: string[] = [];
  let after: string | undefined;
  for (let searched = 0; searched < SEARCHED; searched += PAGE) {
    const { entries, next } = await store.list({}, PAGE, after);
    uids.push(...entries.map(({ uid }) => uid).filter((uid) => uid.startsWith(prefix)));
    if (next === undefined) return { uids, isAll: true };
    after = next;
  }
  return { uids, isAll: false };
}

async function wholeUid(store: AuditStore, uid: string): Promise<string> {
  const { uids, isAll } = uid.length < WHOLE ? await uidsThatBegin(store, uid) : { uids: [], isAll: true };
  const [only, ...others] = uids;
  if (only === undefined) {
    const where = isAll ? '' : ` among the newest ${SEARCHED}; older ones are found by the whole uid`;
    throw new BadInput([`error: no record has the uid ${uid}, or one that begins so${where}`]);
  }
  if (others.length === 0) return only;
  const more = uids.length > FEW ? [`and ${uids.length - FEW} more`] : [];
  throw new BadInput([
    `error: ${uid}: found ${uids.length} uids that begin so, expected one:`,
    ...uids.slice(0, FEW),
    ...more,
  ]);
}

const entryOf = async (store: AuditStore, uid: string): Promise<AuditEntry> =>
  (await store.show(uid)) ?? (await store.show(await wholeUid(store, uid)))!;

const PRINTERS: Readonly<Record<ShowOptions['output'], (entry: AuditEntry, context: Context) => string>> = {
  table: asText,
  json: (entry) => `${visibleJson(entry, 2)}\n`,
  csv: ({ passes }) => csvHeading() + passes.map(csvRows).join(''),
};

/** Prints all that is recorded of one request. */
export async function runShow(uid: string, options: ShowOptions, context: Context): Promise<void> {
  if (uid === '') throw new BadInput(['error: found an empty uid, expected one of dropcap audit list']);
  await withAuditStore(options.auditStore, context, async ({ store }) => {
    context.stdout.write(PRINTERS[options.output](await entryOf(store, uid), context));
  });
}
