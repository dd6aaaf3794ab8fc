import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import jsonpatch from 'fast-json-patch';
import { stringify } from 'yaml';
import { editManifest } from '../../src/manifest/edit.ts';
import { readManifest } from '../../src/manifest/read.ts';
import type { PatchOperation } from '../../src/engine/patch.ts';

const word = fc.constantFrom(
  'a',
  'b',
  'c',
  'd',
  'x-y',
  'yes',
  'on',
  '1',
  '0644',
  'e f',
  '#g',
  '- h',
  'i: j',
  '',
  '~',
  "k'l",
  'm,n',
  '{o}',
);
const leaf = fc.oneof(word, fc.boolean(), fc.integer(), fc.constant(null), fc.constant('two\nlines\n'));
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(word, tie('value'), { maxKeys: 4 }),
  ),
}));
const layout = fc.oneof(
  fc.record({
    indent: fc.constantFrom(2, 4),
    indentSeq: fc.boolean(),
    collectionStyle: fc.constantFrom('any' as const, 'flow' as const),
    flowCollectionPadding: fc.boolean(),
    lineWidth: fc.constantFrom(0, 20),
    defaultStringType: fc.constantFrom('PLAIN' as const, 'QUOTE_DOUBLE' as const, 'QUOTE_SINGLE' as const),
    eol: fc.constantFrom('\n', '\r\n'),
    comments: fc.boolean(),
  }),
  fc.record({ json: fc.constantFrom(undefined, 2, '\t') }),
);

type Layout = typeof layout extends fc.Arbitrary<infer T> ? T : never;

function written(json: unknown, style: Layout): string {
  if ('json' in style) return JSON.stringify(json, null, style.json);
  const { eol, comments, ...options } = style;
  const text = stringify(json, { ...options, version: '1.1', aliasDuplicateObjects: false });
  // A comment behind each line that ends with a key or a plain word: those are never within a string.
  return (comments ? text.replace(/^( *(?:- )?[a-z]+:(?: [a-z]+)?)$/gm, '$1 # note') : text).replaceAll('\n', eol);
}

// Any change that a patch can make: a place in the document, and whether to set or to remove what is there.
const change = fc.record({
  steps: fc.array(fc.nat({ max: 3 }), { maxLength: 4 }),
  key: word,
  value,
  removes: fc.boolean(),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function patchOf(json: unknown, { steps, key, value: added, removes }: Change): PatchOperation[] {
  let path = '';
  let parent = json as object;
  for (const step of steps) {
    const [name, child] = (Object.entries(parent) as [string, unknown][])[step] ?? [];
    if (name === undefined || typeof child !== 'object' || child === null) break;
    path += `/${jsonpatch.escapePathComponent(name)}`;
    parent = child;
  }
  const keys = Object.keys(parent);
  if (!Array.isArray(parent) && removes && keys[0] !== undefined) {
    return [{ op: 'remove', path: `${path}/${jsonpatch.escapePathComponent(keys.at(-1) === key ? key : keys[0])}` }];
  }
  return Array.isArray(parent)
    ? [{ op: 'add', path, value: removes ? parent.slice(1) : [...(parent as unknown[]), added] }]
    : [{ op: 'add', path: `${path}/${jsonpatch.escapePathComponent(key)}`, value: added }];
}

const documents = fc.dictionary(word, value, { minKeys: 1, maxKeys: 4 });

test('any change of any value in any layout is made in place, and means what the patch means', () => {
  fc.assert(
    fc.property(documents, layout, fc.array(change, { minLength: 1, maxLength: 3 }), (json, style, changes) => {
      const manifest = readManifest(written(json, style), 'f');
      expect(manifest.errors).toEqual([]);
      let wanted = manifest.documents[0]!.json;
      const patch = changes.flatMap((one) => {
        const operations = copyOf(patchOf(wanted, one));
        wanted = jsonpatch.applyPatch(wanted, operations, false, false).newDocument;
        return operations;
      });
      const { text, rewritten, refused } = editManifest(manifest, new Map([[0, patch]]));
      expect({ rewritten, refused }).toEqual({ rewritten: [], refused: [] });
      expect(readManifest(text, 'f').documents[0]?.json).toEqual(wanted);
    }),
    { numRuns: 1000 },
  );
});

// YAML's punctuation at random, so that most texts are broken and the others odd.
const token = fc.constantFrom('a', 'b', ':', ': ', '- ', '\n', '\n  ', '\r\n', '\t', ' ', '{', '}', '[', ']', ',', '"', "'", '|', '>', '#', ' # c', '&x ', '*x', '<<: *x', '? ', '!!str ', '---\n', '...\n', '%Y', '\uFEFF', '1', 'yes', 'a: b\n', '  c: d\n', '- e\n'); // prettier-ignore
const noise = fc.array(token, { maxLength: 25 }).map((tokens) => tokens.join(''));

test('no text makes reading or editing throw, and every byte outside of the edited document stays', () => {
  fc.assert(
    fc.property(fc.array(noise, { minLength: 1, maxLength: 3 }), change, fc.nat({ max: 2 }), (texts, one, index) => {
      const manifest = readManifest(texts.join('\n---\n'), 'f');
      const document = manifest.documents.find((candidate) => candidate.index === index);
      const patch = typeof document?.json === 'object' && document.json ? patchOf(document.json, one) : [];
      const result = editManifest(manifest, new Map([[index, patch]]));
      const { start, end } = document ?? { start: 0, end: 0 };
      expect(result.text.startsWith(manifest.text.slice(0, start))).toBe(true);
      expect(result.text.endsWith(manifest.text.slice(end))).toBe(true);
      const wanted = document && result.refused.length === 0 ? jsonpatch.applyPatch(document.json, copyOf(patch), false, false).newDocument : document?.json; // prettier-ignore
      expect(readManifest(result.text, 'f').documents.find((other) => other.index === index)?.json).toEqual(wanted);
    }),
    { numRuns: 2000 },
  );
});

function copyOf(patch: PatchOperation[]): PatchOperation[] {
  return JSON.parse(JSON.stringify(patch)) as PatchOperation[];
}
