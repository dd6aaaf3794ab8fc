/** Reading a request's body: bounded in bytes, depth and number of nodes, while the bytes arrive. */
import type { IncomingMessage } from 'node:http';
import { MAX_BYTES, StructureScan } from '../admission/bounds.ts';
import { Unreadable } from '../engine/unreadable.ts';

/** A body this small cannot hold up the event loop, whatever it holds: it is parsed without being scanned first. */
const SCANNED_FROM = 64 * 1024;

const tooLarge = (): Unreadable => new Unreadable('too-large', `body: larger than ${MAX_BYTES} bytes`);

/** Calls back once, with the whole body or with why it is not taken. Never calls back where the client goes away. */
export function readBody(request: IncomingMessage, done: (body: Buffer | Unreadable) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let scan: StructureScan | undefined;
  const examine = (chunk: Buffer): void => {
    if (bytes > MAX_BYTES) throw tooLarge();
    if (scan) scan.push(chunk);
    else if (bytes > SCANNED_FROM) {
      scan = new StructureScan();
      for (const each of chunks) scan.push(each);
    }
  };
  const onData = (chunk: Buffer): void => {
    bytes += chunk.length;
    chunks.push(chunk);
    try {
      examine(chunk);
    } catch (error) {
      request.off('data', onData);
      request.off('end', onEnd);
      done(error as Unreadable);
    }
  };
  const onEnd = (): void => done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes));
  request.on('data', onData);
  request.on('end', onEnd);
  // A client that goes away is nothing to report, and an error nobody listens to would end the process.
  request.on('error', () => undefined);
}

/** Parses a body. The parser's own message quotes the text, which may hold secrets, so it is not passed on. */
export function parseBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    throw new Unreadable('not-json', 'body: not JSON');
  }
}
