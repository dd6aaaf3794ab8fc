/** Tells when files change: by the system's notifications where there are any, and by looking every few seconds where not. */
import { watch, type FSWatcher } from 'node:fs';

/** Wait for a change to be whole: a mounted ConfigMap or Secret swaps one symlink, an editor writes several times. */
const SETTLE_MS = 100;
const LOOK_MS = 10_000;

/** Hears of changes in a folder at once where the system tells; undefined where it does not, or there is no such folder. */
export function listen(folder: string, onChange: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, onChange);
    // A watcher that fails later is no loss: whoever listens also looks from time to time.
    return watcher.on('error', () => watcher.close());
  } catch {
    return undefined;
  }
}

/**
 * Calls back a moment after something in one of these folders changes, and every few seconds all the same; whether the
 * content is new is for the caller to see. Folders, not files: of a mount's files only the `..data` symlink beside them is
 * ever replaced. Returns how to stop.
 */
export function watchFolders(folders: readonly string[], onChange: () => void): () => void {
  let settling: NodeJS.Timeout | undefined;
  const changed = (): void => {
    settling ??= setTimeout(() => {
      settling = undefined;
      onChange();
    }, SETTLE_MS).unref();
  };
  const watchers = [...new Set(folders)].map((folder) => listen(folder, changed));
  const looking = setInterval(onChange, LOOK_MS).unref();
  return () => {
    clearTimeout(settling);
    clearInterval(looking);
    for (const watcher of watchers) watcher?.close();
  };
}
