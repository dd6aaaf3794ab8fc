import { cpSync, chmodSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { structuredPatch } from 'diff';
import { isMap, isSeq, type ParsedNode } from 'yaml';
import type { PatchOperation } from '../../src/engine/patch.ts';
import { patched } from '../../src/manifest/patch.ts';
import { readManifest, type Manifest, type ManifestDocument } from '../../src/manifest/read.ts';
import { CORPUS, hasCorpus } from '../corpus.ts';
import { dropcap, folderOf, type Ran } from './command.ts';

const PARTS = ['A-manifests', 'B-peers'];
const onCorpus = hasCorpus ? test : test.skip;

/** Patches by file and by the index of the document. */
type Patches = ReadonlyMap<string, ReadonlyMap<number, readonly PatchOperation[]>>;

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    .sort();

function patchesIn({ stdout }: Ran): Patches {
  const byFile = new Map<string, Map<number, readonly PatchOperation[]>>();
  const found = JSON.parse(stdout) as { file: string; document: number; patch: PatchOperation[] }[];
  for (const { file, document, patch } of found) {
    const name = relative(CORPUS, file);
    byFile.set(name, (byFile.get(name) ?? new Map<number, PatchOperation[]>()).set(document, patch));
  }
  return byFile;
}

interface Pair {
  readonly key: ParsedNode;
  readonly value: ParsedNode | null;
}

/** Offsets of what a pointer names, its key included; of what is nearest above it where it is not written there. */
function extentOf(document: ManifestDocument, pointer: string): [number, number] {
  let node: ParsedNode | null = document.source.contents;
  let extent: [number, number] = [0, 0];
  for (const segment of pointer.split('/').slice(1)) {
    if (isSeq(node)) {
      node = node.items[Number(segment)] ?? null;
      if (node) extent = [node.range[0], node.range[1]];
    } else if (isMap(node)) {
      const pair: Pair | undefined = (node.items as Pair[]).find(({ key }) => String(key) === segment);
      if (!pair) return extent;
      node = pair.value;
      extent = [pair.key.range[0], node?.range[1] ?? pair.key.range[1]];
    }
  }
  return extent;
}

/** The lines of a file, from 1, that some operations are about: fields of security contexts and what is in them. */
function linesOf({ documents }: Manifest, patches: ReadonlyMap<number, readonly PatchOperation[]>): Set<number> {
  const lines = new Set<number>();
  for (const document of documents)
    for (const { path } of patches.get(document.index) ?? []) {
      const context = path.slice(0, path.indexOf('/securityContext') + '/securityContext'.length);
      if (!/\/securityContext(?:\/(?:capabilities(?:\/(?:add|drop))?|allowPrivilegeEscalation))?$/.test(path))
        throw new Error(`a patch of something else: ${path}`);
      const lineAt = (offset: number): number => document.line + document.text.slice(0, offset).split('\n').length - 1;
      const first = extentOf(document, context)[0];
      const [start, end] = extentOf(document, path);
      // Of a container without a context no line is meant.
      if (start < first) continue;
      // A block ends at the beginning of the line after it.
      for (let line = lineAt(start); line <= lineAt(Math.max(start, end - 1)); line++) lines.add(line);
      // `securityContext: {}` becomes `securityContext:` with lines below it.
      for (let above = path; above.length >= context.length; above = above.slice(0, above.lastIndexOf('/')))
        lines.add(lineAt(extentOf(document, above)[0]));
    }
  return lines;
}

/** Does only the end of a line differ: JSON's comma, or a newline at the end of the file? */
const isSameBut = (removed: string, added: string): boolean =>
  added.replace(/,?\r?$/, '') === removed.replace(/,?\r?$/, '');

interface Tally {
  files: number;
  removed: number;
  added: number;
  /** Lines of which only the end changed, each counted as removed and as added too. */
  ends: number;
  /** Lines that changed and are about something else. */
  readonly others: string[];
}

const FIELD =
  /capabilities|\badd\b|drop|allowPrivilegeEscalation|securityContext|^\s*-\s*["']?\w+["']?\s*(?:#.*)?$|^\s*["'\w]+,?$|^\s*[\]}[{],?$|^\s*#/;
const BRACKET = /^\s*[\]}],?$/;

