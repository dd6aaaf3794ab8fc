import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { listAt, mapAt, type Json, type JsonMap } from '../pods.ts';
import { files, MANIFESTS, objects, objectsIn, read, textAt } from './manifests.ts';

const kustomizations = files.filter((file) => file.endsWith('kustomization.yaml'));

const texts = (list: readonly Json[]): string[] => list.filter((one) => typeof one === 'string');

/** The paths that a kustomization names, from the folder of all manifests. */
function namedBy(file: string): string[] {
  const json = objectsIn(file)[0]!.json;
  const patches = listAt(json, 'patches').flatMap((patch) => mapAt({ patch }, 'patch')['path'] ?? []);
  const generated = listAt(json, 'configMapGenerator').flatMap((one) => listAt(one, 'files'));
  const named = [...listAt(json, 'resources'), ...listAt(json, 'components'), ...patches, ...generated];
  return texts(named).map((path) => normalize(join(dirname(file), path)));
}

const named = kustomizations.flatMap(namedBy);

test.each(kustomizations)('what %s names is there', (file) => {
  const paths = namedBy(file);
  expect(paths.length + listAt(objectsIn(file)[0]!.json, 'patches').length).toBeGreaterThan(0);
  for (const path of paths) {
    const full = join(MANIFESTS, path);
    const found = existsSync(full) && statSync(full).isDirectory() ? join(full, 'kustomization.yaml') : full;
    expect({ path, isThere: existsSync(found) }).toEqual({ path, isThere: true });
  }
});

test('every file is named by a kustomization, and every component by an overlay', () => {
  const parts = files.map((file) => file.replace(/\/kustomization\.yaml$/, ''));
  const unnamed = parts.filter((part) => !named.includes(part));
  // The overlays are for people to name, and the whole is not part of anything.
  expect(unnamed.filter((part) => !part.startsWith('overlays/'))).toEqual(['kustomization.yaml']);
});

test('what is applied is of a version of its API that is stable', () => {
  const versions = new Set(objects.map(({ json }) => textAt(json, 'apiVersion')));
  expect([...versions].filter((version) => /alpha|beta/.test(version))).toEqual([]);
});

describe('the version', () => {
  const { version } = JSON.parse(readFileSync(join(MANIFESTS, '..', 'package.json'), 'utf8')) as { version: string };
  const all = files.map(read).join('\n');

  test('of every image is that of package.json', () => {
    const images = [...all.matchAll(/^\s+image: (\S+)/gm)].map(([, image]) => image);
    expect(images.length).toBeGreaterThanOrEqual(3);
    expect(new Set(images)).toEqual(new Set([`dropcap:${version}`]));
  });

  test('in every label is that of package.json', () => {
    const labels = [...all.matchAll(/app\.kubernetes\.io\/version: ([^\s,}]+)/g)].map(([, label]) => label);
    expect(labels.length).toBeGreaterThanOrEqual(6);
    expect(new Set(labels)).toEqual(new Set([version]));
  });
});

test('every object carries the two labels by which all of dropcap is found', () => {
  const without = objects.filter(({ json }) => {
    const labels: JsonMap = mapAt(json['metadata'], 'labels');
    return labels['app.kubernetes.io/name'] !== 'dropcap' || labels['app.kubernetes.io/part-of'] !== 'dropcap';
  });
  expect(without.map(({ file }) => file)).toEqual([]);
});

test('what belongs to a namespace is in dropcap-system', () => {
  const clusterWide = /^(Namespace|PriorityClass|ClusterRole|ClusterRoleBinding|.*WebhookConfiguration)$/;
  for (const { file, json } of objects) {
    const namespace = mapAt(json, 'metadata')['namespace'];
    const expected = clusterWide.test(textAt(json, 'kind')) ? undefined : 'dropcap-system';
    expect({ file, kind: json['kind'], namespace }).toEqual({ file, kind: json['kind'], namespace: expected });
  }
});
