/**
 * What the API server does with a patch and with a patched pod, as far as dropcap can meet it: the rules of its JSON Patch
 * library (evanphx/json-patch v4), and those parts of pod validation that look at the fields dropcap writes.
 */
import { containersIn, type Json, type JsonMap } from '../../pods.ts';
import type { PatchOperation } from '../../../src/engine/patch.ts';

const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const childOf = (parent: Json | undefined, token: string, path: string): Json | undefined => {
  if (Array.isArray(parent)) {
    if (!/^(0|[1-9]\d*)$/.test(token) || Number(token) >= parent.length) throw new Error(`no such index: ${path}`);
    return parent[Number(token)];
  }
  if (!isMap(parent)) throw new Error(`doc is missing path: ${path}`);
  return parent[token];
};

/** Applies a patch as the API server does. Throws where it answers 500, and for operations that dropcap never sends. */
export function applyAsApiServer(document: Json, patch: readonly PatchOperation[]): Json {
  const result = structuredClone(document);
  for (const operation of patch) {
    const { op, path } = operation;
    const tokens = path.split('/').slice(1);
    const key = tokens.pop()?.replaceAll('~1', '/').replaceAll('~0', '~');
    if (key === undefined) throw new Error('dropcap never replaces the whole document');
    const parent = tokens.reduce((at: Json | undefined, token) => childOf(at, token, path), result);
    if (Array.isArray(parent)) throw new Error(`dropcap never writes into a list: ${path}`);
    if (!isMap(parent)) throw new Error(`doc is missing path: ${path}`);
    if (op === 'add') parent[key] = structuredClone(operation.value) as Json;
    else if (!Object.hasOwn(parent, key)) throw new Error(`unable to remove nonexistent key: ${path}`);
    else Reflect.deleteProperty(parent, key);
  }
  return result;
}

const WINDOWS_FORBIDS = ['capabilities', 'privileged', 'allowPrivilegeEscalation'];

/** Why the API server's validation refuses a pod: the rules that read the fields that dropcap may write. */
export function refusals(pod: Json): string[] {
  const spec = isMap(pod) && isMap(pod['spec']) ? pod['spec'] : {};
  const windows = isMap(spec['os']) && spec['os']['name'] === 'windows';
  return containersIn(pod).flatMap(({ path, json, security }) => {
    const context = json['securityContext'];
    const refused: string[] = [];
    if (security.allowPrivilegeEscalation === false && security.privileged)
      refused.push(`${path}: cannot set allowPrivilegeEscalation to false and privileged to true`);
    // The one spelling that it knows, in this case only.
    if (security.allowPrivilegeEscalation === false && security.add.includes('CAP_SYS_ADMIN'))
      refused.push(`${path}: cannot set allowPrivilegeEscalation to false and capabilities.Add CAP_SYS_ADMIN`);
    if (windows && isMap(context))
      for (const field of WINDOWS_FORBIDS)
        if (context[field] != null) refused.push(`${path}: ${field} cannot be set for a windows pod`);
    return refused;
  });
}
