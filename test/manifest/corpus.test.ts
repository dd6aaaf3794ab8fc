import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { diffArrays } from 'diff';
import jsonpatch from 'fast-json-patch';
import { editManifest } from '../../src/manifest/edit.ts';
import type { PatchOperation } from '../../src/engine/patch.ts';
import { readManifest, type Manifest } from '../../src/manifest/read.ts';
import { CORPUS, hasCorpus } from '../corpus.ts';

const onCorpus = hasCorpus ? test : test.skip;

const files = ['A-manifests', 'B-peers'].flatMap((folder) =>
  globSync('**/*', { cwd: join(CORPUS, folder), withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name)),
);
const manifests = files.map((file) => readManifest(readFileSync(file, 'utf8'), relative(CORPUS, file)));

const unreadable = {
  'etcd-controller.yaml': 'The key selector is given twice in the same map.',
  'etcd-discovery-controller.yaml': 'The key selector is given twice in the same map.',
  'openshift-controller.yaml': 'The key selector is given twice in the same map.',
  'form-prefix-file.json': 'Implicit keys need to be on a single line.',
  'form-prefix-not-file.json': 'Implicit keys need to be on a single line.',
};

type Patches = Map<number, PatchOperation[]>;
type PatchMaker = (json: unknown) => PatchOperation[];

describe('on every manifest of the corpus', () => {
  onCorpus('only files that kubectl would refuse are refused', () => {
    const errors = manifests
      .flatMap((manifest) => manifest.errors)
      .map(({ file, message }) => [file.split('/').at(-1), message]);
    expect(Object.fromEntries(errors)).toEqual(unreadable);
  });

  onCorpus('hardening its containers changes only lines of their security contexts', () => {
    const { edited, rewritten } = editAll(hardenContainers, isSecurityContextLine);
    report(`${edited} documents hardened in place`, rewritten);
    expect(edited).toBeGreaterThan(800);
    expect(rewritten).toEqual([]);
  });

  onCorpus('taking its security contexts away changes only their lines', () => {
    const { edited, rewritten } = editAll(removeSecurityContexts, () => true);
    report(`${edited} documents stripped of security contexts in place`, rewritten);
    expect(edited).toBeGreaterThan(500);
    expect(rewritten).toEqual([]);
  });

  onCorpus('annotating its objects changes only the lines of the annotation', () => {
    const { edited, rewritten } = editAll(annotate, (line) =>
      /^\s*"?(?:metadata|annotations|dropcap\.dev\/hardened)\b|^\s*[{}]+,?$/.test(line),
    );
    report(`${edited} documents annotated in place`, rewritten);
    expect(edited).toBeGreaterThan(1200);
    expect(rewritten).toEqual([]);
  });
});

function report(what: string, rewritten: readonly string[]): void {
  process.stdout.write(`corpus: ${what}, ${rewritten.length} rewritten ${rewritten.join(' ')}\n`);
}

function editAll(patchOf: PatchMaker, isExpected: (line: string) => boolean) {
  const rewritten: string[] = [];
  let edited = 0;
  for (const manifest of manifests) {
    const { file } = manifest;
    const patches: Patches = new Map(manifest.documents.map(({ index, json }) => [index, patchOf(json)]));
    if (patches.values().every((patch) => patch.length === 0)) continue;
    const result = editManifest(manifest, patches);
    expect([file, result.refused]).toEqual([file, []]);
    expectPatched(manifest, patches, result.text);
    expect([file, unexpectedChanges(manifest.text, result.text, isExpected)]).toEqual([file, []]);
    if (!patches.values().some(isRemovalOnly))
      expect([file, lostComments(manifest.text, result.text)]).toEqual([file, []]);
    edited += patches
      .values()
      .filter((patch) => patch.length > 0)
      .toArray().length;
    rewritten.push(...result.rewritten.map((index) => `${manifest.file}#${index}`));
  }
  return { edited, rewritten };
}

// The comments in what is removed go with it.
function isRemovalOnly(patch: readonly PatchOperation[]): boolean {
  return patch.length > 0 && patch.every(({ op }) => op === 'remove');
}

