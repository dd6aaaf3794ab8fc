import { parseDocument, type Document, type YAMLError } from 'yaml';
import { jsonOf, Unreadable } from './json.ts';
import { kubernetesYaml } from './schema.ts';

/** One document of a manifest. Offsets in `source` count from the beginning of the document, not of the file. */
export interface ManifestDocument {
  /** How many documents stand before this one in the file; those with errors count too. */
  readonly index: number;
  /** What kubectl would send; null for an empty document. Aliased values are shared: copy before you change it. */
  readonly json: unknown;
  readonly source: Document.Parsed;
  /** The document's part of the file, its `---` included: `manifest.text.slice(start, end)`. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The line of the file on which the document starts, from 1. */
  readonly line: number;
}

/** Why a document could not be read. */
export interface ManifestError {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** A sentence. */
  readonly message: string;
}

/** A file of Kubernetes objects, with its documents that could be read and an error for each that could not. */
export interface Manifest {
  readonly file: string;
  readonly text: string;
  readonly documents: readonly ManifestDocument[];
  readonly errors: readonly ManifestError[];
}

/** Reads YAML (one document or more) or JSON as kubectl would. Never throws; `file` is only named in the errors. */
export function readManifest(text: string, file: string): Manifest {
  const documents: ManifestDocument[] = [];
  const errors: ManifestError[] = [];
  let line = 1;
  let start = 0;
  for (const [index, part] of partsOf(text).entries()) {
    const read = readDocument(part);
    if (read instanceof Unreadable) {
      const at = lineAndColumn(part, read.offset);
      errors.push({ file, line: line + at.line - 1, column: at.column, message: read.message });
    } else {
      documents.push({ index, ...read, text: part, start, end: start + part.length, line });
    }
    line += part.split('\n').length - 1;
    start += part.length;
  }
  return { file, text, documents, errors };
}

/** The line and column (both from 1) of an offset in a text. */
function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').replace('\uFEFF', '').length + 1 };
}

/**
 * A file's text cut into its documents, the one with index i at i. Cut before parsing, as kubectl does: a quote that is
 * never closed then costs one document and not all that follow.
 */
export function partsOf(text: string): string[] {
  const parts = text.split(/^(?=(?:%.*\r?\n)*---(?:[ \t\r\n]|$))(?<!^%.*\r?\n)/m);
  const [first = '', second, ...rest] = parts;
  const prelude = /^\uFEFF?(?:[ \t]*(?:#.*)?\r?\n)*$/.test(first);
  return second !== undefined && prelude ? [first + second, ...rest] : parts;
}

function readDocument(text: string): Pick<ManifestDocument, 'json' | 'source'> | Unreadable {
  const control = text.search(FORBIDDEN);
  if (control !== -1) return new Unreadable(control, 'This is not text: YAML has no control characters.');
  try {
    const source = parseDocument(text, kubernetesYaml) as Document.Parsed;
    const [error] = source.errors;
    if (error) return new Unreadable(error.pos[0], sentence(error, text));
    return { source, json: jsonOf(source.contents, { anchors: new Map(), size: 0 }) };
  } catch (error) {
    if (error instanceof Unreadable) return error;
    return new Unreadable(
      0,
      `This document cannot be parsed: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}

// eslint-disable-next-line no-control-regex -- these are what go-yaml refuses as "control characters are not allowed"
const FORBIDDEN = /[\0-\x08\v\f\x0E-\x1F\x7F]/;

function sentence(error: YAMLError, text: string): string {
  const template = text.includes('{{') ? " If the {{ … }} in it are a template's, render it first." : '';
  return plain(error) + template;
}

function plain({ code, message }: YAMLError): string {
  switch (code) {
    case 'MULTIPLE_DOCS':
      return 'A second document has to start with a line of ---.';
    case 'NON_STRING_KEY':
      return 'A key has to be a string.';
    case 'RESOURCE_EXHAUSTION':
      return 'The document is nested too deeply.';
    default:
      return `${message.replace(/[.:]$/, '')}.`;
  }
}
