/**
 * HTML by a tagged template. Whatever is put into it is text, and is escaped, but for what such a template made. The names and
 * reasons that are shown come from the authors of pods, and are read by those who guard the cluster.
 */
import { visible } from '../audit/printable.ts';
import { Href } from './href.ts';

class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What a template made: HTML that is not escaped again. Nothing else can make it. */
export type { Html };

/** What can be put into a template; `undefined` and `false` are nothing. */
export type Part = Html | Href | string | number | undefined | false | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

// Control characters and those that turn the direction of writing are written out, as `\u{202e}`.
const escape = (text: string): string => visible(text).replace(/[&<>"']/g, (char) => ENTITIES[char]!);

function textOf(part: Part): string {
  if (part instanceof Html) return part.toString();
  if (part instanceof Href) return escape(part.toString());
  if (Array.isArray(part)) return part.map(textOf).join('');
  return part === undefined || part === false ? '' : escape(String(part));
}

/** Where a part stands: only links may be where links are, and only what a template made where attributes are. */
type Place = 'text' | 'link' | 'attributes';

const IN_VALUE = /<[a-z][^<>"]*(?:"[^"]*"[^<>"]*)*"[^"]*$/i;
const IN_TAG = /<[a-z][^<>"]*(?:"[^"]*"[^<>"]*)*$/i;

function placeAfter(before: string): Place {
  if (/\s(?:href|src|action)="$/.test(before)) return 'link';
  if (/<[/!]?$|<[^<>]*=\s*$/.test(before)) throw new Error(`a name or a value without quotes: ${before.slice(-40)}`);
  return IN_TAG.test(before) && !IN_VALUE.test(before) ? 'attributes' : 'text';
}

const known = new WeakMap<TemplateStringsArray, readonly Place[]>();

/** The places of a template's parts. They do not depend on what is put there. */
function placesIn(texts: TemplateStringsArray): readonly Place[] {
  const places = known.get(texts) ?? texts.slice(1).map((_, i) => placeAfter(texts.slice(0, i + 1).join('…')));
  known.set(texts, places);
  return places;
}

function refuseMisplaced(place: Place, part: Part): void {
  const isBad = place === 'link' ? !(part instanceof Href) : place === 'attributes' && typeof part === 'string';
  if (isBad) throw new Error(`a text in the place of ${place}`);
}

/** Text into HTML. Throws where a part stands where escaping does not help: a fault of the template, whatever the part. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const places = placesIn(texts);
  const pieces = parts.map((part, i) => {
    refuseMisplaced(places[i]!, part);
    return texts[i]! + textOf(part);
  });
  return new Html(pieces.join('') + texts.at(-1)!);
}

/** Parts with something between them. */
export const joined = (parts: readonly Part[], between: Part): Part[] =>
  parts.flatMap((part, i) => (i === 0 ? [part] : [between, part]));

/** Lines as they are, for `pre`. */
export const lines = (texts: readonly string[]): Html => new Html(texts.map(escape).join('\n'));
