/** `dropcap audit`, in a pipe or on a terminal. */
import { runAround, type Around, type Ran } from './command.ts';

/** Runs a subcommand on a store; its path is not in the output. */
export async function audit(store: string, line: string, around: Around = {}): Promise<Ran> {
  const [subcommand = '', ...rest] = line.split(' ').filter(Boolean);
  const ran = await runAround(['audit', subcommand, '--audit-store', store, ...rest], around);
  const without = (text: string): string => text.replaceAll(store, 'audit.db');
  return { ...ran, stdout: without(ran.stdout), stderr: without(ran.stderr) };
}

/** What would move a terminal's cursor, colour it, turn the direction of writing or hide; line ends are not among it. */
export const UNPRINTABLE = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** The cells of CSV, read as RFC 4180 has it. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === '\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
