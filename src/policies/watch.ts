/** Follows policy folders, and loads them again when their contents change. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { listen } from '../files/watch.ts';
import { loadSources, utcToday, type Loaded } from './load.ts';
import { PolicySource, type Reload } from './source.ts';
import { readSources } from './sources.ts';

/** How to follow policy folders. */
export interface WatchOptions {
  /** Told of every new set, good or bad; not of changes that leave the contents as they were. */
  readonly onReload?: (reload: Reload) => void;
  /** Between two looks at the folders where nothing is heard of them. Default 5 s. */
  readonly pollMs?: number;
  /** For how long contents must stay the same before they are taken. Default 100 ms. */
  readonly settleMs?: number;
  readonly today?: () => string;
}

/** The folder to listen to. A file is often replaced rather than written, and a watch on it would stay with the old one. */
const folderOf = (place: string): string =>
  statSync(place, { throwIfNoEntry: false })?.isFile() ? path.dirname(place) : place;

/**
 * Follows some folders from the set that was loaded from them, which must be good. A ConfigMap's switch of `..data` is a
 * change like any other. Contents are taken when two looks in a row agree, so never a file that is half written, nor half
 * of a switch.
 */
export function watchPolicies(places: readonly string[], first: Loaded, options: WatchOptions = {}): PolicySource {
  const { onReload, pollMs = 5_000, settleMs = 100, today = utcToday } = options;
  const source = new PolicySource(first);
  let taken = first.version;
  let before = first.version;
  let settling: NodeJS.Timeout | undefined;
  const look = (): void => {
    settling = undefined;
    const sources = readSources(places);
    const settled = sources.version === before;
    before = sources.version;
    if (!settled) soon();
    if (!settled || sources.version === taken) return;
    taken = sources.version;
    const reload = source.offer(loadSources(places, sources, today()));
    onReload?.(reload);
  };
  const soon = (): void => {
    settling ??= setTimeout(look, settleMs).unref();
  };
  const watchers = places.map((place) => listen(folderOf(place), soon));
  const poll = setInterval(() => {
    if (!settling) look();
  }, pollMs).unref();
  source.onClose(() => {
    clearInterval(poll);
    clearTimeout(settling);
    for (const watcher of watchers) watcher?.close();
  });
  return source;
}
