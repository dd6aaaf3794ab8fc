/** The AdmissionReview that goes back. */
import type { PatchOperation } from '../engine/patch.ts';

/** What the client and the API server's audit log are told, whatever the answer. */
interface Said {
  readonly warnings: readonly string[];
  readonly auditAnnotations: Readonly<Record<string, string>>;
}

/** What the API server is told. */
export type Answer =
  | (Said & { readonly allowed: true; readonly patch: readonly PatchOperation[] })
  | (Said & { readonly allowed: false; readonly message: string });

/** Base64 of a text's UTF-8, which Node and browsers name differently: the caller brings it. */
export type Base64 = (text: string) => string;

const isEmpty = (map: object): boolean => {
  for (const _ in map) return false;
  return true;
};

/**
 * The body of the response. A patch never goes without its type, nor the type without a patch: the API server takes either
 * alone for a failed call.
 */
export function encode(uid: string, answer: Answer, base64: Base64): string {
  let text = `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":${JSON.stringify(uid)},`;
  if (!answer.allowed)
    text += `"allowed":false,"status":{"message":${JSON.stringify(answer.message)},"reason":"Forbidden","code":403}`;
  else text += '"allowed":true';
  if (answer.allowed && answer.patch.length > 0)
    text += `,"patchType":"JSONPatch","patch":"${base64(JSON.stringify(answer.patch))}"`;
  if (answer.warnings.length > 0) text += `,"warnings":${JSON.stringify(answer.warnings)}`;
  if (!isEmpty(answer.auditAnnotations)) text += `,"auditAnnotations":${JSON.stringify(answer.auditAnnotations)}`;
  return `${text}}}`;
}
