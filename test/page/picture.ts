/** Takes the picture of the page that the README shows: `node test/page/picture.ts [FILE]`. */
import { startBrowser } from './browser.ts';
import { filledStore, serveSite } from './site.ts';
import { trail } from './trail.ts';

const store = await filledStore(trail());
const site = await serveSite(store);
const browser = await startBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
  await page.goto(site.url);
  await page.screenshot({ path: process.argv[2] ?? 'docs/page.png' });
} finally {
  await browser.close();
  await site.close();
  await store.close();
}
