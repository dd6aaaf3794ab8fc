import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { textOf } from '../../src/audit/body.ts';
import { openJournal } from '../../src/audit/journal.ts';
import { PAGE_BYTES } from '../../src/audit/journal-disk.ts';
import { Progress, readJournal } from '../../src/audit/journal-read.ts';
import { BEGINNING, segmentFile, segmentsIn, type JournalPosition } from '../../src/audit/journal-segments.ts';
import { numbers } from './decisions.ts';

jest.setTimeout(60_000);

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'dropcap-journal-'));
  folder = join(parent, 'audit.db.journal');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const linesIn = (from: JournalPosition = BEGINNING, where = folder): string[] =>
  [...readJournal(where, from)].map(textOf);

const sizeOf = (segment: number): number => statSync(segmentFile(folder, segment)).size;

/** A segment without the room after it. */
const writtenIn = (segment: number): string => readFileSync(segmentFile(folder, segment), 'utf8').replace(/\0+$/, '');

async function appendAll(lines: readonly string[], segmentBytes?: number): Promise<void> {
  const journal = await openJournal(folder, segmentBytes);
  await Promise.all(lines.map((line) => journal.append(line)));
  await journal.close();
}

/** A record of one of some templates. */
const recordOf = (uid: string, template: string): string =>
  `{"time":"x","uid":"${uid}","policies":["${template.repeat(300)}"],"patch":["${uid}"],"durationMs":1}`;

/** Lines as a journal gets them: text as JSON has it, without line ends and NUL; now and then longer than what is read at once. */
const anyLine = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.string({ unit: 'binary', maxLength: 200 }).map((text) => text.replaceAll(/[\n\0]/g, '')),
  },
  { weight: 20, arbitrary: fc.tuple(fc.uuid(), fc.constantFrom('a', 'b', 'c')).map((of) => recordOf(...of)) },
  { weight: 1, arbitrary: fc.integer({ min: 200_000, max: 600_000 }).map((length) => 'é'.repeat(length)) },
);
// What is no Unicode has no bytes of its own, and JSON.stringify lets none of it through.
const line = anyLine.map((text) => text.toWellFormed());

