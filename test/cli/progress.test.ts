import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { progressOf } from '../../src/cli/progress.ts';
import { folderOf, pod, ROOT } from './command.ts';
import { canType } from './completion-shells.ts';

const ERASE = '\r\u001b[K';
const BIG = 5_000_000;

/** A terminal that only remembers. */
function screen(properties: object, env: Readonly<Record<string, string>> = {}) {
  const written: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      written.push(chunk.toString());
      done();
    },
  });
  return { context: { stderr: Object.assign(stream, properties), env }, written };
}

describe('progress', () => {
  test('is silent about what is quick', () => {
    const { context, written } = screen({ isTTY: true, columns: 80 });
    const progress = progressOf(context, 'reading', 2);
    progress.next('a.yaml', 10);
    progress.next('b.yaml', 10);
    progress.end();
    expect(written).toEqual([]);
  });

  test('names what is big before it is read, and is erased', () => {
    const { context, written } = screen({ isTTY: true, columns: 80 });
    const progress = progressOf(context, 'reading', 1);
    progress.next('some/folder/a.yaml', BIG);
    progress.end();
    expect(written).toEqual([`${ERASE}reading a.yaml (5 MB)`, ERASE]);
  });

  test('says after a second how many of how many files are done, ten times a second at most', () => {
    const { context, written } = screen({ isTTY: true, columns: 80 });
    const progress = progressOf(context, 'reading', 3);
    const end = performance.now() + 1_010;
    progress.next('a.yaml', 10);
    while (performance.now() < end);
    progress.next('b.yaml', 10);
    progress.next('c.yaml', 10);
    progress.end();
    expect(written).toEqual([`${ERASE}reading 2 of 3 files: b.yaml`, ERASE]);
  });

  test.each([
    ['20 columns', 20, `${ERASE}reading a-long-nam…`],
    ['a terminal without a size', 0, `${ERASE}reading a-long-name-of-a-file.yaml (5 MB)`],
  ])('stays on one line: %s', (_, columns, line) => {
    const { context, written } = screen({ isTTY: true, columns });
    progressOf(context, 'reading', 1).next('a-long-name-of-a-file.yaml', BIG);
    expect(written).toEqual([line]);
  });

  test('shows what would move the cursor as it is', () => {
    const { context, written } = screen({ isTTY: true, columns: 80 });
    progressOf(context, 'reading', 1).next('a\u001b[2J.yaml', BIG);
    expect(written).toEqual([`${ERASE}reading a\\u{1b}[2J.yaml (5 MB)`]);
  });

  test.each([
    ['a pipe', {}, {}],
    ['TERM=dumb', { isTTY: true, columns: 80 }, { TERM: 'dumb' }],
  ])('is nothing at all in %s', (_, properties, env) => {
    const { context, written } = screen(properties, env);
    const progress = progressOf(context, 'reading', 1);
    progress.next('a.yaml', BIG);
    progress.end();
    expect(written).toEqual([]);
  });
});

const testOnTerminal = canType() ? test : test.skip;

describe('on a real terminal', () => {
  /** What a terminal shows of a command, and what its stdout is. */
  function shown(environment: string): { terminal: string; stdout: string } {
    const many = Array.from({ length: 4_000 }, (_, i) =>
      pod(`p${i}`, { image: `registry.example/${'x'.repeat(200)}` }),
    );
    const folder = folderOf({ 'big.yaml': many.join('---\n') });
    const node = `${process.execPath} --disable-warning=ExperimentalWarning ${join(ROOT, 'src', 'main.ts')}`;
    const line = `stty cols 60; ${environment} ${node} check -f big.yaml -o json --fail-on none >out`;
    const terminal = execFileSync('script', ['-qec', line, '/dev/null'], { cwd: folder, encoding: 'utf8', input: '' });
    return { terminal, stdout: readFileSync(join(folder, 'out'), 'utf8') };
  }

  testOnTerminal(
    canType() ? 'it is seen and leaves nothing behind' : 'it is seen (skipped: script of util-linux is not installed)',
    () => {
      const { terminal, stdout } = shown('TERM=xterm');
      expect(terminal.startsWith(`${ERASE}reading big.yaml (1 MB)${ERASE}`)).toBe(true);
      // What is on the line once the terminal has obeyed.
      const left = terminal.split('\r\n').map((line) => line.split(ERASE).at(-1)!);
      expect(left[0]).toMatch(/^4000 pod templates checked/);
      expect(() => JSON.parse(stdout) as unknown).not.toThrow();
    },
    60_000,
  );

  testOnTerminal(
    'TERM=dumb keeps the screen free of control codes',
    () => {
      expect(shown('TERM=dumb').terminal).not.toContain('\u001b');
    },
    60_000,
  );
});
