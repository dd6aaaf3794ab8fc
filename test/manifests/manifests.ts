/** The manifests that people apply, read as they stand in the repository: what kustomize changes of them is only policy. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { podTemplatesOf, type PodTemplate } from '../../src/engine/template.ts';
import { listAt, mapAt, type Json, type JsonMap } from '../pods.ts';

/** Their folder. */
export const MANIFESTS = join(import.meta.dirname, '..', '..', 'manifests');

/** Every file in it, by its path from there. */
export const files: readonly string[] = globSync('**/*.{yaml,json}', { cwd: MANIFESTS }).sort();

/** The text of one of them. */
export const read = (file: string): string => readFileSync(join(MANIFESTS, file), 'utf8');

/** One object, and where it stands. */
export interface Manifest {
  readonly file: string;
  readonly json: JsonMap;
}

/** Every object in a file. */
export const objectsIn = (file: string): Manifest[] =>
  parseAllDocuments(read(file)).map((document) => ({ file, json: document.toJS() as JsonMap }));

const isObject = ({ json }: Manifest): boolean => !Array.isArray(json) && json['kind'] !== undefined;

/** Every object that is applied to a cluster as it stands there. Neither patches nor policies nor kustomizations. */
export const objects: readonly Manifest[] = files
  .filter((file) => file.endsWith('.yaml') && !file.endsWith('kustomization.yaml') && !file.includes('/policies/'))
  .flatMap(objectsIn)
  .filter(isObject);

/** The text at a path; throws where there is none. */
export function textAt(value: Json | undefined, key: string): string {
  const text = typeof value === 'object' && value !== null && !Array.isArray(value) ? value[key] : undefined;
  if (typeof text !== 'string') throw new Error(`${key}: found ${JSON.stringify(text)}, expected text`);
  return text;
}

/** The name of an object. */
export const nameOf = (json: JsonMap): string => textAt(json['metadata'], 'name');

/** The object of a kind and name; throws where there is not exactly one. */
export function objectOf(kind: string, name: string): JsonMap {
  const found = objects.filter(({ json }) => json['kind'] === kind && nameOf(json) === name);
  if (found.length !== 1) throw new Error(`${kind} ${name}: found ${found.length}, expected 1`);
  return found[0]!.json;
}

/** The pods of our own workloads. */
export const ownPods: readonly { readonly file: string; readonly kind: string; readonly pod: JsonMap }[] =
  objects.flatMap(({ file, json }) =>
    podTemplatesOf(json).map(({ kind, pod }: PodTemplate) => ({ file, kind, pod: pod as JsonMap })),
  );

/** Their only containers. */
export const onlyContainer = (pod: JsonMap): JsonMap => {
  const containers = listAt(pod['spec'], 'containers');
  if (containers.length !== 1) throw new Error(`found ${containers.length} containers, expected 1`);
  return containers[0] as JsonMap;
};

/** The webhook that the component `templates` adds. */
export const templatesWebhook = (): JsonMap => {
  const [patch] = objectsIn('components/templates/webhook.yaml');
  return mapAt((patch!.json as unknown as Json[])[0], 'value');
};

/** The webhooks of the two configurations, and that of the component `templates`. */
export const webhooks = (): JsonMap[] => [
  ...['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'].flatMap(
    (kind) => listAt(objectOf(kind, 'zz-dropcap'), 'webhooks') as JsonMap[],
  ),
  templatesWebhook(),
];
