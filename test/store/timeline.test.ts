import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { timeline } from '../../src/store/timeline.ts';

const HOUR = 3_600_000;
const hourOf = (time: number): string => new Date(time).toISOString().slice(0, 13);

describe('records by time', () => {
  test('are by hour for two days, with the hours in between', () => {
    expect(
      timeline([
        { name: '2026-11-22T22', count: 3 },
        { name: '2026-11-23T01', count: 1 },
      ]),
    ).toEqual({
      title: 'HOUR (UTC)',
      rows: [
        { name: '2026-11-22 22', count: 3 },
        { name: '2026-11-22 23', count: 0 },
        { name: '2026-11-23 00', count: 0 },
        { name: '2026-11-23 01', count: 1 },
      ],
    });
  });

  test('are by day where there are more hours than a table has room for', () => {
    const { title, rows } = timeline([
      { name: '2026-11-20T23', count: 3 },
      { name: '2026-11-21T00', count: 1 },
      { name: '2026-11-23T02', count: 2 },
    ]);
    expect(title).toBe('DAY (UTC)');
    expect(rows.map(({ name, count }) => `${name} ${count}`)).toEqual([
      '2026-11-20 3',
      '2026-11-21 1',
      '2026-11-22 0',
      '2026-11-23 2',
    ]);
  });

  test('are by month over years', () => {
    const { title, rows } = timeline([
      { name: '2025-11-30T23', count: 3 },
      { name: '2026-02-01T00', count: 1 },
    ]);
    expect(title).toBe('MONTH');
    expect(rows.map(({ name, count }) => `${name} ${count}`)).toEqual([
      '2025-11 3',
      '2025-12 0',
      '2026-01 0',
      '2026-02 1',
    ]);
  });

  test('are none where there are none', () => expect(timeline([]).rows).toEqual([]));

  test('lose and double nothing, stand in order, and have no gap', () => {
    const hours = fc
      .uniqueArray(fc.nat(20_000), { minLength: 1 })
      .map((numbers) =>
        numbers.sort((a, b) => a - b).map((n) => ({ name: hourOf(1_700_000_000_000 + n * HOUR), count: (n % 7) + 1 })),
      );
    fc.assert(
      fc.property(hours, (given) => {
        const { rows } = timeline(given);
        const sum = (counts: readonly { count: number }[]): number => counts.reduce((all, { count }) => all + count, 0);
        expect(sum(rows)).toBe(sum(given));
        const names = rows.map(({ name }) => name);
        expect(names).toEqual([...new Set(names)].sort());
        expect([names[0], names.at(-1)]).toEqual(
          [given[0]!, given.at(-1)!].map(({ name }) => name.replace('T', ' ').slice(0, names[0]!.length)),
        );
      }),
      { numRuns: 300 },
    );
  });
});
