import jsonpatch from 'fast-json-patch';
import type { PatchOperation } from '../engine/patch.ts';

/** A patched copy of the document's JSON, or undefined when the patch does not fit it. */
export function patched(json: unknown, patch: readonly PatchOperation[]): { json: unknown } | undefined {
  try {
    // A copy: applyPatch puts the value itself into the document, and then later operations write into it.
    const copy = JSON.parse(JSON.stringify(patch)) as PatchOperation[];
    return { json: jsonpatch.applyPatch<unknown>(json, copy, true, false).newDocument };
  } catch {
    return undefined;
  }
}
