/** The findings of `dropcap check` as annotations: workflow commands of GitHub Actions. */
import { normalize } from 'node:path';
import type { Report } from './check-run.ts';
import { rowsIn, type Row } from './check-rows.ts';
import { containerName, sentenceFor } from './check-words.ts';

/** The text after `::`: a line break would end the command, and begin another. */
export const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

/** The value of a property, which a comma or a colon would end. */
export const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

const LEVELS: Readonly<Partial<Record<Row['outcome'], string>>> = {
  hardened: 'warning',
  unresolved: 'warning',
  audited: 'notice',
};

function annotation(level: string, row: Row): string {
  const { file, line, column, rule, workload } = row;
  const properties = { file: normalize(file), line, col: column, title: `dropcap ${rule}` };
  const written = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  const message = `${workload}, ${containerName(row)}: ${sentenceFor(row)}`;
  return `::${level} ${written.join(',')}::${escapeData(message)}\n`;
}

/** A line for each finding that asks for something, and for each error. */
export function asAnnotations({ files, errors }: Report): string {
  const lines = rowsIn(files).flatMap((row) => {
    const level = LEVELS[row.outcome];
    return level === undefined ? [] : [annotation(level, row)];
  });
  return [...errors.map((error) => `::error title=dropcap::${escapeData(error)}\n`), ...lines].join('');
}
