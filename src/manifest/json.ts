import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type YAMLMap } from 'yaml';
import { isMergeKey, keyOf } from './schema.ts';

/** The values behind the anchors met so far, with the number of characters that each takes up when written out. */
export interface Reading {
  readonly anchors: Map<string, { json: unknown; size: number }>;
  size: number;
}

/** A document that parses as YAML but has no value: an alias of nothing, a merge of something that is not a map. */
export class Unreadable extends Error {
  /** Where in the document's text. */
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

// Ten aliases of ten aliases of ten … make a few lines expand to gigabytes. The largest object that etcd takes is 1.5 MB.
const MAX_EXPANDED = 10_000_000;

/** The JSON that kubectl would make of this node; aliases are expanded. Throws {@link Unreadable}. */
export function jsonOf(node: ParsedNode | null, reading: Reading): unknown {
  if (isAlias(node)) return expanded(node.source, node.range[0], reading);
  const before = reading.size;
  const json = literal(node, reading);
  const { anchor } = node ?? {};
  if (anchor !== undefined) reading.anchors.set(anchor, { json, size: reading.size - before });
  return json;
}

function literal(node: ParsedNode | null, reading: Reading): unknown {
  if (isMap(node)) return objectOf(node, reading);
  if (isSeq(node)) return node.items.map((item) => jsonOf(item, reading));
  if (!isScalar(node)) return null;
  reading.size += node.source.length + 1;
  return node.value ?? null;
}

function expanded(name: string, offset: number, reading: Reading): unknown {
  const target = reading.anchors.get(name);
  if (!target) throw new Unreadable(offset, `The alias *${name} has no anchor &${name} before it.`);
  reading.size += target.size;
  if (reading.size > MAX_EXPANDED) {
    throw new Unreadable(offset, `The aliases of this document expand to more than ${MAX_EXPANDED} characters.`);
  }
  return target.json;
}

function objectOf(map: YAMLMap.Parsed, reading: Reading): Record<string, unknown> {
  const entries = new Map<string, unknown>();
  const written = new Set<string>();
  for (const { key, value } of map.items) {
    if (isMergeKey(key)) {
      for (const [name, inherited] of mergedEntries(value, reading)) entries.set(name, inherited);
    } else {
      if ('anchor' in key) jsonOf(key, reading);
      const name = keyOf(key);
      if (written.has(name)) throw new Unreadable(key.range[0], `The key ${name} is given twice in the same map.`);
      written.add(name);
      entries.set(name, jsonOf(value, reading));
    }
  }
  // Unlike assignment, fromEntries makes a key named __proto__ an ordinary one.
  return Object.fromEntries(entries);
}

/**
 * What `<<: value` brings into its map. It overwrites the keys written above it: YAML's own definition has it the other
 * way round, but go-yaml v2 reads `{p: false, <<: {p: true}}` as true, and so does the API server.
 */
export function mergedEntries(value: ParsedNode | null, reading: Reading): [string, unknown][] {
  const json = jsonOf(value, reading);
  // Of several maps in a list the first wins.
  const sources = Array.isArray(json) ? json.toReversed() : [json];
  return sources.flatMap((source: unknown) => {
    if (isObject(source)) return Object.entries(source);
    throw new Unreadable(value?.range[0] ?? 0, 'A merge key (<<) takes a map, an alias of a map or a list of these.');
  });
}

/** Whether this JSON value is an object, not a list and not null. */
export function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
