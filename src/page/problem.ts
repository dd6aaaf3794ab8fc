/** What keeps the page from answering, as a page. */
import { WrongParameter } from '../store/filter-parameters.ts';
import { TooSlow } from '../store/reader-questions.ts';
import { href } from './href.ts';
import { html } from './html.ts';
import type { Shown } from './layout.ts';

/** There is no such thing to be shown. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
}

/** The status of an answer that tells of an error: what is none of these, the store could not answer. */
export function statusOf(error: Error): number {
  if (error instanceof WrongParameter) return 400;
  if (error instanceof NotFound) return 404;
  return error instanceof TooSlow ? 504 : 503;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'This cannot be asked',
  404: 'Not found',
  503: 'The records cannot be read',
  504: 'That took too long',
};

const HINTS: Readonly<Record<number, string>> = {
  400: 'Go back and change that, or begin anew.',
  404: 'Records are removed when they are older than what is kept, and links of another server lead to its own records.',
  503: 'Pods are decided all the same. Try again in a moment; the log of this server may say more.',
  504: 'Fewer filters at once are answered sooner, too.',
};

/** The page that tells of an error. */
export function problemPage(error: Error): Shown {
  const status = statusOf(error);
  const title = TITLES[status]!;
  const body = html`<h1>${title}</h1>
    <div class="box alarm">
      <p>${error.message}</p>
      <p class="note">${HINTS[status]}</p>
    </div>
    <p class="more"><a href="${href('./')}">Overview</a> · <a href="${href('records')}">Records</a></p>`;
  return { title, view: undefined, body };
}
