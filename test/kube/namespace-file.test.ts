import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namespaceFile, readNamespaceFile } from '../../src/kube/namespace-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropcap-namespaces-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(text: string): string {
  const file = join(folder, 'namespaces.yaml');
  writeFileSync(file, text);
  return file;
}

describe('a file of namespaces', () => {
  const file = `
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {tier: front}}
---
# passed over
kind: ConfigMap
metadata: {name: ledger}
---
kind: List
items:
  - kind: Namespace
    metadata: {name: ledger, labels: {tier: back}}
  - kind: NamespaceList
    items: [{kind: Namespace, metadata: {name: deep}}]
---
`;

  test('is read through documents, lists and other kinds', () => {
    expect([...readNamespaceFile(written(file))]).toEqual([
      ['shop', { tier: 'front', 'kubernetes.io/metadata.name': 'shop' }],
      ['ledger', { tier: 'back', 'kubernetes.io/metadata.name': 'ledger' }],
      ['deep', { 'kubernetes.io/metadata.name': 'deep' }],
    ]);
  });

  test('may be JSON', () => {
    const json = JSON.stringify({ kind: 'NamespaceList', items: [{ kind: 'Namespace', metadata: { name: 'shop' } }] });
    expect([...readNamespaceFile(written(json)).keys()]).toEqual(['shop']);
  });

  test('cannot lie about the label that holds the name', () => {
    const text = 'kind: Namespace\nmetadata: {name: shop, labels: {kubernetes.io/metadata.name: kube-system}}';
    expect(readNamespaceFile(written(text)).get('shop')).toEqual({ 'kubernetes.io/metadata.name': 'shop' });
  });

  test('as a source is synced, knows its namespaces, and rejects any other with the file’s name', async () => {
    const source = namespaceFile(written(file));
    expect(source.synced()).toBe(true);
    expect(source.cached('shop')).toMatchObject({ tier: 'front' });
    expect(source.cached('other')).toBeUndefined();
    await expect(source.fetch('other')).rejects.toThrow(/^namespace other is not in .*namespaces\.yaml$/);
    await source.close();
  });
});

describe('a file that is wrong names itself', () => {
  test.each([
    ['and the line, where the YAML is', 'kind: Namespace\nmetadata:\n  name: [shop\n', /namespaces\.yaml:[34]: /],
    [
      'and the line, in the second document',
      'kind: A\n---\nkind: B\nkind: C\n',
      /namespaces\.yaml:4: Map keys must be unique/,
    ],
    [
      'and the field, where a label is no text',
      'kind: Namespace\nmetadata: {name: a, labels: {n: 1}}',
      /namespaces\.yaml: \/metadata\/labels\/n: expected string, found number$/,
    ],
    [
      'and the field, where the name is no text',
      'kind: Namespace\nmetadata: {name: 7}',
      /namespaces\.yaml: \/metadata\/name: expected string, found number$/,
    ],
  ])('%s', (_, text, message) => {
    expect(() => readNamespaceFile(written(text))).toThrow(message);
  });

  test('in one line', () => {
    const message = (() => {
      try {
        readNamespaceFile(written('a: b: c\n'));
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    })();
    expect(message).toMatch(/namespaces\.yaml:1: /);
    expect(message).not.toContain('\n');
  });

  test('where it is missing', () => {
    expect(() => readNamespaceFile(join(folder, 'missing.yaml'))).toThrow(/ENOENT.*missing\.yaml/);
  });
});
