/** What `dropcap audit list` does. */
import type { AuditEntry, AuditFilter, AuditPage } from '../store/terms.ts';
import { csvEntryHeading, csvEntryRows } from './audit-csv.ts';
import { newEntries } from './audit-follow.ts';
import { visibleJson } from './audit-json.ts';
import { withAuditStore, type OpenedStore } from './audit-open.ts';
import { filterOf, meansAll, MOST } from './audit-options.ts';
import { pour } from './audit-pour.ts';
import { entryTable } from './audit-table.ts';
import type { ListOptions } from './audit.ts';
import { BadInput, type Context } from './context.ts';
import { say } from './say.ts';
import { terminalOf } from './terminal.ts';

type Print = (entries: readonly AuditEntry[]) => string;

const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');

/** Prints entries some at a time, so that headings come once. */
function printer({ output }: ListOptions, context: Context): Print {
  if (output === 'json') return (entries) => lines(entries.map((entry) => visibleJson(entry)));
  if (output === 'table') {
    const table = entryTable(terminalOf(context));
    return (entries) => lines(table.lines(entries));
  }
  let heading = csvEntryHeading();
  return (entries) => {
    const text = heading + entries.map(csvEntryRows).join('');
    heading = '';
    return text;
  };
}

/** Nothing was found, in words. */
export const nothingFound = (filter: AuditFilter): string =>
  meansAll(filter) ? 'the store holds no record yet' : 'no record matches';

function hints({ entries, next }: AuditPage, { limit, output }: ListOptions, filter: AuditFilter): string[] {
  if (entries.length === 0) return [nothingFound(filter)];
  const more = Math.min(limit * 10, MOST);
  return [
    ...(next === undefined ? [] : [`older ones: --after ${next}, or more at once: --limit ${more}`]),
    ...(output === 'table' ? ['one in full: dropcap audit show UID, or the beginning of it'] : []),
  ];
}

async function printPage({ store }: OpenedStore, options: ListOptions, context: Context): Promise<void> {
  const filter = filterOf(options);
  const { limit, after } = options;
  const page = await store.list(filter, limit, after).catch((error: unknown) => {
    // The store names what it cannot go on from.
    const { message } = error as Error;
    throw (after !== undefined && message.includes(`no place in the list: ${after}`)) ||
      message.includes('after: found')
      ? new BadInput([`error: --after: ${message}`])
      : error;
  });
  const print = printer(options, context);
  if (options.output === 'json') context.stdout.write(`${visibleJson(page, 2)}\n`);
  else if (page.entries.length > 0 || options.output === 'csv') context.stdout.write(print(page.entries));
  say(context, hints(page, options, filter));
}

/** Prints what is there, the newest last, and goes on with what comes, until nobody reads it any more. */
async function printAsTheyCome(opened: OpenedStore, options: ListOptions, context: Context): Promise<void> {
  const print = printer(options, context);
  async function* texts(): AsyncGenerator<string> {
    for await (const entries of newEntries(opened, filterOf(options), options.limit, context)) yield print(entries);
  }
  await pour(texts(), context, 0);
}

function refuseBeside({ follow, after, until }: ListOptions): void {
  if (follow === undefined) return;
  const beside = after !== undefined ? '--after' : until !== undefined ? '--until' : undefined;
  if (beside !== undefined)
    throw new BadInput([`error: --follow: found ${beside} beside it, which ends before what is new`]);
}

/** Prints the newest entries, or those after a page; follows what comes where that is asked. */
export async function runList(options: ListOptions, context: Context): Promise<void> {
  refuseBeside(options);
  // Before the store is touched.
  filterOf(options);
  const print = options.follow ? printAsTheyCome : printPage;
  await withAuditStore(options, context, (opened) => print(opened, options, context));
}
