/** Says on stderr what is being done, where it takes longer than a second and a person is watching. */
import { basename } from 'node:path';
import { printable } from '../audit/printable.ts';
import type { Context } from './context.ts';

/** How far some work is. */
export interface Progress {
  /** Told before each part, with the part's name and size in bytes. */
  readonly next: (name: string, bytes: number) => void;
  /** Told once all is done: nothing of it is left on the screen. */
  readonly end: () => void;
}

const QUIET: Progress = { next: () => undefined, end: () => undefined };

const PATIENCE_MS = 1_000;
const AGAIN_MS = 100;
// Manifests are read at a quarter of a megabyte to two in a second. Nothing can be said while one is being read.
const LONG_BYTES = 1_000_000;
const ERASE = '\r\u001b[K';

const sized = (bytes: number): string => (bytes < LONG_BYTES ? '' : ` (${Math.round(bytes / 1e6)} MB)`);

/**
 * The progress of work on `total` files, in words such as `reading`. Silent where stderr is no terminal, or one that cannot
 * erase a line (`TERM=dumb`).
 */
export function progressOf({ stderr, env }: Pick<Context, 'stderr' | 'env'>, doing: string, total: number): Progress {
  const { isTTY, columns } = stderr as { isTTY?: boolean; columns?: number };
  if (isTTY !== true || env['TERM'] === 'dumb') return QUIET;
  // A terminal without a size has zero columns. A line that fills the last one would not be erased whole.
  const room = (columns || 80) - 1;
  let done = 0;
  let shown = false;
  let due = performance.now() + PATIENCE_MS;
  return {
    next: (name, bytes) => {
      done++;
      const now = performance.now();
      if (now < due && bytes < LONG_BYTES) return;
      const place = total === 1 ? '' : `${done} of ${total} files: `;
      const text = printable(`${doing} ${place}${basename(name)}${sized(bytes)}`);
      stderr.write(ERASE + (text.length > room ? `${text.slice(0, Math.max(0, room - 1))}…` : text));
      shown = true;
      due = now + AGAIN_MS;
    },
    end: () => {
      if (shown) stderr.write(ERASE);
    },
  };
}
