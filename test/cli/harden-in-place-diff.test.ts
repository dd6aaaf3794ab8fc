import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { applyPatch, createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import fc from 'fast-check';
import { unifiedDiff } from '../../src/cli/harden-diff.ts';
import { dropcap, folderOf, harden, pod, runIn, type Around, type Files, type Ran } from './command.ts';

const WEB = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: c\t# \u009b31m
    securityContext: {capabilities: {drop: [ALL]}, allowPrivilegeEscalation: true}
`;
const HARDENED = WEB.replace('Escalation: true', 'Escalation: false');

/** Runs the command on a terminal; `%` in an argument stands for the folder. */
const onTerminal = (folder: string, args: readonly string[], around: Around = {}): Promise<Ran> =>
  runIn(folder, ['harden', ...args], { columns: 80, ...around });

describe('harden --diff', () => {
  const files: Files = { 'a.yaml': WEB, 'b.yaml': pod('b', {}) };

  test('is -o diff, and writes nothing', async () => {
    const folder = folderOf(files);
    const [diff, output] = [
      await dropcap(['harden', '-f', folder, '--diff']),
      await dropcap(['harden', '-f', folder, '-o', 'diff']),
    ];
    expect(diff).toEqual(output);
    expect(diff.stdout).toContain(
      '-    securityContext: {capabilities: {drop: [ALL]}, allowPrivilegeEscalation: true}\n',
    );
    expect(readFileSync(join(folder, 'a.yaml'), 'utf8')).toBe(WEB);
  });

  test.each([['--diff'], ['-o', 'diff']])('--in-place %s shows what it writes', async (...more) => {
    const folder = folderOf(files);
    const { stdout } = await dropcap(['harden', '-f', folder, '--diff']);
    const both = await dropcap(['harden', '-f', folder, '--in-place', ...more]);
    expect(both.stdout).toBe(stdout);
    expect(both.stderr).toMatch(/ hardened\); 2 files written\n$/);
    expect(readFileSync(join(folder, 'a.yaml'), 'utf8')).toBe(HARDENED);
  });

  test.each(['yaml', 'json', 'patch'])('does not go with -o %s', async (output) => {
    const { stderr, status } = await harden(files, '-f', '%', '--diff', '-o', output);
    expect(stderr).toBe(`error: found -o ${output} with --diff, expected no -o, or -o diff\n`);
    expect(status).toBe(2);
  });

  test('leaves a file that others changed while it was shown', async () => {
    const folder = folderOf(files);
    const change = (): void => writeFileSync(join(folder, 'a.yaml'), 'others: 1\n');
    const { stderr, status } = await onTerminal(folder, ['-f', '%', '--in-place', '--diff'], { before: change });
    expect(stderr).toContain('error: a.yaml: not written: it was changed meanwhile\n');
    expect(stderr).toContain('b.yaml: 2 fields in 1 workload hardened\n');
    expect(readFileSync(join(folder, 'a.yaml'), 'utf8')).toBe('others: 1\n');
    expect(status).toBe(1);
  });
});

describe('on a terminal', () => {
  // eslint-disable-next-line no-control-regex -- what is looked for
  const colours = /\u001b\[\d+m/g;

  test('removed lines are red, added ones green, and no control character of a file gets through', async () => {
    const { stdout } = await onTerminal(folderOf({ 'a.yaml': WEB }), ['-f', '%', '--diff']);
    expect(stdout).toContain('\u001b[31m-    securityContext: ');
    expect(stdout).toContain('\u001b[32m+    securityContext: ');
    expect(stdout).toContain('\u001b[36m@@ -3,5 +3,5 @@');
    expect(stdout).toContain('- name: c\t# \\u{9b}31m\n');
    // eslint-disable-next-line no-control-regex -- it is what must not be there
    expect(stdout.replaceAll(colours, '')).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]/);
  });

  test.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])(
    'there are no colours with %j, nor control characters',
    async (env) => {
      const text = WEB.replaceAll('\n', '\r\n');
      const { stdout } = await onTerminal(folderOf({ 'a.yaml': text }), ['-f', '%', '--in-place', '--diff'], { env });
      expect(stdout).toContain(
        '+    securityContext: {capabilities: {drop: [ALL]}, allowPrivilegeEscalation: false}\n',
      );
      // eslint-disable-next-line no-control-regex -- it is what must not be there
      expect(stdout).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]/);
    },
  );

  test('in a pipe a file is shown byte for byte', async () => {
    const text = WEB.replaceAll('\n', '\r\n');
    const { stdout } = await harden({ 'a.yaml': text }, '-f', '%', '--diff');
    expect(stdout).toContain('   - name: c\t# \u009b31m\r\n');
    expect(applyPatch(text, stdout)).toBe(HARDENED.replaceAll('\n', '\r\n'));
  });
});

describe('a unified diff', () => {
  const line = fc.constantFrom('a\n', 'b\n', 'c\n', 'd\n', 'e\n', '\n', 'f\r\n');
  const text = fc
    .tuple(fc.array(line, { maxLength: 60 }), fc.constantFrom('', 'end'))
    .map(([lines, end]) => lines.join('') + end);

  test('of any two texts gives the second when it is applied to the first', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== after);
        expect(applyPatch(before, unifiedDiff('a', before, after))).toBe(after);
      }),
      { numRuns: 1_000 },
    );
  });

  test('of lines that are added here and there is what comparing the whole gives', () => {
    const lines = fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 200 }).map((all) => all.map((n) => `${n}\n`));
    const at = fc.array(fc.nat(199), { maxLength: 8 });
    fc.assert(
      fc.property(lines, at, (before, places) => {
        const after = before.map((one, i) => (places.includes(i) ? `${one}new ${i}\nand\n` : one)).join('');
        const whole = createTwoFilesPatch('a', 'a', before.join(''), after, '', '', {
          headerOptions: FILE_HEADERS_ONLY,
        });
        expect(unifiedDiff('a', before.join(''), after)).toBe(whole);
      }),
    );
  });

  test('of twenty thousand changes takes no minutes', () => {
    const block = (i: number, more: string): string => `name: ${i}\n${'x\n'.repeat(12)}${more}`;
    const [before, after] = ['', 'added\n'].map((more) =>
      Array.from({ length: 20_000 }, (_, i) => block(i, more)).join('---\n'),
    );
    const diff = unifiedDiff('a', before!, after!);
    expect(diff.match(/^\+added$/gm)).toHaveLength(20_000);
    expect(diff.match(/^-/gm)).toHaveLength(1);
  }, 30_000);
});
