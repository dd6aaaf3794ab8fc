import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UNPRINTABLE, visible } from '../../src/audit/printable.ts';
import { href } from '../../src/page/href.ts';
import { html, joined, lines } from '../../src/page/html.ts';

/** Texts that would be something else where they are not escaped. */
const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        '<script>',
        '</td>',
        '"',
        "'",
        '&',
        '&lt;',
        '&#x27;',
        ' onload=',
        'javascript:',
        '<!--',
        ']]>',
        '`',
        '\u202e',
        '\u0000',
        '\n',
        '\ud800',
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join('')),
);

const decoded = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

describe('html', () => {
  test('whatever a text holds, it makes no tag, attribute or control character, and is read as what it was', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const made = html`<a title="${text}">${text}</a>`.toString();
        const [, inAttribute = '', inText = ''] = /^<a title="([^"<>]*)">([^<>]*)<\/a>$/.exec(made) ?? ['', 'no', 'no'];
        expect(made.match(UNPRINTABLE)).toBeNull();
        expect([decoded(inAttribute), decoded(inText)]).toEqual([visible(text), visible(text)]);
      }),
      { numRuns: 2_000 },
    );
  });

  test('whatever a link is made of, it leads to its view and gives the parameters back', () => {
    fc.assert(
      fc.property(nasty, nasty, (user, reason) => {
        const made = html`<a href="${href('records', { user, reason })}">x</a>`.toString();
        const [, link = ''] = /^<a href="([^"<>\s]*)">x<\/a>$/.exec(made) ?? [];
        const url = new URL(decoded(link), 'http://localhost/audit/ui/');
        expect([url.origin, url.pathname]).toEqual(['http://localhost', '/audit/ui/records']);
        expect(url.searchParams.get('user') ?? '').toBe(user.toWellFormed());
        expect(url.searchParams.get('reason') ?? '').toBe(reason.toWellFormed());
      }),
      { numRuns: 2_000 },
    );
  });

  test('lines of preformatted text keep their ends and are escaped', () => {
    expect(lines(['a<b', ' "c"\u0007']).toString()).toBe('a&lt;b\n &quot;c&quot;\\u{7}');
  });

  test('nothing, false and lists are put in as such, and what a template made is not escaped again', () => {
    const part = html`<b>${'&'}</b>`;
    expect(html`${undefined}${false}${joined([part, 1, 'x'], ', ')}`.toString()).toBe('<b>&amp;</b>, 1, x');
  });

  test.each([
    ['a text in the place of a link', () => html`<a href="${'javascript:alert(1)'}">x</a>`],
    ['a value without quotes', () => html`<a title=${'x'}>x</a>`],
    ['a text in the place of attributes', () => html`<a class="b" ${'onclick=x'}>x</a>`],
    ['a text in the place of the name of a tag', () => html`<${'b'}>x</b>`],
  ])('a template with %s is refused', (_, make) => {
    expect(make).toThrow(/link|quotes|attributes/);
  });
});
