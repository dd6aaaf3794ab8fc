/** The lines of a journal: records, results of records, and what is neither. */
import type { AdmissionResult, ResultLine } from '../audit/admission-result.ts';
import type { Body } from '../audit/body.ts';
import type { JournalLine } from '../audit/journal-read.ts';
import type { JournalPosition } from '../audit/journal-segments.ts';
import type { AuditRecord } from '../audit/record.ts';
import { isTime } from './pass-id.ts';
import type { Shapes } from './shapes.ts';
import { wordsOfRecord } from './words.ts';
import type { Incoming } from './write.ts';

/** What some lines say. */
export interface Lines {
  readonly records: readonly Incoming[];
  readonly results: readonly ResultLine[];
  readonly unreadable: readonly JournalLine[];
  /** Where they end; undefined where there are none. */
  readonly end: JournalPosition | undefined;
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isMoment = (value: unknown): boolean => isText(value) && isTime(Date.parse(value as string));
const STATUSES: readonly unknown[] = [
  'admitted',
  'altered',
  'not-admitted',
  'unknown',
] satisfies AdmissionResult['status'][];

function isRecord({ uid, time, namespace, user, follows, findings, policies }: AuditRecord): boolean {
  return (
    [uid, namespace, user, follows ?? ''].every(isText) &&
    isMoment(time) &&
    Array.isArray(findings) &&
    Array.isArray(policies)
  );
}

const isResult = ({ uid, recorded, result }: ResultLine): boolean =>
  isText(uid) && isMoment(recorded) && STATUSES.includes(result.status) && isMoment(result.time);

function readingOf({ head, shape: text }: Body, shapes: Shapes): Incoming | ResultLine | undefined {
  try {
    const shape = text === '' ? undefined : shapes.of(text);
    const read = JSON.parse(head) as AuditRecord | ResultLine;
    if ('result' in read) return isResult(read) ? read : undefined;
    const record = shape ? { ...read, ...shape.fields } : read;
    // Words can only be read off what is as it should be.
    return isRecord(record) ? { record, words: wordsOfRecord(record), head, shape } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads lines; those that are neither are told apart, and never an error. Each as it comes: a second's lines are megabytes, and
 * most of each is a shape that is there already.
 */
export function linesOf(journal: Iterable<JournalLine>, shapes: Shapes): Lines {
  const [records, results, unreadable]: [Incoming[], ResultLine[], JournalLine[]] = [[], [], []];
  let end: JournalPosition | undefined;
  for (const one of journal) {
    const reading = readingOf(one, shapes);
    if (!reading) unreadable.push(one);
    else if ('result' in reading) results.push(reading);
    else records.push(reading);
    end = one.next;
  }
  return { records, results, unreadable, end };
}
