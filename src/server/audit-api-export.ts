import type { Request, Response } from 'express';

/** How long who reads may take for what was written at once, in milliseconds. */
const TAKEN_WITHIN_MS = 30_000;

/** Resolves once more can be written, or nothing can be any more. Who does not read is cut off. */
const drained = (response: Response): Promise<void> =>
  new Promise((resolve) => {
    const late = setTimeout(() => response.destroy(), TAKEN_WITHIN_MS);
    const done = (): void => {
      clearTimeout(late);
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });

/**
 * Sends lines of JSON as fast as they are taken. Rejects where the first cannot be read; what fails later cuts the answer off, so
 * that nobody takes it for all of them.
 */
export async function sendLines(lines: AsyncIterable<Uint8Array>, request: Request, response: Response): Promise<void> {
  const reading = lines[Symbol.asyncIterator]();
  try {
    let next = await reading.next();
    response.writeHead(200, {
      'content-type': 'application/jsonl',
      'content-disposition': 'attachment; filename="audit.jsonl"',
    });
    for (; request.method !== 'HEAD' && next.done !== true && !response.destroyed; next = await reading.next())
      if (!response.write(next.value)) await drained(response);
    response.end();
  } catch (error) {
    if (!response.headersSent) throw error;
    response.destroy();
  } finally {
    await reading.return?.();
  }
}
