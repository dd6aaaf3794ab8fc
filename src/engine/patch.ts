/**
 * The one place that makes a patch: RFC 6902, whole lists, `add` and `remove` only. `replace` of a missing key succeeds in
 * the API server's library and fails in others; a failing `test` rejects the pod whatever the failurePolicy.
 */
import {
  containerPaths,
  objectAt,
  type Container,
  type ContainerPaths,
  type JsonObject,
  type SecurityFields,
} from './pod.ts';

/** One operation of a patch. */
export type PatchOperation =
  | { readonly op: 'add'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/** A key as a reference token of a JSON pointer. */
export const escapeToken = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

function writeLists(patch: PatchOperation[], paths: ContainerPaths, container: Container, next: SecurityFields): void {
  const was = container.security;
  if (!container.hasCapabilities) patch.push({ op: 'add', path: paths.capabilities, value: {} });
  if (next.drop !== was.drop) patch.push({ op: 'add', path: paths.drop, value: [...next.drop] });
  if (next.add === was.add) return;
  if (next.add.length > 0) patch.push({ op: 'add', path: paths.add, value: [...next.add] });
  else patch.push({ op: 'remove', path: paths.add });
}

/** Appends what makes a container's fields as they should be. Parents that are absent or null come first. */
export function writeFields(patch: PatchOperation[], base: string, container: Container, next: SecurityFields): void {
  const was = container.security;
  if (next === was) return;
  const paths = containerPaths(base, container);
  if (!container.hasSecurityContext) patch.push({ op: 'add', path: paths.context, value: {} });
  if (next.drop !== was.drop || next.add !== was.add) writeLists(patch, paths, container, next);
  const value = next.allowPrivilegeEscalation;
  if (value !== was.allowPrivilegeEscalation) patch.push({ op: 'add', path: paths.allowPrivilegeEscalation, value });
}

/** An annotation's key, and as a reference token. */
export interface AnnotationKey {
  readonly key: string;
  readonly token: string;
}

/** An annotation as it should be. */
export type Annotation = readonly [AnnotationKey, value: string];

/** Appends what sets some annotations. Writes nothing of those that have their values. */
export function writeAnnotations(
  patch: PatchOperation[],
  base: string,
  pod: JsonObject,
  wanted: readonly Annotation[],
): void {
  const metadata = objectAt(pod['metadata'], '/metadata');
  const annotations = objectAt(metadata?.['annotations'], '/metadata/annotations');
  const missing = wanted.filter(([{ key }, value]) => annotations?.[key] !== value);
  if (missing.length === 0) return;
  if (!metadata) patch.push({ op: 'add', path: `${base}/metadata`, value: {} });
  if (!annotations) patch.push({ op: 'add', path: `${base}/metadata/annotations`, value: {} });
  for (const [{ token }, value] of missing)
    patch.push({ op: 'add', path: `${base}/metadata/annotations/${token}`, value });
}