function expectPatched(manifest: Manifest, patches: Patches, text: string): void {
  const { documents } = readManifest(text, manifest.file);
  const wanted = manifest.documents.map(({ index, json }) => {
    const [copy, patch] = JSON.parse(JSON.stringify([json, patches.get(index) ?? []])) as [unknown, PatchOperation[]];
    return jsonpatch.applyPatch(copy, patch).newDocument;
  });
  // Not toEqual: on the larger files it takes longer than everything else together.
  expect([
    manifest.file,
    isDeepStrictEqual(
      documents.map(({ json }) => json),
      wanted,
    ),
  ]).toEqual([manifest.file, true]);
}

// In JSON an entry that is no longer the last one gets a comma, and the other way round.
function unexpectedChanges(before: string, after: string, isExpected: (line: string) => boolean): string[] {
  const lines = diffArrays(before.split(/\r?\n/), after.split(/\r?\n/))
    .filter(({ added, removed }) => added || removed)
    .flatMap(({ value, added }) => value.map((line) => ({ line, added })));
  const bare = (line: string) => line.replace(/,$/, '');
  const isComma = (line: string, added: boolean) =>
    lines.some((other) => other.added !== added && other.line !== line && bare(other.line) === bare(line));
  return lines.filter(({ line, added }) => !isExpected(line) && !isComma(line, added)).map(({ line }) => line);
}

function isSecurityContextLine(line: string): boolean {
  return (
    /^\s*(?:- )?"?(?:securityContext|capabilities|drop|add|allowPrivilegeEscalation)"?:/.test(line) ||
    /^\s*- ["']?[A-Z_a-z]+["']?\s*(?:#.*)?$/.test(line) ||
    /^\s*(?:"[A-Z_a-z]+"|[\]}]+),?$/.test(line) ||
    line.includes('securityContext')
  );
}

function lostComments(before: string, after: string): string[] {
  const comments = (text: string) => text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line.startsWith('#')); // prettier-ignore
  const left = comments(after);
  return comments(before).filter((comment) => {
    const at = left.indexOf(comment);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
}

type Fields = Record<string, unknown>;

function isFields(json: unknown): json is Fields {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function containersIn(json: unknown, path = ''): [string, Fields][] {
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([key, value]: [string, unknown]) => {
    const below = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const isList = Array.isArray(value) && /^(?:containers|initContainers|ephemeralContainers)$/.test(key);
    const here = isList ? value.map((item: unknown, index): [string, unknown] => [`${below}/${index}`, item]) : [];
    return [...here.filter((entry): entry is [string, Fields] => isFields(entry[1])), ...containersIn(value, below)];
  });
}

function hardenContainers(json: unknown): PatchOperation[] {
  return containersIn(json).flatMap(([path, container], index) => {
    const context = container['securityContext'];
    const capabilities = isFields(context) ? context['capabilities'] : undefined;
    const add =
      isFields(capabilities) && Array.isArray(capabilities['add']) ? (capabilities['add'] as unknown[]) : undefined;
    const at = `${path}/securityContext`;
    const patch: PatchOperation[] = [];
    if (!isFields(context)) patch.push({ op: 'add', path: at, value: {} });
    if (!isFields(capabilities)) patch.push({ op: 'add', path: `${at}/capabilities`, value: {} });
    patch.push({ op: 'add', path: `${at}/capabilities/drop`, value: ['ALL'] });
    if (add && add.length < 2) patch.push({ op: 'remove', path: `${at}/capabilities/add` });
    if (add && add.length >= 2)
      patch.push({ op: 'add', path: `${at}/capabilities/add`, value: add.slice(index % 2, -1) });
    patch.push({ op: 'add', path: `${at}/allowPrivilegeEscalation`, value: false });
    return patch;
  });
}

function removeSecurityContexts(json: unknown): PatchOperation[] {
  return containersIn(json)
    .filter(([, container]) => 'securityContext' in container)
    .map(([path]) => ({ op: 'remove', path: `${path}/securityContext` }));
}

function annotate(json: unknown): PatchOperation[] {
  if (!isFields(json) || !isFields(json['metadata'])) return [];
  const { annotations } = json['metadata'];
  const parent: PatchOperation[] = isFields(annotations)
    ? []
    : [{ op: 'add', path: '/metadata/annotations', value: {} }];
  return [...parent, { op: 'add', path: '/metadata/annotations/dropcap.dev~1hardened', value: 'true' }];
}
