/** What all views have around them. */
import { href, VIEWS, type Params, type View } from './href.ts';
import { html, type Html, type Part } from './html.ts';
import { STYLE_VERSION } from './style.ts';
import { timeTag } from './words.ts';

/** What the foot of the page says about where it comes from. */
export interface Origin {
  readonly version: string;
  readonly instance: string;
  /** Are there no records but those of this instance? */
  readonly isAlone: boolean;
  readonly policySet: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** One view, as it is put between head and foot. */
export interface Shown {
  readonly title: string;
  /** The entry of the navigation that leads here. */
  readonly view: View | undefined;
  readonly body: Html;
  /** What links to other views take along. */
  readonly params?: Params;
}

const NAMES: Readonly<Record<View, string>> = {
  './': 'Overview',
  policies: 'Policies',
  exemptions: 'Exemptions',
  namespaces: 'Namespaces',
  records: 'Records',
};

const navigation = (current: View | undefined, params: Params): Part =>
  VIEWS.map(
    (view) =>
      html`<li>
        <a href="${href(view, params)}" ${view === current && html` aria-current="page"`}>${NAMES[view]}</a>
      </li>`,
  );

// Whoever sees half of what happened has to know that.
const alone = (instance: string): Html =>
  html`<p class="note">Only what ${instance} decided: each other replica keeps its own records.</p>`;

/** A whole document. */
export const page = (
  { title, view, body, params = {} }: Shown,
  { version, instance, isAlone, policySet, now }: Origin,
): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} – dropcap</title>
        <link rel="stylesheet" href="${href('style.css', { v: STYLE_VERSION })}" />
        <link rel="icon" href="${href('icon.svg')}" type="image/svg+xml" />
      </head>
      <body>
        <a class="skip" href="${href('', {}, 'main')}">To the content</a>
        <header class="top">
          <div class="wrap">
            <p class="brand">dropcap <span>audit trail</span></p>
            <nav aria-label="Views">
              <ul>
                ${navigation(view, params)}
              </ul>
            </nav>
          </div>
        </header>
        <main id="main" class="wrap" tabindex="-1">${isAlone && alone(instance)}${body}</main>
        <footer class="wrap">
          <p class="foot">
            ${instance} · dropcap ${version} · policy set ${policySet} · ${timeTag(now)} UTC. All times are UTC.
          </p>
        </footer>
      </body>
    </html> `;
