/** The AdmissionReview that goes back. */
import type { PatchOperation } from '../engine/patch.ts';

/** What the API server is told. */
export type Answer =
  | {
      readonly allowed: true;
      readonly patch: readonly PatchOperation[];
      readonly warnings: readonly string[];
      readonly auditAnnotations: Readonly<Record<string, string>>;
    }
  | { readonly allowed: false; readonly message: string };

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
  const head = `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":${JSON.stringify(uid)},`;
  if (!answer.allowed)
    return `${head}"allowed":false,"status":{"message":${JSON.stringify(answer.message)},"reason":"Forbidden","code":403}}}`;
  const { patch, warnings, auditAnnotations } = answer;
  let text = `${head}"allowed":true`;
  if (patch.length > 0) text += `,"patchType":"JSONPatch","patch":"${base64(JSON.stringify(patch))}"`;
  if (warnings.length > 0) text += `,"warnings":${JSON.stringify(warnings)}`;
  if (!isEmpty(auditAnnotations)) text += `,"auditAnnotations":${JSON.stringify(auditAnnotations)}`;
  return `${text}}}`;
}
