import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AuditRecord } from '../../src/audit/record.ts';
import type { AuditStore } from '../../src/store/open.ts';
import type { AuditEntry, AuditFilter } from '../../src/store/terms.ts';
import {
  awaited,
  entryOf,
  filter,
  keptOf,
  lastUse,
  listed,
  meant,
  numbers,
  postures,
  records,
  scriptOf,
  START,
  told,
  uidsOf,
  type Kept,
  type Script,
} from './model.ts';
import { inBoth, openPlace, type Place } from './places.ts';
import { addToJournal, linesOf, numbered } from './stores.ts';

const filters = fc.array(filter, { minLength: 4, maxLength: 8 });
const script = fc
  .tuple(records, told, fc.integer({ min: 1, max: 3 }))
  .map(([all, results, steps]) => scriptOf(all, results, steps));
const HOUR = 3_600_000;

const uuid = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** A store that took a script in. */
async function storeOf(place: Place, steps: Script): Promise<AuditStore> {
  const store = await openPlace(place);
  for (const step of steps) {
    addToJournal(place.journal, 1, linesOf(step));
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

async function answersLikeTheModel(store: AuditStore, all: readonly Kept[], asked: AuditFilter): Promise<void> {
  expect(await recordsOf(store, asked)).toEqual(meant(all, asked));
  expect(await store.stats(asked)).toEqual(numbers(all, asked));
  for (const limit of [1, 3, 100]) expect(await pagesOf(store, asked, limit)).toEqual(listed(all, asked));
  const { since = -Infinity, until = Infinity } = asked;
  expect(await store.postures({ since, until }, 2)).toEqual(postures(all, asked).slice(0, 2));
  expect(await store.awaited(since)).toEqual(awaited(all, since));
  if (asked.exception !== undefined) expect(await store.lastUse(asked.exception)).toBe(lastUse(all, asked.exception));
}

inBoth('for every set of records and every filter', ({ kind, newPlace }) => {
  const numRuns = kind === 'SQLite' ? 120 : 12;

  test('each question is answered by what a look at each record gives', async () => {
    await fc.assert(
      fc.asyncProperty(script, filters, async (steps, asked) => {
        const store = await storeOf(newPlace(), steps);
        const all = keptOf(steps);
        for (const one of [{}, ...asked]) await answersLikeTheModel(store, all, one);
        for (const uid of [...all.slice(0, 5).map((one) => one.record.uid), 'nobody'])
          expect(await store.show(uid)).toEqual(entryOf(all, uid));
        for (const prefix of ['', 'a', 'b1', 'nobody']) {
          expect(await store.uids(prefix, 100)).toEqual(uidsOf(all, prefix));
          expect(await store.uids(prefix, 2)).toEqual(uidsOf(all, prefix).slice(0, 2));
        }
        await store.close();
      }),
      { numRuns, endOnFailure: true },
    );
  }, 300_000);

  test('what is removed by age leaves the answers of the rest', async () => {
    await fc.assert(
      fc.asyncProperty(script, filters, fc.integer({ min: -1, max: 3 }), async (steps, asked, hours) => {
        const store = await storeOf(newPlace(), steps);
        const before = START + hours * HOUR;
        const all = keptOf(steps);
        const left = all.filter(({ record: { time } }) => Date.parse(time) >= before);
        expect(await store.prune({ before })).toBe(all.length - left.length);
        for (const one of [{}, ...asked]) await answersLikeTheModel(store, left, one);
        await store.close();
      }),
      { numRuns: numRuns / 2, endOnFailure: true },
    );
  }, 300_000);
});

inBoth('records of one template', ({ newPlace }) => {
  test('are found by each of its words, however many there are of both', async () => {
    const policies = Array.from({ length: 150 }, (_, i) => `policy-${i}`);
    const all = numbered(0, 150).map((one, i) => ({ ...one, uid: uuid(i), namespace: 'shop', policies }));
    const place = newPlace();
    addToJournal(place.journal, 1, linesOf(all));
    const store = await openPlace(place);
    await store.ingest();
    const shared: AuditFilter[] = [
      { namespace: 'shop' },
      { user: 'alice' },
      { rule: 'capabilities.drop' },
      { outcome: 'hardened' },
      { optOut: false },
      { result: 'pending' },
    ];
    for (const asked of shared) expect((await recordsOf(store, asked)).length).toBe(150);
    for (const policy of policies)
      expect((await recordsOf(store, { policy })).map(({ uid }) => uid)).toEqual(all.map(({ uid }) => uid));
    expect(await store.prune({ before: Infinity })).toBe(150);
    await store.close();
  });
});

inBoth('a list', ({ newPlace }) => {
  test('neither misses nor repeats an entry while more passes and entries come', async () => {
    const place = newPlace();
    const store = await storeOf(place, [numbered(0, 6)]);
    const first = await store.list({}, 3);
    // A second pass of an entry that is still to come, and a newer entry.
    const [pass] = numbered(4, 5);
    addToJournal(
      place.journal,
      1,
      linesOf([{ ...numbered(1, 2)[0]!, ...{ uid: 'x', follows: '1', time: pass!.time } }]),
    );
    addToJournal(place.journal, 1, linesOf(numbered(51, 52)));
    await store.ingest();
    const second = await store.list({}, 3, first.next);
    expect([...first.entries, ...second.entries].map(({ uid }) => uid)).toEqual(['5', '4', '3', '2', '1', '0']);
    expect(second.entries.find(({ uid }) => uid === '1')!.passes.map(({ uid }) => uid)).toEqual(['1', 'x']);
    expect(second.next).toBeUndefined();
    await store.close();
  });

  test('refuses a place that no page gave', async () => {
    const store = await openPlace(newPlace());
    await expect(store.list({}, 1, '1; DROP TABLE passes')).rejects.toThrow(
      'no place in the list: 1; DROP TABLE passes',
    );
    await store.close();
  });

  test('holds more records of one millisecond than a millisecond has ids, in their order', async () => {
    const all = numbered(0, 3_000).map((one) => ({ ...one, time: '2026-11-22T17:00:00.000Z' }));
    const store = await storeOf(newPlace(), [all.slice(0, 1_400), all.slice(1_400)]);
    const uids = (await recordsOf(store, {})).map(({ uid }) => uid);
    expect(uids).toEqual(all.map(({ uid }) => uid));
    await store.close();
  });

  test('is quick about a uid that was copied to many pods, and joins none of them', async () => {
    const all = numbered(0, 500).map((one) => ({ ...one, follows: 'elsewhere', time: '2026-11-22T17:00:00.000Z' }));
    const store = await storeOf(newPlace(), [all]);
    const { entries } = await store.list({}, 500);
    expect(entries.map(({ passes }) => passes.length)).toEqual(Array(500).fill(1));
    await store.close();
  });

  test.each([
    ['the same uid', { uid: 'same' }],
    ['an annotation that names the same uid', { follows: '5' }],
  ])('is quick about hundreds of alike pods with %s, and joins none of them', async (_, shared) => {
    const alike = { ...numbered(0, 1)[0]!, time: '2026-11-22T17:00:00.000Z' };
    const all = Array.from({ length: 600 }, (_none, i) => ({ ...alike, uid: String(i), ...shared }));
    const store = await storeOf(newPlace(), [all]);
    const { entries } = await store.list({}, 600);
    expect(entries.map(({ passes }) => passes.length)).toEqual(Array(600).fill(1));
    await store.close();
  });
});

describe('odd texts', () => {
  inBoth('that a request may hold', ({ newPlace }) => {
    test('neither stop what comes after them, nor are lost', async () => {
      const [plain] = numbered(0, 1);
      const odd = ['nul \0 nul', 'half \ud800 a pair', `long ${'x'.repeat(10_000)}`, "quote ' and ? and $1"];
      const place = newPlace();
      const all = odd.map((user, i) => ({
        ...plain!,
        uid: `${i}${user}`,
        user,
        follows: user,
        namespace: user,
        name: user,
      }));
      const lines = linesOf([
        ...all,
        { result: { status: 'admitted', time: plain!.time }, uid: all[2]!.uid, recorded: plain!.time },
      ]);
      const store = await openPlace(place);
      addToJournal(place.journal, 1, [...lines, '\0\0\0']);
      expect(await store.ingest()).toBe(odd.length);
      for (const [i, user] of odd.entries()) {
        expect((await store.list({ user, namespace: user }, 10)).entries.map(({ passes }) => passes)).toEqual([
          [all[i]],
        ]);
        expect((await store.show(all[i]!.uid))?.passes).toEqual([all[i]]);
      }
      expect((await store.stats({ result: 'admitted' })).records).toBe(1);
      await store.close();
    });
  });
});
