import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { textOf, type Body } from '../../src/audit/body.ts';
import { SegmentReader, SegmentWriter } from '../../src/audit/journal-lines.ts';
import { alike, awkward } from './record-texts.ts';

/** What one writer writes for some lines. */
function written(lines: readonly string[], writer = new SegmentWriter()): string[] {
  return lines.flatMap((line) => writer.write(line).split('\n'));
}

/** What is read of written lines, those that tell shapes left out. */
function read(lines: readonly string[], reader = new SegmentReader()): Body[] {
  return lines.flatMap((line) => reader.read(line) ?? []);
}

const uidOf = (number: number): string => `${String(number).padStart(8, '0')}-0000-4000-8000-000000000000`;

/** A record of a template; `template` is what its findings say. */
const recordOf = (number: number, template: string): string =>
  `{"time":"x","uid":"${uidOf(number)}","policies":["a"],"findings":["${template}"],"patch":["${uidOf(number)}"],"durationMs":1}`;

// Marks and numbers as lines have them, before anything.
const marked = fc
  .tuple(fc.constantFrom('', '\u0001', '\u0002', '\u0003'), fc.constantFrom('', '0', '1', '17'), awkward)
  .map((parts) => parts.join(''));

describe('the lines of a segment', () => {
  test('are read as they were given, byte for byte', () => {
    const lines = fc
      .tuple(alike, fc.array(marked, { maxLength: 5 }))
      .chain(([records, others]) => fc.shuffledSubarray([...records, ...others], { minLength: 1 }))
      .map((some) => some.map((line) => line.replaceAll(/[\n\0]/g, '').toWellFormed()));
    fc.assert(
      fc.property(lines, (given) => {
        expect(read(written(given)).map(textOf)).toEqual(given);
      }),
      { numRuns: 5_000 },
    );
  });

  test('have each shape once', () => {
    const given = Array.from({ length: 100 }, (_, i) => recordOf(i, 'ab'[i % 2]!));
    const lines = written(given);
    expect(lines).toHaveLength(102);
    expect(lines.filter((line) => line.includes('"policies"'))).toHaveLength(2);
    expect(read(lines).map(textOf)).toEqual(given);
  });

  test('tell a shape again when many of its length have come since', () => {
    const given = Array.from({ length: 400 }, (_, i) => recordOf(i, String(100 + (i % 200))));
    const lines = written([...given, given.at(-1)!]);
    expect(lines).toHaveLength(801);
    expect(read(lines).map(textOf)).toEqual([...given, given.at(-1)!]);
  });

  test('are read with one text for all records of a template', () => {
    const bodies = read(written([recordOf(1, 'a'), recordOf(2, 'a')]));
    expect(bodies[0]!.shape).not.toBe('');
    expect(bodies[1]!.shape).toBe(bodies[0]!.shape);
  });

  test('go on after another writer of the same segment', () => {
    const lines = [recordOf(1, 'a'), recordOf(2, 'b'), recordOf(3, 'b'), recordOf(4, 'a')];
    expect(read([...written(lines.slice(0, 2)), ...written(lines.slice(2))]).map(textOf)).toEqual(lines);
  });

  test.each([
    ['a record of a shape that was not told', `\u00027{"time":"x","uid":"${uidOf(1)}","durationMs":1}`],
    ['a mark without a number', '\u0001{"time"'],
    ['a head that is none', '\u00020{"time":"x"}'],
  ])('that nobody writes are kept as they are: %s', (_, line) => {
    const reader = new SegmentReader();
    read(written([recordOf(1, 'a')]), reader);
    expect(read([line], reader)).toEqual([{ head: line, shape: '' }]);
  });
});
