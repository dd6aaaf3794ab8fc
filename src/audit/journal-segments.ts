/** The files of a journal: segments of whole lines, numbered in the order in which they were written. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A place between two lines: how many bytes of which segment come before it. */
export interface JournalPosition {
  readonly segment: number;
  readonly offset: number;
}

/** Before the first line of any journal. */
export const BEGINNING: JournalPosition = { segment: 0, offset: 0 };

const NAME = /^(\d{16})\.log$/;

/** The folder of the journal that belongs to a store. */
export const journalFolder = (store: string): string => `${store}.journal`;

/** Path of a segment. */
export const segmentFile = (folder: string, segment: number): string =>
  join(folder, `${String(segment).padStart(16, '0')}.log`);

/** Numbers of the segments that are there, the oldest first. Throws where the folder cannot be read. */
export const segmentsIn = (folder: string): number[] =>
  readdirSync(folder)
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
