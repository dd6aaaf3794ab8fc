/** What `dropcap audit export` does. */
import type { AuditRecord } from '../audit/record.ts';
import { csvHeading, csvRows } from './audit-csv.ts';
import { visibleJson } from './audit-json.ts';
import { nothingFound } from './audit-list.ts';
import { withAuditStore } from './audit-open.ts';
import { filterOf } from './audit-options.ts';
import { pour } from './audit-pour.ts';
import type { ExportOptions } from './audit.ts';
import type { Context } from './context.ts';
import { count, say } from './say.ts';

const asLine = (record: AuditRecord): string => `${visibleJson(record)}\n`;

/** Prints all records that match, the oldest first, one by one as they are read. */
export async function runExport(options: ExportOptions, context: Context): Promise<void> {
  const filter = filterOf(options);
  const csv = options.output === 'csv';
  await withAuditStore(options, context, async ({ store }) => {
    let records = 0;
    async function* texts(): AsyncGenerator<string> {
      if (csv) yield csvHeading();
      for await (const record of store.records(filter)) {
        yield csv ? csvRows(record) : asLine(record);
        records++;
      }
    }
    await pour(texts(), context);
    say(context, [records === 0 ? nothingFound(filter) : count(records, 'record')]);
  });
}
