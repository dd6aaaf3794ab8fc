/** The findings of `dropcap check` as JSON. */
import type { Report } from './check-run.ts';
import { fails, rowsIn } from './check-rows.ts';

/** `{findings, errors}`: findings in the order of reading, each with `fails` for what `--fail-on` makes of it. */
export function asJson({ files, errors, failOn }: Report): string {
  const findings = rowsIn(files).map((row) => ({ ...row, fails: fails(row, failOn) }));
  return `${JSON.stringify({ findings, errors }, null, 2)}\n`;
}
