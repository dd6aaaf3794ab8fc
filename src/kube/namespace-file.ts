/** The labels of namespaces from a file of Namespace documents, for running without a cluster. */
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { labelsAt, objectAt, stringAt, type JsonObject } from '../engine/pod.ts';
import type { Labels } from '../engine/selector.ts';
import { nameLabel, type NamespaceSource } from './source.ts';

/** Documents with the members of Lists in place of the Lists. */
const flat = (documents: readonly unknown[]): JsonObject[] =>
  documents.flatMap((document) => {
    if (typeof document !== 'object' || document === null || Array.isArray(document)) return [];
    const object = document as JsonObject;
    const isList = object['kind'] === 'List' || object['kind'] === 'NamespaceList';
    return isList && Array.isArray(object['items']) ? flat(object['items']) : [object];
  });

/** The labels of every Namespace among some documents, Lists included; other kinds are passed over. */
export function namespacesIn(documents: readonly unknown[]): Map<string, Labels> {
  const found = new Map<string, Labels>();
  for (const object of flat(documents)) {
    if (object['kind'] !== 'Namespace') continue;
    const metadata = objectAt(object['metadata'], '/metadata') ?? {};
    const name = stringAt(metadata['name'], '/metadata/name');
    found.set(name, { ...labelsAt(metadata['labels'], '/metadata/labels'), ...nameLabel(name) });
  }
  return found;
}

/** Reads a file of Namespace documents. Throws an error that names the file, and the line where the YAML is wrong. */
export function readNamespaceFile(file: string): Map<string, Labels> {
  const documents = parseAllDocuments(readFileSync(file, 'utf8'));
  const wrong = [...documents].flatMap((document) => document.errors)[0];
  if (wrong) throw new Error(`${file}:${wrong.linePos?.[0].line ?? 1}: ${wrong.message.split('\n')[0]!}`);
  try {
    return namespacesIn([...documents].map((document): unknown => document.toJS()));
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** A file as a source of labels. It knows the namespaces it names; any other is an error, never "no labels". */
export function namespaceFile(file: string): NamespaceSource {
  const namespaces = readNamespaceFile(file);
  return {
    cached: (namespace) => namespaces.get(namespace),
    fetch: (namespace) => Promise.reject(new Error(`namespace ${namespace} is not in ${file}`)),
    synced: () => true,
    close: () => Promise.resolve(),
  };
}