/** Counts the lines that differ, and finds those that no operation of the patches is about. */
function compare(file: string, before: string, after: string, patches: Patches, tally: Tally): void {
  const operations = patches.get(file)!;
  const [old, fresh] = [before, after].map((text) => linesOf(readManifest(text, file), operations));
  tally.files++;
  for (const { oldStart, newStart, lines } of structuredPatch('', '', before, after, '', '', { context: 0 }).hunks) {
    const removed = lines.filter((line) => line.startsWith('-')).map((line) => line.slice(1));
    const added = lines.filter((line) => line.startsWith('+')).map((line) => line.slice(1));
    tally.removed += removed.length;
    tally.added += added.length;
    const spared = removed[0] !== undefined && added[0] !== undefined && isSameBut(removed[0], added[0]) ? 1 : 0;
    tally.ends += spared;
    const isOf = (lines: Set<number>, at: number, line: string): boolean =>
      // Which of several brackets was added is for the diff to choose.
      FIELD.test(line) && (lines.has(at) || (BRACKET.test(line) && (lines.has(at - 1) || lines.has(at + 1))));
    const strange = [
      ...removed.filter((line, i) => i >= spared && !isOf(old!, oldStart + i, line)),
      ...added.filter((line, i) => i >= spared && !isOf(fresh!, newStart + i, line)),
    ];
    tally.others.push(...strange.map((line) => `${file}:${newStart}: ${line}`));
  }
}

describe(hasCorpus ? 'on the corpus, in place' : 'on the corpus, which is not beside this repository', () => {
  let folder: string;
  let first: Ran;
  let patches: Patches;
  const args = (top: string): string[] => PARTS.flatMap((part) => ['-f', join(top, part)]);
  const before = (file: string): string => readFileSync(join(CORPUS, file), 'utf8');
  const after = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const changed = (): string[] => [...patches.keys()];

  beforeAll(async () => {
    if (!hasCorpus) return;
    folder = folderOf();
    for (const part of PARTS) cpSync(join(CORPUS, part), join(folder, part), { recursive: true });
    for (const file of filesBelow(folder)) chmodSync(join(folder, file), 0o644);
    patches = patchesIn(await dropcap(['harden', ...args(CORPUS), '-o', 'patch']));
    first = await dropcap(['harden', '--in-place', ...args(folder)]);
  }, 60_000);

  onCorpus('exactly the files with something to harden are written, and no other byte of the folders changes', () => {
    const differing = filesBelow(folder).filter(
      (file) => !readFileSync(join(folder, file)).equals(readFileSync(join(CORPUS, file))),
    );
    expect(differing).toEqual(changed().sort());
    expect(filesBelow(folder)).toEqual(
      PARTS.flatMap((part) => filesBelow(join(CORPUS, part)).map((f) => join(part, f))),
    );
    expect(first.stderr.match(/^\/.*: \d+ fields? in \d+ workloads? hardened$/gm)).toHaveLength(differing.length);
    expect(first).toMatchObject({ stdout: '', status: 2 });
    expect(first.stderr).not.toMatch(/^ {4}at |not written|would lose|cannot be changed/m);
  });

  onCorpus('each file read again is what harden says, as JSON and as patches', async () => {
    let compared = 0;
    for (const file of changed()) {
      const [old, fresh] = [readManifest(before(file), file), readManifest(after(file), file)];
      const expected = old.documents.map(({ index, json }) => patched(json, patches.get(file)!.get(index) ?? [])?.json);
      const written = fresh.documents.map(({ json }) => json);
      expect(written).toEqual(expected);
      const { stdout } = await dropcap(['harden', '-f', join(CORPUS, file), '-o', 'json']);
      const parsed = JSON.parse(stdout) as { items?: unknown[] };
      const filled = written.filter((json) => json !== null);
      compared += filled.length;
      expect(filled.length === 1 ? [parsed] : parsed.items).toEqual(filled);
    }
    process.stdout.write(
      `corpus, in place: ${changed().length} files changed, ${compared} documents in them as harden says\n`,
    );
  });

  onCorpus('only lines of the fields that the patches name differ', () => {
    const tally: Tally = { files: 0, removed: 0, added: 0, ends: 0, others: [] };
    for (const file of changed()) compare(file, before(file), after(file), patches, tally);
    const { others, ...counts } = tally;
    expect(others).toEqual([]);
    process.stdout.write(`corpus, in place: ${JSON.stringify(counts)}\n`);
    expect(counts.added).toBeGreaterThan(1_000);
  });

  onCorpus('a second run writes nothing', async () => {
    const stamps = (): bigint[] => changed().map((file) => statSync(join(folder, file), { bigint: true }).ino);
    const written = stamps();
    const { stderr } = await dropcap(['harden', '--in-place', ...args(folder)]);
    expect(stderr).toMatch(/ 0 changed \(.*; 0 files written; /);
    expect(stamps()).toEqual(written);
  });
});
