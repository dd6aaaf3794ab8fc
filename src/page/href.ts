/** Links within the page. All views stand side by side, so that links are relative: whatever serves the page below another path. */

/** The views that have a form. */
export const VIEWS = ['./', 'policies', 'exemptions', 'namespaces', 'records'] as const;
/** One of them, as its link. */
export type View = (typeof VIEWS)[number];

/** What a link may lead to. */
export type Target = View | 'record' | 'style.css' | 'icon.svg' | '';

/** Parameters of a link; those that are undefined or empty are left out. */
export type Params = Readonly<Record<string, string | undefined>>;

/** A link that cannot lead elsewhere, or be a script: only `href` makes one. */
export class Href {
  readonly #text: string;

  constructor(target: Target, params: Params, fragment: string) {
    const given = Object.entries(params).filter((pair): pair is [string, string] => !!pair[1]);
    const query = new URLSearchParams(given).toString();
    this.#text = target + (query === '' ? '' : `?${query}`) + (fragment === '' ? '' : `#${fragment}`);
  }

  toString(): string {
    return this.#text;
  }
}

/** A link to a view. A fragment is one of ours, and never made of what was recorded. */
export const href = (target: Target, params: Params = {}, fragment = ''): Href => new Href(target, params, fragment);
