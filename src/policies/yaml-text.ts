/** Policy files as YAML trees that know their places. JSON is read as the YAML that it is. */
import { isAlias, Lexer, LineCounter, parseAllDocuments, visit, type Document, type YAMLError } from 'yaml';
import { printable } from './render.ts';

/** Far more than a file of policies needs, and few enough that parsing junk takes seconds at most. */
const MOST_TOKENS = 500_000;
const MOST_NESTED = 50;
/** Of anchors, aliases and keys written with `?`: parsing takes the square of their number. */
const MOST_RARE = 100;

const NESTING: Partial<Record<string, number>> = { '{': 1, '[': 1, '}': -1, ']': -1 };

/** Is this too much, or too deep, to be parsed in reasonable time? Says what; empty where it can be. */
function excess(text: string): string {
  let tokens = 0;
  let depth = 0;
  let rare = 0;
  for (const token of new Lexer().lex(text)) {
    tokens++;
    depth += NESTING[token] ?? 0;
    if (token === '?' || token.startsWith('&') || token.startsWith('*')) rare++;
    if (tokens > MOST_TOKENS) return `more than ${MOST_TOKENS} parts`;
    if (depth > MOST_NESTED) return `brackets more than ${MOST_NESTED} deep`;
    if (rare > MOST_RARE) return `more than ${MOST_RARE} anchors, aliases or keys written with ?`;
  }
  return '';
}

/** A file's documents, or why it is not even tried. */
export interface YamlText {
  readonly documents: readonly Document.Parsed[];
  readonly lines: LineCounter;
  readonly excess: string;
}

/** Parses a file's text. Errors of syntax stay with the document that has them. Never throws. */
export function parseYaml(text: string): YamlText {
  const lines = new LineCounter();
  const tooMuch = excess(text);
  if (tooMuch) return { documents: [], lines, excess: tooMuch };
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    // YAML 1.1 would read `no` as false and a date as a number of milliseconds.
    schema: 'core',
    // The parser compares each key with each; duplicates.ts does the same in one go.
    uniqueKeys: false,
    logLevel: 'silent',
  });
  return { documents: 'empty' in documents ? [] : documents, lines, excess: '' };
}

const PLAINLY: Partial<Record<string, string>> = {
  NON_STRING_KEY: 'a key that is not text: write it in quotes',
  TAB_AS_INDENT: 'tabs are not allowed as indentation',
  RESOURCE_EXHAUSTION: 'nested too deeply',
};

/** What is wrong with the syntax, in half a sentence. */
export const syntaxMessage = ({ code, message }: YAMLError): string =>
  (PLAINLY[code] ?? printable(message.slice(0, 500).replace(/\s+/g, ' '), 160)).replace(/^[A-Z](?=[a-z])/, (first) =>
    first.toLowerCase(),
  );

/** The offset of an alias that stands for nothing; undefined where all stand for something. */
export function strayAlias(document: Document.Parsed): number | undefined {
  let offset: number | undefined;
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document)) return undefined;
      offset = alias.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return offset;
}

/** The document's value. Throws where aliases would make it too large. */
export const plainValue = (document: Document.Parsed): unknown => document.toJS({ maxAliasCount: 100 });

/** Has the document no content at all, as after a last `---`? */
export const isEmpty = ({ contents }: Document.Parsed): boolean =>
  contents === null || (!isAlias(contents) && 'value' in contents && contents.value === null && contents.source === '');
