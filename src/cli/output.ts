/** The forms in which hardened manifests are printed. */
import { patched } from '../manifest/patch.ts';
import { partsOf } from '../manifest/read.ts';
import type { Context } from './context.ts';
import { asDiff } from './harden-diff.ts';
import type { Hardened } from './hardened.ts';
import { terminalOf } from './terminal.ts';

const MARKED = /^(?:[ \t]*(?:[#%].*)?\r?\n)*---(?:[ \t\r\n]|$)/;
const DIRECTIVE = /^(?:[ \t]*(?:#.*)?\r?\n)*%/;

/** What has to stand between the documents before and this text, so that neither becomes part of the other. */
function separator(text: string): string {
  if (DIRECTIVE.test(text)) return '...\n';
  return MARKED.test(text) ? '' : '---\n';
}

/** Texts one after the other as one stream of documents. */
function joined(texts: readonly string[]): string {
  const filled = texts.filter((text) => text.trim() !== '');
  const [first = ''] = filled;
  // Older kubectl takes a stream that begins with { for JSON alone, up to the end.
  const start = filled.length > 1 && first.trimStart().startsWith('{') ? '---\n' : '';
  const rest = filled.map((text, i) => {
    // A byte order mark is one only at the very beginning.
    const own = i === 0 ? text : text.replace(/^\uFEFF/, '');
    const ended = own.endsWith('\n') ? own : `${own}\n`;
    return i === 0 ? ended : separator(ended) + ended;
  });
  return start + (filled.length > 1 ? rest.join('') : first);
}

/** A manifest's text without the documents that are left out. */
const remaining = ({ text, leftOut }: Hardened): string =>
  leftOut.size === 0
    ? text
    : partsOf(text)
        .filter((_, index) => !leftOut.has(index))
        .join('');

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function asJson(hardened: readonly Hardened[]): string {
  const items = hardened.flatMap(({ manifest, patches, leftOut }) =>
    manifest.documents
      .filter(({ index }) => !leftOut.has(index))
      .map(({ index, json: document }) => patched(document, patches.get(index) ?? [])?.json)
      .filter((document) => document !== null && document !== undefined),
  );
  return json(items.length === 1 ? items[0] : { apiVersion: 'v1', kind: 'List', items });
}

const asPatches = (hardened: readonly Hardened[]): string =>
  json(
    hardened.flatMap(({ manifest, patches }) =>
      [...patches].map(([document, patch]) => ({ file: manifest.file, document, patch })),
    ),
  );

/** Prints hardened manifests, by the name of the form. */
export const PRINTERS = {
  yaml: (hardened: readonly Hardened[]): string => joined(hardened.map(remaining)),
  json: asJson,
  patch: asPatches,
  diff: (hardened: readonly Hardened[], context: Context): string => asDiff(hardened, terminalOf(context)),
};
