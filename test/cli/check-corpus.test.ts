import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import type { Log } from 'sarif';
import { CORPUS, hasCorpus } from '../corpus.ts';
import { check } from './check-command.ts';
import { dropcap } from './command.ts';

jest.setTimeout(120_000);

const onCorpus = hasCorpus ? test : test.skip;

/** How many documents nobody can read: what kubectl refuses as well, and one pod whose containers are no list. */
const REFUSED = { 'A-manifests': 3, 'B-peers': 3 };

interface Findings {
  readonly findings: readonly {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly outcome: string;
  }[];
  readonly errors: readonly string[];
}

describe(hasCorpus ? 'on the corpus' : 'on the corpus, which is not beside this repository', () => {
  describe.each(Object.entries(REFUSED))('%s', (part, refused) => {
    const folder = join(CORPUS, part);
    const run = (...args: string[]) => check({}, ['-f', folder, ...args]);

    onCorpus('finds exactly what harden changes, and refuses only what is no manifest', async () => {
      const { stdout, stderr, status } = await run('-o', 'json');
      const { findings, errors } = JSON.parse(stdout) as Findings;
      const hardened = await dropcap(['harden', '-f', folder, '-o', 'patch']);
      const [, fields] = /\((\d+) fields hardened/.exec(hardened.stderr)!;
      expect(findings.filter(({ outcome }) => outcome === 'hardened')).toHaveLength(Number(fields));
      expect(findings.every(({ line, column }) => line > 0 && column > 0)).toBe(true);
      expect(errors).toHaveLength(refused);
      expect({ status, trace: /^ {4}at /m.test(stderr) }).toEqual({ status: 2, trace: false });
      const summary = stderr.split('\n').find((line) => line.includes(' checked: '));
      process.stdout.write(`${part}: ${summary!}\n`);
    });

    onCorpus('is printed in every form, with the same number of findings', async () => {
      const { findings } = JSON.parse((await run('-o', 'json')).stdout) as Findings;
      const lines = (await run()).stdout.trimEnd().split('\n');
      expect(lines).toHaveLength(findings.length);
      for (const line of lines) expect(line).toMatch(/^\/.*:\d+:\d+: \w+\/[^:]*: /);
      const asked = findings.filter(({ outcome }) => outcome !== 'skipped' && outcome !== 'exempt').length;
      const sarif = JSON.parse((await run('-o', 'sarif')).stdout) as Log;
      expect(sarif.runs[0]!.results).toHaveLength(asked);
      expect((await run('-o', 'github')).stdout.match(/^::warning /gm)).toHaveLength(asked);
      const failures = (await run('-o', 'junit')).stdout.match(/<failure /g) ?? [];
      expect(failures.length).toBeGreaterThan(100);
    });

    onCorpus.each([60, 200])('fits a terminal of %i columns', async (columns) => {
      const { stdout } = await check({}, ['-f', folder], { columns, env: { NO_COLOR: '1' } });
      expect(stdout.split('\n').filter(({ length }) => length > columns)).toEqual([]);
      expect(stdout.length).toBeGreaterThan(10_000);
    });
  });
});
