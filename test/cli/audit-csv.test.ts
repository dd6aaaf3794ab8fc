import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cell, csvHeading, csvLine, csvRows } from '../../src/cli/audit-csv.ts';
import { visibleJson } from '../../src/cli/audit-json.ts';
import { parseCsv, UNPRINTABLE } from './audit-command.ts';
import { RECORDS } from './audit-records.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.stringMatching(/^\s{0,2}[=+\-@＝＋－＠]["',;\n\r\t a]{0,4}$/),
  fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', '\t', '\u001b', '\u009b', '\u202e', ' ', 'a', '=') }),
);

describe('a cell of CSV', () => {
  test.each([
    ['web', 'web'],
    ['', ''],
    ['a,b', '"a,b"'],
    ['say "no"', '"say ""no"""'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    [' =1', "' =1"],
    ['＝1', "'＝1"],
    ['=HYPERLINK("x","y")', '"\'=HYPERLINK(""x"",""y"")"'],
    ['a\nb', String.raw`a\nb`],
    ['\u001b[31m', String.raw`\u{1b}[31m`],
  ])('%j is %s', (given, written) => {
    expect(cell(given)).toBe(written);
  });

  test('is one cell on one line whatever it holds, is no formula, and moves no terminal', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (cells) => {
        const line = csvLine(cells);
        expect(line.indexOf('\n')).toBe(line.length - 1);
        const [read = [], ...more] = parseCsv(line);
        expect(more).toEqual([]);
        expect(read).toHaveLength(cells.length);
        expect(read.filter((one) => /^\s*[=+\-@＝＋－＠]/.test(one))).toEqual([]);
        expect(line.replaceAll('\t', '')).not.toMatch(UNPRINTABLE);
      }),
      { numRuns: 2_000 },
    );
  });

  test('that is plain text is that text', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][a-z ,";.:/]*$/), (plain) => {
        expect(parseCsv(`${cell(plain)}\n`)).toEqual([[plain]]);
      }),
    );
  });
});

describe('a record as CSV', () => {
  const [heading = []] = parseCsv(csvHeading());
  const rowsOf = (number: number): Record<string, string>[] =>
    parseCsv(csvRows(RECORDS[number]!)).map((row) => Object.fromEntries(row.map((value, i) => [heading[i]!, value])));

  test('has a row for each finding', () => {
    expect(RECORDS.map((_, i) => rowsOf(i).length)).toEqual(
      RECORDS.map(({ findings }) => Math.max(findings.length, 1)),
    );
  });

  test('has the field before and after, in words that a person knows', () => {
    expect(rowsOf(0).map(({ container, rule, before, after }) => [container, rule, before, after])).toEqual([
      ['app', 'capabilities.drop', 'unset', 'ALL'],
      ['app', 'capabilities.add', 'SYS_ADMIN NET_BIND_SERVICE', 'NET_BIND_SERVICE'],
      ['app', 'allowPrivilegeEscalation', 'unset', 'false'],
      ['sidecar', 'capabilities.drop', 'unset', 'ALL'],
      ['sidecar', 'allowPrivilegeEscalation', 'unset', 'false'],
    ]);
  });

  test('has a row where nothing was found, for a pod that was denied', () => {
    expect(rowsOf(8)).toEqual([expect.objectContaining({ refused: 'spec: 2001 containers, at most 2000', rule: '' })]);
  });

  test('has the reason of an opt-out as text, though it is a formula', () => {
    expect(rowsOf(4)[0]).toMatchObject({
      exempt_by: 'opt-out',
      opt_out_reason: '\'=HYPERLINK("http://example.com"), "as root"',
    });
  });
});

test('JSON shows a terminal nothing that it obeys, and is read as the same value', () => {
  fc.assert(
    fc.property(fc.array(text), fc.option(fc.constant(2), { nil: undefined }), (value, indent) => {
      const json = visibleJson(value, indent);
      expect(json).not.toMatch(UNPRINTABLE);
      expect(JSON.parse(json)).toEqual(value);
    }),
    { numRuns: 2_000 },
  );
});
