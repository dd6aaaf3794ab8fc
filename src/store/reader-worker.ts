/** Answers questions about a store in a thread of its own, one after the other. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { AuditRecord } from '../audit/record.ts';
import { giveWay } from './give-way.ts';
import { openStore } from './open.ts';
import { askReader, type Method } from './reader-questions.ts';
import type { AuditFilter, AuditStore } from './terms.ts';

/** What the thread is asked: a question with one answer, or for the next of some records. */
export type Question =
  | { readonly method: Method; readonly args: readonly unknown[] }
  | { readonly method: 'records' | 'lines'; readonly filter: AuditFilter };

/** The next records, or the lines of them. */
export interface Part {
  readonly some: readonly AuditRecord[] | Uint8Array;
  readonly isLast: boolean;
}

/** What it answers. */
export type Answered = { readonly value: unknown } | { readonly error: string };

/** Records of one answer: reading them out of a message costs the thread that asks, and takes a millisecond or two. */
const RECORDS = 100;

let store: AuditStore | undefined;
let records: AsyncIterator<AuditRecord> | undefined;

async function nextRecords(opened: AuditStore, filter: AuditFilter): Promise<Part & { some: readonly AuditRecord[] }> {
  records ??= opened.records(filter)[Symbol.asyncIterator]();
  const some: AuditRecord[] = [];
  while (some.length < RECORDS) {
    const next = await records.next();
    if (next.done === true) return { some, isLast: true };
    some.push(next.value);
  }
  return { some, isLast: false };
}

const linesOf = (some: readonly AuditRecord[]): Uint8Array =>
  new TextEncoder().encode(some.map((record) => `${JSON.stringify(record)}\n`).join(''));

async function answer(file: string, question: Question): Promise<Answered> {
  try {
    store ??= await openStore(file, { readOnly: true });
    if ('filter' in question) {
      const { some, isLast } = await nextRecords(store, question.filter);
      return { value: { some: question.method === 'lines' ? linesOf(some) : some, isLast } satisfies Part };
    }
    return { value: await askReader(store, question.method, question.args) };
  } catch (error) {
    // Opened anew the next time: the file may be another by then.
    await store?.close();
    store = undefined;
    return { error: (error as Error).message };
  }
}

/** Lines are handed over, not copied. */
function movable(answered: Answered): ArrayBuffer[] {
  const some = 'value' in answered ? (answered.value as Partial<Part> | undefined)?.some : undefined;
  return some instanceof Uint8Array ? [some.buffer as ArrayBuffer] : [];
}

function run(file: string, port: MessagePort): void {
  giveWay();
  port.on('message', (question: Question) => {
    void answer(file, question).then((answered) => port.postMessage(answered, movable(answered)));
  });
}

if (parentPort) run(workerData as string, parentPort);
