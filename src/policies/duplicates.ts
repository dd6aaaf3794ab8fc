/** Keys that a map of a document has twice, or that no map can have. */
import { isMap, isSeq, type Document, type Node } from 'yaml';
import { keyText } from './place.ts';
import type { Path } from './render.ts';

/** A key that cannot stand where it does. */
export interface BadKey {
  readonly path: Path;
  /** Offset in the file. */
  readonly offset: number;
  /** Offset of the same key before it; undefined where the key itself is the fault. */
  readonly before: number | undefined;
}

interface Visit {
  readonly node: unknown;
  readonly path: Path;
}

function visitMap(
  node: { readonly items: readonly { key: unknown; value: unknown }[] },
  path: Path,
  bad: BadKey[],
): Visit[] {
  const seen = new Map<string, number>();
  return node.items.map((pair) => {
    const key = keyText(pair as Parameters<typeof keyText>[0]);
    const offset = (pair.key as Node | null)?.range?.[0] ?? 0;
    const before = seen.get(key);
    // Such a key changes what an object inherits instead of what it has, and so would go by unseen.
    if (before !== undefined || key === '__proto__') bad.push({ path: [...path, key], offset, before });
    else seen.set(key, offset);
    return { node: pair.value, path: [...path, key] };
  });
}

/** Every bad key of a document. What an alias stands for is looked at where it is written. */
export function badKeys(document: Document.Parsed): BadKey[] {
  const bad: BadKey[] = [];
  const ahead: Visit[] = [{ node: document.contents, path: [] }];
  for (let visit = ahead.pop(); visit; visit = ahead.pop()) {
    const { node, path } = visit;
    if (isMap(node)) for (const next of visitMap(node, path, bad)) ahead.push(next);
    else if (isSeq(node)) for (const [i, item] of node.items.entries()) ahead.push({ node: item, path: [...path, i] });
  }
  return bad;
}