describe('laws', () => {
  const fresh = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };

  test('what is acknowledged is read back, in order, however it is cut into segments and openings', async () => {
    const openings = fc.array(fc.array(line, { maxLength: 30 }), { maxLength: 4 });
    const property = fc.asyncProperty(openings, fc.integer({ min: 1, max: 5_000 }), async (all, segmentBytes) => {
      fresh();
      for (const lines of all) await appendAll(lines, segmentBytes);
      expect(all.length === 0 ? [] : linesIn()).toEqual(all.flat());
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test('going on from the position after any line neither misses nor repeats one', async () => {
    const some = fc.array(line, { minLength: 1, maxLength: 40 });
    const property = fc.asyncProperty(some, fc.integer({ min: 1, max: 2_000 }), fc.nat(), async (lines, size, at) => {
      fresh();
      for (let from = 0; from < lines.length; from += 10) await appendAll(lines.slice(from, from + 10), size);
      const progress = new Progress();
      const read = [...readJournal(folder, BEGINNING, progress)];
      const stop = at % read.length;
      const { next } = read[stop]!;
      expect(linesIn(next)).toEqual(lines.slice(stop + 1));
      // Whatever was read before, and wherever reading was left off.
      expect([...readJournal(folder, next, progress)].map(textOf)).toEqual(lines.slice(stop + 1));
      const [first] = readJournal(folder, BEGINNING, progress);
      expect(first && textOf(first)).toBe(lines[0]);
      expect([...readJournal(folder, next, progress)].map(textOf)).toEqual(lines.slice(stop + 1));
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test('a torn end of the last segment is never read, not even after more was written', async () => {
    const torn = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => bytes.map((byte) => byte || 1));
    const some = fc.array(line, { minLength: 1, maxLength: 10 });
    const property = fc.asyncProperty(some, some, torn, async (before, after, bytes) => {
      fresh();
      await appendAll(before);
      const last = segmentFile(folder, segmentsIn(folder).at(-1)!);
      appendFileSync(last, Buffer.from(bytes.filter((byte) => byte !== 0x0a)));
      expect(linesIn()).toEqual(before);
      await appendAll(after);
      expect(linesIn()).toEqual([...before, ...after]);
    });
    await fc.assert(property, { numRuns: 60 });
  });
});

describe('a journal', () => {
  test('acknowledges a line only when a reader finds it', async () => {
    const journal = await openJournal(folder);
    for (const number of numbers(0, 30)) {
      await journal.append(number);
      expect(linesIn().at(-1)).toBe(number);
    }
    await journal.close();
  });

  test('writes to files that wait for the disk', async () => {
    const journal = await openJournal(folder);
    await journal.append('x');
    const open = readdirSync('/proc/self/fd').filter((descriptor) => {
      try {
        return /\/\d{16}\.log$/.test(readlinkSync(`/proc/self/fd/${descriptor}`));
      } catch {
        return false;
      }
    });
    expect(open).toHaveLength(1);
    const [, flags] = /^flags:\s+(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${open[0]!}`, 'utf8'))!;
    expect(parseInt(flags!, 8) & constants.O_DSYNC).toBe(constants.O_DSYNC);
    await journal.close();
  });

  test('writes lines that come together at once, and counts those that are not on disk', async () => {
    const journal = await openJournal(folder);
    const all = numbers(0, 100).map((number) => journal.append(number));
    expect(journal.backlog).toBe(100);
    await Promise.all(all);
    expect(journal.backlog).toBe(0);
    await journal.close();
  });

  test('begins a new segment at its size, and no line is cut', async () => {
    const journal = await openJournal(folder, 1_000);
    for (const number of numbers(0, 50)) await journal.append(number.padStart(99, '.'));
    await journal.close();
    const sizes = segmentsIn(folder).map((segment) => writtenIn(segment).length);
    expect(sizes).toEqual([1_000, 1_000, 1_000, 1_000, 1_000]);
  });

  test('holds what records of one template share once in each segment', async () => {
    const records = numbers(0, 400).map((number) =>
      recordOf(`${number.padStart(8, '0')}-0000-4000-8000-000000000000`, 'a'),
    );
    await appendAll(records.slice(0, 200));
    await appendAll(records.slice(200));
    expect(linesIn()).toEqual(records);
    const texts = segmentsIn(folder).map(writtenIn);
    expect(texts.map((text) => text.split('a'.repeat(300)).length - 1)).toEqual([1, 1]);
  });

  test('is written in whole pages, for the rest of a page that is not in memory would have to be read', async () => {
    const journal = await openJournal(folder);
    for (const length of [1, PAGE_BYTES - 3, 1, 10, 5 * PAGE_BYTES, 100]) {
      await journal.append('x'.repeat(length));
      const [segment] = segmentsIn(folder);
      const written = writtenIn(segment!).length;
      expect(sizeOf(segment!)).toBe(Math.ceil(written / PAGE_BYTES) * PAGE_BYTES);
    }
    await journal.close();
  });

  test('is whole when it is closed right after the last line', async () => {
    const journal = await openJournal(folder);
    const all = numbers(0, 5_000).map((number) => journal.append(number));
    await journal.close();
    await Promise.all(all);
    expect(linesIn()).toEqual(numbers(0, 5_000));
  });

  test('is read while it is written, from another position each time, without a gap', async () => {
    const journal = await openJournal(folder, 2_000);
    const read: string[] = [];
    const progress = new Progress();
    let position = BEGINNING;
    const look = (): void => {
      for (const line of readJournal(folder, position, progress)) {
        read.push(textOf(line));
        position = line.next;
      }
    };
    for (let from = 0; from < 2_000; from += 20) {
      const writing = Promise.all(numbers(from, from + 20).map((number) => journal.append(number)));
      await Promise.race([writing, sleep(1)]);
      look();
      await writing;
    }
    await journal.close();
    look();
    expect(read).toEqual(numbers(0, 2_000));
  });

  test('goes on after the segments that were taken in and removed', async () => {
    await appendAll(numbers(0, 10), 20);
    const last = [...readJournal(folder, BEGINNING)].at(-1)!.next;
    await appendAll(numbers(10, 20), 20);
    for (const segment of segmentsIn(folder).filter((number) => number < last.segment))
      rmSync(segmentFile(folder, segment));
    expect(linesIn(last)).toEqual(numbers(10, 20));
    rmSync(segmentFile(folder, last.segment));
    expect(linesIn(last)).toEqual(numbers(10, 20));
  });

  test('whose folder was removed numbers its segments higher than before, so that no position means another line', async () => {
    await appendAll(['a']);
    const [before] = segmentsIn(folder);
    rmSync(folder, { recursive: true });
    await appendAll(['b']);
    expect(segmentsIn(folder)[0]).toBeGreaterThan(before!);
  });
});

describe('another writer', () => {
  test('is refused as long as there is one, and says why', async () => {
    const journal = await openJournal(folder);
    await expect(openJournal(folder)).rejects.toThrow(
      `${folder}: another dropcap writes to this audit store; each needs one of its own`,
    );
    await journal.close();
    await (await openJournal(folder)).close();
  });

  test('is let in when the one before was killed', async () => {
    const script = `
      const { openJournal } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/audit/journal.ts'))});
      const journal = await openJournal(${JSON.stringify(folder)});
      await journal.append('from the other');
      process.stdout.write('ready');
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await expect(openJournal(folder)).rejects.toThrow('another dropcap writes');
    child.kill('SIGKILL');
    await once(child, 'exit');
    await appendAll(['mine']);
    expect(linesIn()).toEqual(['from the other', 'mine']);
  });
});

describe('a folder', () => {
  test('that cannot be made is refused, with its name', async () => {
    await expect(openJournal(join(parent, 'missing', 'x.journal'))).rejects.toThrow('ENOENT');
    writeFileSync(folder, 'a file');
    await expect(openJournal(folder)).rejects.toThrow(folder);
  });

  test('that is removed while it is written to is noticed, and made again', async () => {
    const journal = await openJournal(folder);
    await journal.append('a');
    rmSync(folder, { recursive: true });
    await expect(journal.append('b')).rejects.toThrow('was removed');
    // Until then it fails at once, without asking the disk.
    await expect(journal.append('c')).rejects.toThrow('was removed');
    await sleep(1_050);
    await journal.append('d');
    await journal.close();
    expect(linesIn()).toEqual(['d']);
  });

  test('goes on in segments that were made ahead, and they are read up to what was written', async () => {
    const journal = await openJournal(folder, 4 * PAGE_BYTES);
    const lines: string[] = [];
    let wereAhead = 0;
    for (let i = 0; i < 400; i++) {
      lines.push(`${i} ${'x'.repeat(100)}`);
      await journal.append(lines.at(-1)!);
      expect(linesIn()).toEqual(lines);
      const newest = segmentsIn(folder).at(-1)!;
      if (sizeOf(newest) > writtenIn(newest).length + PAGE_BYTES) wereAhead++;
      await sleep(1);
    }
    await journal.close();
    expect(wereAhead).toBeGreaterThan(0);
  });

  test('does not show the end of a line whose beginning is not there yet', async () => {
    await appendAll(['a']);
    const [segment] = segmentsIn(folder);
    // As a reader finds it between two pages of one write, in a segment that was made ahead.
    writeFileSync(segmentFile(folder, segment!), 'a\nb\n\0\0\0the end of c\nd\n\0\0\0');
    expect(linesIn()).toEqual(['a', 'b']);
    await appendAll(['e']);
    expect(linesIn()).toEqual(['a', 'b', 'e']);
  });

  test('that cannot make segments ahead goes on without', async () => {
    mkdirSync(join(folder, 'spare'), { recursive: true });
    await appendAll(
      numbers(0, 50).map((number) => number.padEnd(100)),
      1_000,
    );
    expect(linesIn()).toHaveLength(50);
  });

  test('may hold other files, which are left alone', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'notes.txt'), 'x\n');
    await appendAll(['a']);
    expect(linesIn()).toEqual(['a']);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['lock', 'notes.txt']));
    expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('x\n');
  });
});
