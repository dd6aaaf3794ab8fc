import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AuditRecord } from '../../src/audit/record.ts';
import { openStore, type AuditStore } from '../../src/store/open.ts';
import type { AuditEntry, AuditFilter } from '../../src/store/terms.ts';
import { entryOf, filter, listed, meant, numbers, record, START } from './model.ts';
import { addRecords, newFile, numbered } from './stores.ts';

const records = fc.array(record, { maxLength: 40 });
const filters = fc.array(filter, { minLength: 4, maxLength: 8 });
const HOUR = 3_600_000;

/** A store that took the records in by some steps, in the order in which they were recorded. */
async function storeOf(all: readonly AuditRecord[], steps = 1): Promise<AuditStore> {
  const file = newFile();
  const store = await openStore(file);
  for (let step = 0; step < steps; step++) {
    const [from, to] = [step, step + 1].map((n) => Math.round((all.length * n) / steps));
    addRecords(file, 1, all.slice(from, to));
    await store.ingest();
  }
  return store;
}

async function recordsOf(store: AuditStore, asked: AuditFilter): Promise<AuditRecord[]> {
  const all: AuditRecord[] = [];
  for await (const one of store.records(asked)) all.push(one);
  return all;
}

async function pagesOf(store: AuditStore, asked: AuditFilter, limit: number): Promise<AuditEntry[]> {
  const all: AuditEntry[] = [];
  let after: string | undefined;
  do {
    const { entries, next } = await store.list(asked, limit, after);
    expect(entries.length).toBeLessThanOrEqual(limit);
    if (next !== undefined) expect(entries.length).toBe(limit);
    all.push(...entries);
    after = next;
  } while (after !== undefined);
  return all;
}

async function answersLikeTheModel(store: AuditStore, all: readonly AuditRecord[], asked: AuditFilter): Promise<void> {
  expect(await recordsOf(store, asked)).toEqual(meant(all, asked));
  expect(await store.stats(asked)).toEqual(numbers(all, asked));
  for (const limit of [1, 3, 100]) expect(await pagesOf(store, asked, limit)).toEqual(listed(all, asked));
}

describe('for every set of records and every filter', () => {
  test('list, stats, records and show answer what a look at each record gives', async () => {
    await fc.assert(
      fc.asyncProperty(records, filters, fc.integer({ min: 1, max: 3 }), async (all, asked, steps) => {
        const store = await storeOf(all, steps);
        for (const one of [{}, ...asked]) await answersLikeTheModel(store, all, one);
        for (const uid of [...all.slice(0, 5).map((one) => one.uid), 'nobody'])
          expect(await store.show(uid)).toEqual(entryOf(all, uid));
        await store.close();
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  test('what is removed by age leaves the answers of the rest', async () => {
    await fc.assert(
      fc.asyncProperty(records, filters, fc.integer({ min: -1, max: 3 }), async (all, asked, hours) => {
        const store = await storeOf(all);
        const before = START + hours * HOUR;
        const left = all.filter(({ time }) => Date.parse(time) >= before);
        expect(await store.prune({ before })).toBe(all.length - left.length);
        for (const one of [{}, ...asked]) await answersLikeTheModel(store, left, one);
        await store.close();
      }),
      { numRuns: 80 },
    );
  }, 120_000);
});

describe('a list', () => {
  test('neither misses nor repeats an entry while more passes and entries come', async () => {
    const file = newFile();
    const store = await openStore(file);
    addRecords(file, 1, numbered(0, 6));
    await store.ingest();
    const first = await store.list({}, 3);
    // A second pass of an entry that is still to come, and a newer entry.
    addRecords(file, 1, [{ ...numbered(50, 51)[0]!, uid: '1' }, ...numbered(51, 52)]);
    await store.ingest();
    const second = await store.list({}, 3, first.next);
    expect([...first.entries, ...second.entries].map(({ uid }) => uid)).toEqual(['5', '4', '3', '2', '1', '0']);
    expect(second.next).toBeUndefined();
    await store.close();
  });

  test('refuses a place that no page gave', async () => {
    const store = await openStore(newFile());
    await expect(store.list({}, 1, '1; DROP TABLE passes')).rejects.toThrow(
      'no place in the list: 1; DROP TABLE passes',
    );
    await store.close();
  });

  test('holds more records of one millisecond than a millisecond has ids, in their order', async () => {
    const all = numbered(0, 3_000).map((one) => ({ ...one, time: '2026-11-22T17:00:00.000Z' }));
    const store = await storeOf(all, 2);
    const uids = (await recordsOf(store, {})).map(({ uid }) => uid);
    expect(uids).toEqual(all.map(({ uid }) => uid));
    await store.close();
  });
});
