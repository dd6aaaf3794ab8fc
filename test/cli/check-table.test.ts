import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fitColumns, layRow, wrap } from '../../src/cli/layout.ts';
import { check, GOOD, PRIVILEGED, WEB } from './check-command.ts';
import { folderOf } from './command.ts';

const PLAIN = { NO_COLOR: '1' };
const longest = (text: string): number => Math.max(...text.split('\n').map(({ length }) => length));
const LONG = WEB.replaceAll('name: web', `name: ${'storefront-of-the-northern-region-'.repeat(3)}a`);

describe('on a terminal', () => {
  test('findings are a table, by file, workload and container; what complies is not in it', async () => {
    const { stdout } = await check({ 'root.yaml': PRIVILEGED, 'web.yaml': WEB, 'good.yaml': GOOD }, ['-f', '%'], {
      columns: 80,
      env: PLAIN,
    });
    expect(stdout).toBe(
      `asked by policy restricted
    WHERE  FIELD                     NOW               WOULD BE
root.yaml
  Pod/root in default, container all
    6:5    capabilities.drop         unset             cannot be changed
           The container is privileged: every runtime gives it all capabilities,
           whatever it drops, so nothing was changed.
    6:5    allowPrivilegeEscalation  unset             cannot be changed
           The API server refuses allowPrivilegeEscalation: false on a
           privileged container, so it was left.

web.yaml
  Deployment/web in shop, init container wait
    9:9    capabilities.drop         unset             [ALL]
    9:9    allowPrivilegeEscalation  unset             false
  Deployment/web in shop, container web
    17:13  capabilities.drop         [NET_RAW]         [NET_RAW, ALL]
    16:13  capabilities.add          [SYS_ADMIN,       removed
                                     NET_BIND_SERVIC]
           The policy does not allow adding SYS_ADMIN. No such capability:
           NET_BIND_SERVIC (did you mean NET_BIND_SERVICE?).
    19:11  allowPrivilegeEscalation  true              false

`,
    );
  });

  test.each([60, 80, 120, 200])('of %i columns nothing is wider, whatever the names', async (columns) => {
    const file = `${'deep/'.repeat(30)}web.yaml`;
    const { stdout } = await check({ [file]: LONG, 'root.yaml': PRIVILEGED }, ['-f', '%'], { columns, env: PLAIN });
    expect(stdout.split('\n').length).toBeGreaterThan(20);
    expect(longest(stdout)).toBeLessThanOrEqual(columns);
    expect(stdout.replaceAll(/\s/g, '')).toContain('storefront-of-the-northern-region-'.repeat(3));
  });

  test('too narrow for a table there are lines', async () => {
    const narrow = await check({ 'web.yaml': WEB }, ['-f', '%'], { columns: 59, env: PLAIN });
    expect(narrow.stdout).toBe((await check({ 'web.yaml': WEB })).stdout);
  });

  test('policies have a column where they differ', async () => {
    const policy = (name: string, spec: string): string =>
      `apiVersion: dropcap.dev/v1alpha1\nkind: HardeningPolicy\nmetadata: {name: ${name}}\nspec: {mode: enforce, ${spec}}\n`;
    const folder = folderOf({
      'a.yaml': policy('drops', 'capabilities: {drop: [ALL], allowedAdd: [ALL]}'),
      'b.yaml': policy('flags', 'allowPrivilegeEscalation: false'),
    });
    const { stdout } = await check({ 'web.yaml': WEB }, ['-f', '%', '--policy', folder], { columns: 80, env: PLAIN });
    expect(stdout).toMatch(/^ {4}WHERE +FIELD +NOW +WOULD BE +POLICY\n/);
    expect(stdout).toMatch(/9:9 +capabilities\.drop +unset +\[ALL\] +drops\n/);
    expect(stdout).toMatch(/9:9 +allowPrivilegeEscalation +unset +false +flags\n/);
    expect(longest(stdout)).toBeLessThanOrEqual(80);
  });

  test('there are colours, unless NO_COLOR or TERM=dumb is set; they change nothing else', async () => {
    const draw = async (env: Record<string, string>): Promise<string> =>
      (await check({ 'web.yaml': WEB, 'root.yaml': PRIVILEGED }, ['-f', '%'], { columns: 80, env })).stdout;
    const [coloured, plain, dumb] = [await draw({}), await draw(PLAIN), await draw({ TERM: 'dumb' })];
    expect(coloured).toContain('\u001b[31mcannot be changed\u001b[39m');
    // eslint-disable-next-line no-control-regex -- what a terminal is sent for a colour
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain);
    expect(dumb).toBe(plain);
  });

  test('where nothing is found there is no table', async () => {
    expect(await check({ 'a.yaml': GOOD }, ['-f', '%'], { columns: 80 })).toEqual({
      stdout: '',
      stderr: '1 pod template checked: nothing to do\n',
      status: 0,
    });
  });
});

describe('laws of the layout', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'B', '_', '-', '.', ' '), maxLength: 120 });
  const solid = (lines: readonly string[]): string => lines.join('').replaceAll(' ', '');

  test('a wrapped text has no line that is too long, and loses nothing but spaces', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 60 }), (given, width) => {
        const lines = wrap(given, width);
        expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
        expect(solid(lines)).toBe(solid([given]));
      }),
      { numRuns: 2_000 },
    );
  });

  test('columns fit into every width from 60, and every cell is there', () => {
    const rows = fc.array(fc.tuple(text, text, text, text, text), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 56, max: 200 }), (cells, width) => {
        const widths = fitColumns(cells, width);
        for (const row of cells) {
          const lines = layRow(row, widths);
          expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
          const letters = (given: string): string => Array.from(given.replaceAll(' ', '')).sort().join('');
          expect(letters(lines.join(''))).toBe(letters(row.join('')));
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
