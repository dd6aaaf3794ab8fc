/** Audit records as CSV (RFC 4180): a row for each finding, made safe for spreadsheets. */
import type { AuditRecord } from '../audit/record.ts';
import type { FieldValue, Finding } from '../engine/finding.ts';
import type { AuditEntry } from '../store/terms.ts';
import { legible } from './say.ts';

type Text = string | undefined;
type Column = readonly [name: string, of: (record: AuditRecord, finding: Finding | undefined) => Text];

// Absent is not the same as empty, for a policy may ask for either.
function valueText(value: FieldValue | undefined): Text {
  if (value === undefined) return undefined;
  if (value === null) return 'unset';
  return typeof value === 'boolean' ? String(value) : value.join(' ');
}

const COLUMNS: readonly Column[] = [
  ['time', ({ time }) => time],
  ['uid', ({ uid }) => uid],
  ['operation', ({ operation }) => operation],
  ['subresource', ({ subResource }) => subResource],
  ['kind', ({ kind }) => kind ?? 'Pod'],
  ['namespace', ({ namespace }) => namespace],
  ['name', ({ name }) => name],
  ['generate_name', ({ generateName }) => generateName],
  ['owner', ({ owner }) => owner],
  ['user', ({ user }) => user],
  ['gate', ({ gate }) => gate],
  ['refused', ({ refused }) => refused],
  ['container', (_, finding) => finding?.container],
  ['container_kind', (_, finding) => finding?.kind],
  ['path', (_, finding) => finding?.path],
  ['rule', (_, finding) => finding?.rule],
  ['outcome', (_, finding) => finding?.outcome],
  ['before', (_, finding) => valueText(finding?.before)],
  ['after', (_, finding) => valueText(finding?.after)],
  ['policies', (_, finding) => finding?.policies.join(' ')],
  ['exempt_by', (_, finding) => finding?.exemptBy?.join(' ')],
  ['reason', (_, finding) => finding?.reason],
  ['opt_out_reason', ({ optOut }) => optOut?.reason],
  ['opt_out_until', ({ optOut }) => optOut?.until],
  ['opt_out_honoured_by', ({ optOut }) => optOut?.honouredBy.join(' ')],
  ['opt_out_ignored', ({ optOut }) => optOut?.ignored.map(({ policy, why }) => `${policy}: ${why}`).join('; ')],
  ['policy_set', ({ policySet }) => policySet],
  ['instance', ({ instance }) => instance],
  ['version', ({ version }) => version],
];

// Spreadsheets take what begins so for a formula, full-width signs too, and would run it.
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/u;

/** A cell: control characters written out, a formula made text by an apostrophe, quoted where it has to be. */
export function cell(text: string): string {
  const seen = legible(text);
  const harmless = FORMULA.test(seen) ? `'${seen}` : seen;
  return /[",;\t\r\n]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Cells as a line. */
export const csvLine = (cells: readonly string[]): string => `${cells.map(cell).join(',')}\n`;

/** The names of the columns. */
export const csvHeading = (): string => csvLine(COLUMNS.map(([name]) => name));

function rowsOf(record: AuditRecord, more: readonly string[] = []): string {
  const findings = record.findings.length > 0 ? record.findings : [undefined];
  return findings.map((finding) => csvLine([...COLUMNS.map(([, of]) => of(record, finding) ?? ''), ...more])).join('');
}

/** A row for each finding of a record; one with empty cells where it has none. */
export const csvRows = (record: AuditRecord): string => rowsOf(record);

/** The names of the columns of requests, which end with what became of them. */
export const csvEntryHeading = (): string => csvLine([...COLUMNS.map(([name]) => name), 'result', 'pod']);

/** The same rows for each pass of a request. */
export const csvEntryRows = ({ passes, result }: AuditEntry): string =>
  passes.map((record) => rowsOf(record, [result?.status ?? '', result?.pod?.name ?? ''])).join('');
