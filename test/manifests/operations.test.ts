import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import jsonPatch from 'fast-json-patch';
import { parse } from 'yaml';
import { listAt, mapAt, type Json, type JsonMap } from '../pods.ts';
import { MANIFESTS, nameOf, objects, textAt } from './manifests.ts';

const root = join(MANIFESTS, '..');
const text = readFileSync(join(root, 'docs', 'operations.md'), 'utf8');
const blocks = [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, block]) => parse(block!.trim()) as JsonMap);

/** The patches in the page, each with the objects that its target selects. */
const patches = blocks.flatMap((block) =>
  listAt(block, 'patches').map((patch) => {
    const { group, kind, name } = mapAt(patch, 'target') as Record<string, string | undefined>;
    const selected = objects.filter(
      ({ json }) =>
        (kind === undefined || kind === json['kind']) &&
        (group === undefined || textAt(json, 'apiVersion').startsWith(`${group}/`)) &&
        new RegExp(`^${name}$`).test(nameOf(json)),
    );
    return { target: `${kind ?? group} ${name}`, operations: parse(textAt(patch, 'patch')) as Json[], selected };
  }),
);

describe('docs/operations.md', () => {
  test('names only folders of manifests that are there', () => {
    const paths = new Set([...text.matchAll(/\bmanifests(?:\/[a-z-]+)*/g)].map(([path]) => path));
    expect(paths.size).toBeGreaterThan(5);
    expect([...paths].filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test('names only objects of ours that the manifests make', () => {
    const named = [...text.matchAll(/(deployment|cronjob|secret|job)[/ ](dropcap(?:-[a-z]+)*)\b/g)];
    expect(named.length).toBeGreaterThan(5);
    for (const [, kind, name] of named) {
      const made = objects.filter(({ json }) => textAt(json, 'kind').toLowerCase() === kind && nameOf(json) === name);
      expect({ kind, name, made: made.length }).toEqual({ kind, name, made: 1 });
    }
  });

  test.each(patches)('its patch of $target fits what it selects', ({ operations, selected }) => {
    expect(selected.length).toBeGreaterThan(0);
    for (const { json } of selected) {
      const { newDocument } = jsonPatch.applyPatch(structuredClone(json), operations as never, true);
      expect(newDocument).not.toEqual(json);
    }
  });

  test('narrows in the NetworkPolicies what stands for the API server, and nothing else', () => {
    const [, ...narrowed] = patches.flatMap(({ target, operations }) =>
      target.startsWith('NetworkPolicy') ? operations.map((operation) => textAt(operation, 'path')) : [],
    );
    expect(narrowed).toEqual(['/spec/ingress/0/from']);
    for (const { json } of objects.filter(({ json: { kind } }) => kind === 'NetworkPolicy')) {
      const [, server] = listAt(json['spec'], 'egress');
      expect(listAt(server, 'ports').map((port) => (port as JsonMap)['port'])).toEqual([443, 6443]);
    }
  });
});
