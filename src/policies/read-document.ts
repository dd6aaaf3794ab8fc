/** One YAML document as a policy or an exception, or as what is wrong with it. */
import type { Document, LineCounter } from 'yaml';
import { didYouMean } from '../engine/did-you-mean.ts';
import type { PolicyDocument } from '../engine/policy.ts';
import { isMap } from './complaint.ts';
import { badKeys } from './duplicates.ts';
import { errorAt, errorsOf, type Subject } from './issues.ts';
import { locator } from './place.ts';
import type { PolicyError } from './problem.ts';
import { either, fieldName, printable, render } from './render.ts';
import { exceptionSchema, policySchema } from './schema.ts';
import { expectedInstead } from './strict.ts';
import { plainValue, strayAlias, syntaxMessage } from './yaml-text.ts';

/** What a file's document turned out to be. Cross-checks read `value` too, so that one mistake does not hide another. */
export interface ReadDocument extends Subject {
  readonly kind: PolicyDocument['kind'] | undefined;
  /** Undefined where something is wrong with it. */
  readonly document: PolicyDocument | undefined;
  readonly errors: readonly PolicyError[];
}

const SCHEMAS = { HardeningPolicy: policySchema, HardeningException: exceptionSchema };
type Kind = keyof typeof SCHEMAS;
const KINDS = Object.keys(SCHEMAS) as Kind[];

const isKind = (kind: unknown): kind is Kind => typeof kind === 'string' && Object.hasOwn(SCHEMAS, kind);

function validated(subject: Subject, kind: Kind, most: number): Pick<ReadDocument, 'document' | 'errors'> {
  const result = SCHEMAS[kind].safeParse(subject.value, { error: expectedInstead });
  if (result.success) return { document: result.data, errors: [] };
  return { document: undefined, errors: errorsOf(subject, result.error.issues, most) };
}

/** A document whose kind is not known: judged as the kind that seems to be meant, so that all is said at once. */
function ofUnknownKind(subject: Subject, written: unknown, most: number): ReadDocument {
  const meant = typeof written === 'string' ? didYouMean(written, KINDS) : undefined;
  const error = errorAt(subject, ['kind'], { expected: either(KINDS), didYouMean: meant });
  const rest = isKind(meant) ? validated(subject, meant, most).errors.filter(({ field }) => field !== 'kind') : [];
  return { ...subject, kind: undefined, document: undefined, errors: [error, ...rest] };
}

function syntaxErrors(file: string, document: Document.Parsed, lines: LineCounter, most: number): PolicyError[] {
  const stray = document.errors.length === 0 ? strayAlias(document) : undefined;
  const aliases = stray === undefined ? [] : [{ offset: stray, found: 'no anchor of this name before it' }];
  const errors = [...document.errors, ...document.warnings].slice(0, most);
  return [...errors.map((error) => ({ offset: error.pos[0], found: syntaxMessage(error) })), ...aliases].map(
    ({ offset, found }) => {
      const { line, col } = lines.linePos(offset);
      const message = `not valid YAML: ${found}`;
      return { file, line, column: col, field: '', found: printable(found), expected: 'YAML', message };
    },
  );
}

function keyErrors(file: string, document: Document.Parsed, lines: LineCounter, most: number): PolicyError[] {
  return badKeys(document)
    .slice(0, most)
    .map(({ path, offset, before }) => {
      const { line, col } = lines.linePos(offset);
      const found = render(path.at(-1));
      const message =
        before === undefined ? 'unknown field' : `given twice, first in line ${lines.linePos(before).line}`;
      return { file, line, column: col, field: fieldName(path), found, expected: 'each key once', message };
    });
}

/** Reads one document; says at most `most` things against it. */
export function readDocument(file: string, document: Document.Parsed, lines: LineCounter, most: number): ReadDocument {
  const locate = locator(document, lines);
  const unread = { file, locate, value: undefined, kind: undefined, document: undefined };
  const syntax = syntaxErrors(file, document, lines, most);
  if (syntax.length > 0) return { ...unread, errors: syntax };
  const duplicates = keyErrors(file, document, lines, most);
  let value: unknown;
  try {
    value = plainValue(document);
  } catch {
    return { ...unread, errors: [errorAt(unread, [], { expected: 'fewer aliases', message: 'too many aliases' })] };
  }
  const subject = { file, locate, value };
  if (!isMap(value)) return { ...unread, errors: [errorAt(subject, [], { expected: `a ${either(KINDS)}` })] };
  const { kind } = value;
  if (!isKind(kind)) return ofUnknownKind(subject, kind, most);
  const { document: valid, errors } = validated(subject, kind, most);
  return {
    ...subject,
    kind,
    document: duplicates.length > 0 ? undefined : valid,
    errors: [...duplicates, ...errors].slice(0, most),
  };
}
