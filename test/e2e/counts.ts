/** What the tests counted, printed as it comes and once more at the end: a pass alone does not say how much was looked at. */
import { appendFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect } from '@jest/globals';

/** Notes a number, or a few words, under a name. */
export function count(what: string, found: number | string): void {
  const file = basename(expect.getState().testPath ?? '', '.e2e.ts');
  const line = `${file}: ${what}: ${found}\n`;
  process.stdout.write(`  ${line}`);
  appendFileSync(process.env['DROPCAP_E2E_COUNTS']!, line);
}

/** Says something that explains a number, on the terminal only. */
export const remark = (text: string): void => void process.stdout.write(`    ${text}\n`);
