/** Stores in folders of their own, and journals to fill them from. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { SegmentWriter } from '../../src/audit/journal-lines.ts';
import { journalFolder, segmentFile } from '../../src/audit/journal-segments.ts';
import type { AuditRecord } from '../../src/audit/record.ts';
import { circumstances, decision, writer } from '../audit/decisions.ts';
import { recordOf } from '../../src/audit/record.ts';

const folder = mkdtempSync(join(tmpdir(), 'dropcap-store-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;

/** Path of a store that is not there yet. */
export const newFile = (): string => join(folder, `${++made}.db`);

/** Adds lines to a segment of a journal. */
export function addToJournal(journal: string, segment: number, lines: readonly string[]): void {
  mkdirSync(journal, { recursive: true });
  const ofSegment = new SegmentWriter();
  appendFileSync(segmentFile(journal, segment), lines.map((line) => `${ofSegment.write(line)}\n`).join(''));
}

/** Adds lines to a segment of a file's journal. */
export const addLines = (file: string, segment: number, lines: readonly string[]): void =>
  addToJournal(journalFolder(file), segment, lines);

/** Values as lines. */
export const linesOf = (values: readonly unknown[]): string[] => values.map((value) => JSON.stringify(value));

/** Adds records to a segment of a file's journal. */
export const addRecords = (file: string, segment: number, records: readonly AuditRecord[]): void =>
  addLines(file, segment, linesOf(records));

/** Records whose uids are the numbers from the first up to, not including, the last; a second apart. */
export const numbered = (from: number, to: number): AuditRecord[] =>
  Array.from({ length: to - from }, (_, i) => {
    const number = from + i;
    const at = { ...circumstances(number), time: 1_700_000_000_000 + number * 1_000 };
    return JSON.parse(JSON.stringify(recordOf(at, decision, writer))) as AuditRecord;
  });
