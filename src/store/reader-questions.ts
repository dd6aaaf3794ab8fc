/** Questions to a reader that can be given up, and that end by themselves when they take too long. */
import type { AuditRecord } from '../audit/record.ts';
import type { AuditFilter, AuditReader } from './terms.ts';

/** A reader that has records as text, too. */
export interface LineReader extends AuditReader {
  /** All records, the oldest first, as lines of JSON in UTF-8, some at a time: written where they are read, and not here. */
  lines(filter: AuditFilter): AsyncIterable<Uint8Array>;
}

/** A reader whose questions can be given up. Each of them rejects with `TooSlow` after half a minute. */
export interface PatientReader extends LineReader {
  /** The same reader, whose questions reject with the reason of a signal once it has one. */
  until(signal: AbortSignal): LineReader;
}

/** The questions that have one answer. */
export type Method = Exclude<keyof AuditReader, 'records' | 'close'>;

/** What answers questions: those of a reader, with its arguments. Each of them ends at a signal. */
export interface Source {
  ask(method: Method, args: readonly unknown[], signal: AbortSignal | undefined): Promise<unknown>;
  records(filter: AuditFilter, signal: AbortSignal | undefined): AsyncIterable<AuditRecord>;
  lines(filter: AuditFilter, signal: AbortSignal | undefined): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** Asks a reader by the name of the question. */
export const askReader = (reader: AuditReader, method: Method, args: readonly unknown[]): Promise<unknown> =>
  (reader[method] as (...args: readonly unknown[]) => Promise<unknown>)(...args);

/** Makes a reader of what answers questions. */
export function patientReader(source: Source): PatientReader {
  const until = (signal?: AbortSignal): LineReader => {
    const asking =
      <M extends Method>(method: M) =>
      (...args: Parameters<AuditReader[M]>) =>
        source.ask(method, args, signal) as ReturnType<AuditReader[M]>;
    return {
      list: asking('list'),
      show: asking('show'),
      uids: asking('uids'),
      stats: asking('stats'),
      postures: asking('postures'),
      lastUse: asking('lastUse'),
      records: (filter) => source.records(filter, signal),
      lines: (filter) => source.lines(filter, signal),
      close: () => source.close(),
    };
  };
  return { ...until(), until };
}

/** How long a question may take, in milliseconds. */
export const LONGEST_MS = 30_000;

/** A question that took too long. */
export class TooSlow extends Error {
  override readonly name = 'TooSlow';

  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds / 1000} s; a shorter period is answered faster`);
  }
}

/** How long to wait: until a signal says so, or for so many milliseconds. */
export interface Patience {
  readonly signal: AbortSignal | undefined;
  readonly longestMs: number;
}

/** Settles as a promise does, but rejects when it is given up, or with `TooSlow`; then `onGivenUp` is called first. */
export async function patiently<T>(
  answer: Promise<T>,
  { signal, longestMs }: Patience,
  onGivenUp: () => void = () => undefined,
): Promise<T> {
  const limit = AbortSignal.timeout(longestMs);
  const either = signal ? AbortSignal.any([signal, limit]) : limit;
  let giveUp: () => void = () => undefined;
  const givenUp = new Promise<never>((_, reject) => {
    giveUp = () => {
      onGivenUp();
      reject(limit.aborted ? new TooSlow(longestMs) : (either.reason as Error));
    };
    either.addEventListener('abort', giveUp);
    if (either.aborted) giveUp();
  });
  try {
    return await Promise.race([answer, givenUp]);
  } finally {
    either.removeEventListener('abort', giveUp);
  }
}
