/** What is wrong with a document, with its place, the field, what was found there and what was expected. */
import { Unreadable } from '../engine/unreadable.ts';
import { positionOf, segmentsOf as keysOf } from '../manifest/position.ts';
import type { ManifestDocument } from '../manifest/read.ts';
import { fieldName, render, valueAt } from '../policies/render.ts';

// The engine names the types of JSON; manifests are written by people.
const EXPECTED: readonly (readonly [RegExp, string])[] = [
  [/^expected array, found .*/, 'a list'],
  [/^expected object, found .*/, 'a map'],
  [/^expected string, found .*/, 'a string in quotes'],
  [/^expected boolean, found .*/, 'true or false'],
];

/** The keys and indices on the way that a JSON pointer goes. */
export const segmentsOf = (pointer: string): (string | number)[] =>
  keysOf(pointer).map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment));

/** An engine's refusal of a document as one line. Any other error is a fault of ours and thrown again. */
export function problemAt(file: string, document: ManifestDocument, error: unknown): string {
  if (!(error instanceof Unreadable)) throw error;
  const pointer = error.path === '' || error.path.startsWith('/') ? error.path : `/${error.path}`;
  const { line, column } = positionOf(document, pointer);
  const path = segmentsOf(pointer);
  const what = error.path === '' ? error.message : error.message.slice(error.path.length + 2);
  const [, expected] = EXPECTED.find(([pattern]) => pattern.test(what)) ?? [];
  const said = expected === undefined ? what : `found ${render(valueAt(document.json, path))}, expected ${expected}`;
  return `${file}:${line}:${column}: ${[fieldName(path), said].filter(Boolean).join(': ')}`;
}
