/** Values and fields of a policy file as a person reads them, short and free of control characters whatever they hold. */
const LIMIT = 60;

// Also what would turn the direction of writing, or hide in a terminal.
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

const escape = (char: string): string => `\\u{${char.codePointAt(0)!.toString(16)}}`;

const cut = (text: string, limit = LIMIT): string => (text.length > limit ? `${text.slice(0, limit - 1)}…` : text);

const escaped = (text: string): string => text.replaceAll('\n', '\\n').replaceAll(UNPRINTABLE, escape);

/** Text on one line, of at most `limit` characters. */
export const printable = (text: string, limit = LIMIT): string => cut(escaped(text.slice(0, limit + 1)), limit);

/** Would YAML or a reader take this text for something else, were it not in quotes? */
const needsQuotes = (text: string): boolean =>
  text === '' || /^(true|false|null|~|[-+]?[.\d]+)$/.test(text) || /\s/.test(text);

const renderText = (text: string): string => {
  if (!needsQuotes(text)) return printable(text);
  const whole = `"${printable(text)}"`;
  return whole.length > LIMIT ? `"${printable(text).slice(0, LIMIT - 3)}…"` : whole;
};

const renderList = (entries: readonly unknown[]): string => {
  if (entries.length > 8 || entries.some((entry) => typeof entry === 'object')) return `a list of ${entries.length}`;
  return cut(`[${entries.map(render).join(', ')}]`);
};

const renderMap = (map: object): string => {
  const keys = Object.keys(map);
  return keys.length === 0
    ? '{}'
    : cut(
        `a map of ${keys
          .slice(0, 8)
          .map((key) => printable(key))
          .join(', ')}`,
      );
};

/** A value of a policy file in at most 60 characters; absent and null are `nothing`. */
export function render(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return renderText(value);
  if (Array.isArray(value)) return renderList(value);
  if (typeof value === 'object') return renderMap(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : `a ${typeof value}`;
}

/** The way from a document to one of its fields. */
export type Path = readonly PropertyKey[];

const segment = (key: PropertyKey): string => {
  if (typeof key === 'number') return `[${key}]`;
  const name = printable(String(key));
  return /^[\w$-]+$/.test(name) ? `.${name}` : `["${name}"]`;
};

/** A path as in `spec.images[0].tag` or `metadata.labels["example.com/team"]`; empty for the document itself. */
export const fieldName = (path: Path): string => cut(path.map(segment).join('').replace(/^\./, ''), 200);

/** The value at a path; undefined where there is none. */
export const valueAt = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    root,
  );

/** `a`, `a or b`, `a, b or c`. */
export const either = (words: readonly string[]): string =>
  words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)!}` : (words[0] ?? '');
