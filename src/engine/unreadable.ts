/** Why a request cannot be decided. */
export type UnreadableCode =
  'not-json' | 'not-a-review' | 'unsupported-version' | 'wrong-type' | 'too-large' | 'too-deep';

/** The request is not what Kubernetes sends: the caller's fault, so HTTP 400, and never a crash. */
export class Unreadable extends Error {
  readonly code: UnreadableCode;
  /** JSON pointer of the field that is wrong, and what is wrong with it; empty where it is the whole. */
  readonly path: string;
  readonly #what: string;

  constructor(code: UnreadableCode, what: string, path = '') {
    super(path === '' ? what : `${path}: ${what}`);
    this.name = 'Unreadable';
    this.code = code;
    this.path = path;
    this.#what = what;
  }

  /** The same about a field below another. */
  under(parent: string): Unreadable {
    return new Unreadable(this.code, this.#what, parent + this.path);
  }
}

const typeName = (value: unknown): string => {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
};

/** The refusal of a field whose value is of another type than the API's. Names types only, never the value. */
export const wrongType = (path: string, expected: string, found: unknown): Unreadable =>
  new Unreadable('wrong-type', `expected ${expected}, found ${typeName(found)}`, path);

/**
 * Reads something whose errors name paths below this one. Paths are put together only where there is an error to report:
 * doing so for every field of every container costs several times what deciding does.
 */
export function below<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof Unreadable ? error.under(path) : error;
  }
}
