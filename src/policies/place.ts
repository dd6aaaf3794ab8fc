/** Where in its file a field of a document stands. */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Document,
  type LineCounter,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import type { Path } from './render.ts';

/** A line and a column, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The position of a field: of its value, of its key, or, where it is missing, of its parent. */
export type Locate = (path: Path, at?: 'value' | 'key') => Position;

/** The text of a key. */
export const keyText = ({ key }: Pair): string => String(isScalar(key) ? key.value : key);

const startOf = (node: unknown): number => (node as Node | null)?.range?.[0] ?? 0;

const isWritten = (node: unknown): boolean => isAlias(node) || (isScalar(node) && node.source !== '');

/** A map's pairs by their keys, made once for each map: a file of junk may ask for each of very many. */
function indexOfPairs(): (map: YAMLMap) => ReadonlyMap<string, Pair> {
  const indexes = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();
  return (map) => {
    const known = indexes.get(map);
    if (known) return known;
    const index = new Map(map.items.map((pair) => [keyText(pair), pair]));
    indexes.set(map, index);
    return index;
  };
}

interface Step {
  readonly node: unknown;
  readonly offset: number;
}

/** Makes the look-up for one document. */
export function locator(document: Document.Parsed, lines: LineCounter): Locate {
  const pairsOf = indexOfPairs();
  const into = ({ node }: Step, key: PropertyKey, at: 'value' | 'key'): Step | undefined => {
    if (isSeq(node)) {
      const item = node.items[Number(key)];
      return item === undefined ? undefined : { node: item, offset: startOf(item) };
    }
    const pair = isMap(node) ? pairsOf(node).get(String(key)) : undefined;
    if (!pair) return undefined;
    // A map or a list begins on a line of its own, below the key that a person looks for.
    const offset = at === 'value' && isWritten(pair.value) ? startOf(pair.value) : startOf(pair.key);
    return { node: pair.value, offset };
  };
  return (path, at = 'value') => {
    let here: Step = { node: document.contents, offset: startOf(document.contents) };
    for (const key of path) {
      const next = into(here, key, at);
      if (!next) break;
      here = next;
    }
    const { line, col } = lines.linePos(here.offset);
    return { line, column: col };
  };
}
