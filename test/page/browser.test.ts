/** The page in a real browser, without JavaScript: at the width of a phone and of a desk, light and dark, by keyboard. */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { PatientReader } from '../../src/store/reader.ts';
import { corpusRecords, RECORDS } from '../cli/audit-records.ts';
import { CHROME, startBrowser } from './browser.ts';
import { COMPLAINTS, FOCUSED, REACHABLE } from './browser-checks.ts';
import { filledStore, serveSite, type Site } from './site.ts';
import { trail } from './trail.ts';

jest.setTimeout(300_000);

// Said, and not passed over: what follows is only true where a browser has seen it.
const inBrowser = CHROME === undefined ? describe.skip : describe;

/** What a page that is opened does that it should not. */
function watch(page: Page, complaints: string[]): void {
  page.on('console', (message) => complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('requestfailed', (request) => {
    // Going on before all of a page is there is no fault of the page.
    const why = request.failure()?.errorText ?? '';
    if (!why.includes('ERR_ABORTED')) complaints.push(`failed: ${request.url()}: ${why}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
  });
}

inBrowser('the page in Chromium (skipped where there is none on PATH)', () => {
  let browser: Browser;
  let store: PatientReader;
  let site: Site;
  beforeAll(async () => {
    // What is invented, what is real, and what is meant ill.
    store = await filledStore([...trail(), ...corpusRecords(), ...RECORDS]);
    site = await serveSite(store);
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await site.close();
    await store.close();
  });

  async function withPage(options: BrowserContextOptions, use: (page: Page, complaints: string[]) => Promise<void>) {
    const context = await browser.newContext({ javaScriptEnabled: false, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    watch(page, complaints);
    try {
      await use(page, complaints);
      expect(complaints).toEqual([]);
    } finally {
      await context.close();
    }
  }

  const desk = { viewport: { width: 1280, height: 800 } };
  const views = async (): Promise<string[]> => {
    const { entries } = await store.list({ result: 'altered' }, 1);
    const { entries: spared } = await store.list({ outcome: 'exempt', optOut: true }, 1);
    return [
      '?period=all',
      'policies?period=all',
      'exemptions?period=all',
      'namespaces?period=all',
      'records?period=all',
      'records?period=all&policy=restricted&rule=capabilities.add&capability=SYS_ADMIN',
      `record?uid=${entries[0]!.uid}`,
      `record?uid=${spared[0]!.uid}`,
      'record?uid=00000009-7f3a-4c0e-9d55-0a2f6f0e1b11',
      '?namespace=nothing-here',
    ];
  };

  describe.each([360, 800, 1280])('at a width of %d', (width) => {
    test.each(['light', 'dark'] as const)(
      'in a %s room nothing is to be complained of in any view',
      async (colorScheme) => {
        await withPage({ viewport: { width, height: 800 }, colorScheme }, async (page) => {
          for (const view of await views()) {
            await page.goto(site.url + view);
            const found = await page.evaluate<string[]>(COMPLAINTS);
            expect([view, found]).toEqual([view, []]);
          }
        });
      },
    );
  });

  test('the checks find what is wrong with a page that is wrong', async () => {
    await withPage({ viewport: { width: 360, height: 740 } }, async (page) => {
      await page.setContent(`<h1>One</h1><h3>Three</h3><main><input><a href="x"></a><table><tr><th>a</th></tr></table>
<p style="color:#999;background:#fff">pale</p><p id="a">a</p><p id="a" style="width:500px">b</p><svg></svg></main>`);
      const found = (await page.evaluate<string[]>(COMPLAINTS)).join('\n');
      for (const word of [
        'sideways',
        'no language',
        'no title',
        '0 of header',
        'left out',
        'no label',
        'no name',
        'no caption',
      ])
        expect(found).toContain(word);
      for (const word of ['no scope', 'without words', 'an id twice: a', 'contrast of 2.85 pale'])
        expect(found).toContain(word);
    });
  });

  test.each([desk, { viewport: { width: 360, height: 740 } }])(
    'Tab reaches everything, in the order in which it stands, and one sees where one is: %j',
    async (options) => {
      await withPage(options, async (page) => {
        for (const view of [
          '',
          'policies',
          'exemptions',
          'namespaces',
          'records?outcome=unresolved&policy=restricted',
        ]) {
          await page.goto(site.url + view);
          const expected = await page.evaluate<number[]>(REACHABLE);
          const reached: number[] = [];
          for (;;) {
            await page.keyboard.press('Tab');
            const at = await page.evaluate<{ place: number; isBody: boolean; isSeen: boolean; html: string }>(FOCUSED);
            if (at.isBody || (reached.length > 0 && at.place === reached[0])) break;
            // A field for a time has several parts.
            if (at.place === reached.at(-1)) continue;
            if (!at.isSeen) throw new Error(`${view}: the focus is not seen on ${at.html}`);
            reached.push(at.place);
          }
          expect([view, reached]).toEqual([view, expected]);
        }
      });
    },
  );

  test('the first Tab leads past the head, and Enter follows links', async () => {
    await withPage(desk, async (page) => {
      await page.goto(site.url);
      await page.keyboard.press('Tab');
      // The browser says some moments after the key that it has gone to a place of the same page.
      await Promise.all([page.waitForURL(/#/), page.keyboard.press('Enter')]);
      expect(new URL(page.url()).hash).toBe('#main');
      await page.goto(site.url);
      for (let i = 0; i < 3; i++) await page.keyboard.press('Tab');
      await Promise.all([page.waitForURL(/policies/), page.keyboard.press('Enter')]);
      expect(await page.locator('h1').textContent()).toBe('Policies');
      expect(await page.locator('nav [aria-current="page"]').textContent()).toBe('Policies');
    });
  });

  test('the filter finds, by keyboard alone, and its link is what was asked', async () => {
    await withPage(desk, async (page) => {
      await page.goto(`${site.url}records`);
      await page.getByLabel('Period').selectOption('30d');
      await page.getByLabel('Namespace').fill('checkout');
      await page.getByLabel('Outcome').selectOption('exempt');
      await page.getByText('More filters').click();
      await page.getByLabel('Opt-out').selectOption('true');
      await page.getByLabel('Namespace').focus();
      await Promise.all([page.waitForURL(/namespace=checkout/), page.keyboard.press('Enter')]);
      expect(new URL(page.url()).search).toBe('?period=30d&namespace=checkout&outcome=exempt&opt-out=true');
      expect(await page.locator('tbody tr').count()).toBe(6);
      expect(await page.getByLabel('Opt-out').inputValue()).toBe('true');
      await Promise.all([page.waitForURL(/record\?uid=/), page.locator('tbody th a').first().click()]);
      expect(await page.locator('h1').textContent()).toContain('StatefulSet/cache in checkout');
      await page.getByText('As JSON').click();
      expect(await page.locator('pre').textContent()).toContain('"optOut": {');
    });
  });

  test('a time from and until is sent as it is shown, in UTC, wherever the browser is', async () => {
    await withPage({ ...desk, timezoneId: 'Pacific/Auckland' }, async (page) => {
      await page.goto(`${site.url}records`);
      await page.getByLabel('or from (UTC)').fill('2026-11-20T10:00');
      await page.getByLabel('until (UTC)').fill('2026-11-20T12:30');
      await Promise.all([page.waitForURL(/until=/), page.getByRole('button', { name: 'Show' }).click()]);
      expect(new URL(page.url()).searchParams.get('since')).toBe('2026-11-20T10:00Z');
      expect(await page.getByLabel('or from (UTC)').inputValue()).toBe('2026-11-20T10:00');
      const times = await page.locator('tbody th time').allTextContents();
      expect(times.length).toBeGreaterThan(0);
      expect(times.filter((time) => time < '2026-11-20 10:00:00' || time >= '2026-11-20 12:30:00')).toEqual([]);
    });
  });

  test('what people at a namespace want is two steps from the overview, and back leads back', async () => {
    await withPage(desk, async (page) => {
      await page.goto(site.url);
      await Promise.all([page.waitForURL(/namespaces/), page.getByRole('link', { name: 'Namespaces' }).click()]);
      await page
        .getByRole('row', { name: /checkout/ })
        .getByRole('link')
        .first()
        .click();
      await page.waitForURL(/records\?.*namespace=checkout/);
      expect(await page.locator('.lead').textContent()).toContain('namespace checkout');
      await page.goBack();
      expect(await page.locator('h1').textContent()).toBe('Namespaces');
    });
  });

  test('with reduced motion nothing moves, and on paper there are no forms', async () => {
    await withPage({ ...desk, reducedMotion: 'reduce' }, async (page) => {
      await page.goto(site.url);
      const moving =
        '[...document.querySelectorAll("*")].filter((e) => getComputedStyle(e).transitionDuration !== "0s").length';
      expect(await page.evaluate<number>(moving)).toBe(0);
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('form').isVisible()).toBe(false);
      expect(await page.locator('nav[aria-label="Views"]').isVisible()).toBe(false);
    });
  });
});
