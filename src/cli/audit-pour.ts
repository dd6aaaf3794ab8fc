/** Writes a stream of texts as fast as they are taken. */
import type { Writable } from 'node:stream';
import { NOT_WRITTEN, type Context } from './context.ts';

// A write for each line costs more than making it.
const ENOUGH = 64 * 1024;

/** Resolves once more can be written, or nothing can be any more. */
const drained = (to: Writable): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      for (const event of ['drain', 'error', 'close']) to.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'error', 'close']) to.on(event, done);
  });

/**
 * Writes texts to stdout. At once where `enough` is 0, else as soon as so many characters wait. Ends early where nobody takes
 * them any more: a reader that goes away is no error, anything else ends the command with 1 (the process says why).
 */
export async function pour(
  texts: AsyncIterable<string>,
  { stdout, exit }: Context,
  enough: number = ENOUGH,
): Promise<void> {
  let failure: NodeJS.ErrnoException | undefined;
  const failed = (error: Error): void => void (failure ??= error);
  stdout.on('error', failed);
  let waiting = '';
  const flush = async (): Promise<void> => {
    const taken = waiting === '' || stdout.write(waiting);
    waiting = '';
    if (!taken) await drained(stdout);
  };
  for await (const text of texts) {
    waiting += text;
    if (waiting.length >= enough) await flush();
    if (failure !== undefined) break;
  }
  if (failure === undefined) await flush();
  stdout.off('error', failed);
  if (failure !== undefined && failure.code !== 'EPIPE') exit(NOT_WRITTEN);
}
