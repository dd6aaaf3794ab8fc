/** The examples of docs/audit.md, run on a store that the engine and the journal made. */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { audit } from './audit-command.ts';
import { RECORDS, RESULTS, storeOf } from './audit-records.ts';
import { ROOT } from './command.ts';
import { blocksOf, textOf } from '../docs/blocks.ts';

jest.setTimeout(120_000);

const DOCUMENT = 'docs/audit.md';
const of = (language: string) => blocksOf(DOCUMENT).filter((block) => block.language === language);
const COMMAND = /^\$ dropcap audit (\w+) --audit-store audit\.db (.*)\n/;

let store = '';
beforeAll(async () => {
  store = await storeOf([...RECORDS, ...RESULTS]);
});

describe('docs/audit.md', () => {
  test('has only blocks that are run here, or need a cluster', () => {
    expect(new Set(blocksOf(DOCUMENT).map(({ language }) => language))).toEqual(
      new Set(['sh', 'console', 'text', 'yaml']),
    );
    for (const { text } of of('console')) expect(text).toMatch(COMMAND);
  });

  test.each(of('console'))('shows what $heading prints on a terminal of 80 columns', async ({ text }) => {
    const [line = '', subcommand = '', rest = ''] = COMMAND.exec(text) ?? [];
    const { stdout } = await audit(store, `${subcommand} ${rest}`, { columns: 80, env: { NO_COLOR: '1' } });
    expect(stdout).toBe(text.slice(line.length));
  });

  test.each(of('sh').flatMap(({ text }) => text.trimEnd().split('\n')))('%s', (line) => {
    const node = `${process.execPath} --disable-warning=ExperimentalWarning ${join(ROOT, 'src', 'main.ts')}`;
    const { stderr, status } = spawnSync('bash', ['-o', 'pipefail', '-c', `dropcap() { ${node} "$@"; }\n${line}`], {
      cwd: dirname(store),
      encoding: 'utf8',
    });
    expect({ status, errors: /^error|^ {4}at /m.test(stderr) }).toEqual({ status: 0, errors: false });
  });

  test('names every filter and no other', async () => {
    const { stdout } = await audit(store, 'stats --help');
    const options = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, option]) => option!);
    const filters = options.filter(
      (option) => !['--audit-store', '--token-file', '--output', '--help'].includes(option),
    );
    const rows = [...textOf(DOCUMENT).matchAll(/^\| `(--.*?)\|/gm)].flatMap(([, cell]) => cell!.match(/--[a-z-]+/g)!);
    expect(rows.sort()).toEqual(filters.sort());
  });
});
