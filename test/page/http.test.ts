/** The page as a program sees it: status, headers and what is in it. */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { policySetOf } from '../../src/engine/policy-set.ts';
import type { PatientReader } from '../../src/store/reader.ts';
import { patientReader } from '../../src/store/reader-questions.ts';
import { EVIL, RECORDS, uidOf } from '../cli/audit-records.ts';
import { filledStore, serveSite, type Site } from './site.ts';
import { trail } from './trail.ts';

jest.setTimeout(120_000);

let store: PatientReader;
let site: Site;
beforeAll(async () => {
  store = await filledStore(trail());
  site = await serveSite(store);
});
afterAll(async () => {
  await site.close();
  await store.close();
});

const get = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(site.url + path, { redirect: 'manual', ...init });

/** What stands on the page, without tags. */
const wordsOf = (page: string): string =>
  page
    .replace(/<(title|head)[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replace(/\s+/g, ' ');

const words = async (path: string): Promise<string> => wordsOf(await (await get(path)).text());

const VIEWS = ['', 'policies', 'exemptions', 'namespaces', 'records'];

test('a replica that keeps its own records says that it knows of no others; one that shares a database says nothing', async () => {
  const alone = await serveSite(store, { isAlone: true });
  try {
    for (const view of VIEWS) {
      expect(wordsOf(await (await fetch(alone.url + view)).text())).toContain(
        'Only what dropcap-6c8f5d7b9-x2x4k decided',
      );
      expect(await words(view)).not.toContain('Only what dropcap-');
    }
  } finally {
    await alone.close();
  }
});

describe('every answer', () => {
  test.each([...VIEWS, 'records?outcome=wrong', 'record?uid=none', 'nowhere'])(
    'of "%s" allows no script and nothing of others',
    async (path) => {
      const { headers } = await get(path);
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      );
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      });
    },
  );

  test('has no script, no style of its own and no address of others in it', async () => {
    for (const view of VIEWS) {
      const page = await (await get(view)).text();
      expect(page).not.toMatch(/<script|<style|\sstyle=|\son[a-z]+=|https?:\/\//i);
    }
  });

  test('but the stylesheet may be kept, which has a name that changes with it', async () => {
    const page = await (await get('')).text();
    const [, link = ''] = /<link rel="stylesheet" href="([^"]*)"/.exec(page) ?? [];
    expect(link).toMatch(/^style\.css\?v=[0-9a-f]{12}$/);
    const { status, headers } = await get(link);
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
      200,
      'text/css; charset=utf-8',
      'public, max-age=31536000, immutable',
    ]);
    expect((await get('icon.svg')).headers.get('content-type')).toBe('image/svg+xml; charset=utf-8');
  });

  test('to anything but GET and HEAD is 405', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const { status, headers } = await get('records', { method });
      expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    }
    const head = await get('', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });
});

describe('addresses', () => {
  test('the one without a slash leads to the one with it, as relative links need', async () => {
    const { status, headers } = await fetch(site.url.slice(0, -1), { redirect: 'manual' });
    expect([status, headers.get('location')]).toEqual([302, 'ui/']);
  });

  test('what a form left empty is left out of them', async () => {
    const { status, headers } = await get('records?period=7d&since=&until=&namespace=shop&workload=&user=');
    expect([status, headers.get('location')]).toEqual([302, 'records?period=7d&namespace=shop']);
  });

  test('times that a form sends are UTC, and win over the period beside them', async () => {
    const { headers } = await get('records?period=7d&since=2026-11-20T10:00&until=2026-11-21');
    expect(headers.get('location')).toBe('records?since=2026-11-20T10%3A00Z&until=2026-11-21');
    expect(await words('records?since=2026-11-20T10%3A00Z&until=2026-11-21')).toContain(
      'Requests from 2026-11-20 10:00:00 until 2026-11-21 00:00:00',
    );
  });

  test('a link takes period and namespace to every view', async () => {
    const page = await (await get('policies?period=30d&namespace=shop')).text();
    for (const view of VIEWS)
      expect(page).toContain(`href="${view === '' ? './' : view}?period=30d&amp;namespace=shop"`);
  });

  test('every link of every view leads to a page that is there', async () => {
    const seen = new Set<string>();
    let next = [...VIEWS, 'record?uid=0badcafe', 'namespaces?sort=exempt', '?period=30d', '?period=all'];
    for (let depth = 0; depth < 3; depth++) {
      const found = new Set<string>();
      for (const path of next.filter((one) => !seen.has(one))) {
        seen.add(path);
        const response = await get(path);
        expect([path, response.status]).toEqual([path, 200]);
        for (const [, link] of (await response.text()).matchAll(/<a [^>]*href="([^"#]*)"/g))
          found.add(link!.replaceAll('&amp;', '&').replace(/^\.\//, ''));
      }
      // The second level is whole; of what is below it, some of each kind.
      next = depth === 0 ? [...found] : [...found].filter((_, i) => i % 7 === 0);
    }
    expect(seen.size).toBeGreaterThan(100);
  });
});

describe('what is wrong is said as a page', () => {
  test.each([
    ['records?outcome=hardend', 400, /outcome: found hardend, expected .*did you mean hardened\?/],
    ['records?colour=red', 400, /found the parameter colour/],
    ['records?namespace=A_B', 400, /namespace: found A_B, expected/],
    ['records?since=2026-11-22&until=2026-11-20', 400, /until: .*expected a time after since/],
    ['records?namespace=a&namespace=b', 400, /namespace: found 2 of it, expected one/],
    ['records?after=x', 400, /after: .*x/],
    ['?period=fortnight', 400, /period: found fortnight, expected 24h, 7d, 30d, all/],
    ['namespaces?sort=weather', 400, /sort: found weather, expected/],
    ['record', 400, /uid: found nothing/],
    ['record?uid=ffffffff-not-there', 404, /No record has the uid ffffffff-not-there\./],
    ['nothing-here', 404, /there is no such view/],
    ['..%2f', 404, /there is no such view/],
  ])('%s', async (path, status, said) => {
    const response = await get(path);
    expect(response.status).toBe(status);
    expect(wordsOf(await response.text())).toMatch(said);
  });

  test('a store that cannot be read is 503', async () => {
    const closed = await filledStore([]);
    const broken = await serveSite(closed);
    await closed.close();
    const response = await fetch(broken.url);
    expect(response.status).toBe(503);
    expect(wordsOf(await response.text())).toMatch(/The records cannot be read/);
    await broken.close();
  });

  test('a store that takes too long is 504', async () => {
    const ask = (_method: unknown, _args: unknown, signal: AbortSignal | undefined) =>
      new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));
    const hung = patientReader({ ask, close: () => Promise.resolve() } as never);
    const slow = await serveSite(hung, { patience: 50 });
    const response = await fetch(slow.url);
    expect(response.status).toBe(504);
    expect(wordsOf(await response.text())).toMatch(/no answer within 0\.05 s; a shorter period/);
    await slow.close();
  });

  test('a store without records says so in words in every view', async () => {
    const empty = await filledStore([]);
    const bare = await serveSite(empty, { policies: () => ({ set: policySetOf([]), version: 'none' }) });
    for (const [view, said] of [
      ['', /No records in the last 7 days/],
      ['policies', /No policy is in force/],
      ['exemptions', /No exception is in force.*No pod asked for an opt-out/],
      ['namespaces', /No namespace has records/],
      ['records', /No records in the last 7 days.*In all that is kept\?/],
    ] as const)
      expect(wordsOf(await (await fetch(bare.url + view)).text())).toMatch(said);
    await bare.close();
    await empty.close();
  });
});

describe('the views', () => {
  test('the overview counts what the store counts, and warns of what was altered', async () => {
    const stats = await store.stats({ since: Date.parse('2026-11-15T14:00:00Z') });
    const page = await words('');
    expect(page).toContain(`${stats.records} records in the last 7 days`);
    expect(page).toMatch(/Altered after dropcap.*cart: capabilities\.add: proposed unset, found \[NET_ADMIN\]/);
    for (const { name, count } of stats.outcomes) expect(page).toContain(`${count} ${name}`);
    for (const { name, count } of stats.results) expect(page).toContain(`${count} ${name.replace('-', ' ')}`);
    const [top] = stats.taken;
    expect(page).toMatch(new RegExp(`Taken away most.* ${top!.name} ${top!.count} `));
  });

  test('the numbers of the chart are in a table, too, and add up', async () => {
    const page = await (await get('?period=24h')).text();
    const cells = [...page.matchAll(/data-label="Requests">\s*<div>(\d+)<\/div>/g)].map(([, number]) => Number(number));
    expect(cells.reduce((sum, number) => sum + number, 0)).toBe(
      Number(/([\d,]+) records?\s+in the last 24/.exec(page)![1]),
    );
    expect(page).toContain('Requests by hour');
    expect(await words('?period=30d')).toContain('Requests by day');
  });

  test('a policy in audit mode says how many fields in how many workloads it would have changed, or that it is none', async () => {
    const page = await words('policies?period=30d');
    expect(page).toMatch(
      /If restricted-next were enforced 114 fields would have changed in the last 30 days in 2 workloads\./,
    );
    expect(page).toMatch(/If archive were enforced Nothing would have changed in the last 30 days/);
    expect(page).not.toContain('If restricted were enforced');
  });

  test('an exception that has ended, ends soon or is not used says so', async () => {
    const page = await words('exemptions');
    expect(page).toMatch(/node-agent reads network counters of the node platform@example\.com no end .* 42 2026-11-22/);
    expect(page).toMatch(/image-import .*2026-12-01 ends in 9 days/);
    expect(page).toMatch(/old-proxy .*2026-10-31 ended .*not in this period never/);
  });

  test('an opt-out says whether it is honoured, and why not', async () => {
    const page = await words('exemptions');
    expect(page).toMatch(
      /Deployment\/suggest in search all rules no end none given ignored by compatible: the namespace is not labelled/,
    );
    expect(page).toMatch(
      /StatefulSet\/cache in checkout capabilities\.drop until 2026-12-15 .*honoured by restricted 6/,
    );
  });

  test('namespaces are sorted by what is left to do, or as is asked', async () => {
    const order = (page: string): string[] =>
      [...page.matchAll(/<th scope="row" role="rowheader">\s*([a-z]+)\s*<\/th>/g)].map(([, name]) => name!);
    expect(order(await (await get('namespaces')).text()).slice(0, 3)).toEqual(['batch', 'checkout', 'payments']);
    expect(order(await (await get('namespaces?sort=name')).text())).toEqual([
      'batch',
      'checkout',
      'monitoring',
      'payments',
      'search',
      'storefront',
    ]);
  });

  test('records go on page by page, each once', async () => {
    const uids: string[] = [];
    for (let path = 'records?period=all&namespace=checkout'; path !== '';) {
      const page = await (await get(path)).text();
      uids.push(...[...page.matchAll(/href="record\?uid=([^"]*)"/g)].map(([, uid]) => uid!));
      const [, older = ''] = /href="([^"]*)"[^>]*rel="next"/.exec(page) ?? [];
      path = older.replaceAll('&amp;', '&');
    }
    const { records } = await store.stats({ namespace: 'checkout' });
    expect(uids.length).toBe(records);
    expect(new Set(uids).size).toBe(records);
  });

  test('a record shows each field before and after, what became of it, and what to do', async () => {
    const { entries } = await store.list({ result: 'altered', namespace: 'checkout' }, 1);
    const page = await words(`record?uid=${entries[0]!.uid}`);
    expect(page).toMatch(
      /altered the pod is there, and something put back .* cart capabilities\.add unset \[NET_ADMIN\]/,
    );
    expect(page).toMatch(
      /capabilities\.add \[NET_ADMIN\] removed hardened asked by restricted The policy does not allow/,
    );
    expect(page).toMatch(/What to do now .* dropcap why -/);
  });

  test('the beginning of a uid is enough where no other begins so', async () => {
    expect(await words('record?uid=0badcafe')).toContain('0badcafe-7f3a-4c0e-9d55-0a2f6f0e1b11');
    expect((await get('record?uid=0')).status).toBe(400);
  });
});

describe('names that would be something else', () => {
  test('are written out, and are found by their links', async () => {
    const evil = await filledStore(RECORDS);
    const held = await serveSite(evil);
    const pages = await Promise.all(
      ['', 'records', 'exemptions', `record?uid=${uidOf(9)}`, `record?uid=${uidOf(4)}`].map(async (path) =>
        (await fetch(held.url + path)).text(),
      ),
    );
    for (const page of pages) {
      // eslint-disable-next-line no-control-regex -- none of them may be there
      expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      expect(page).not.toContain('HYPERLINK("');
    }
    expect(pages[3]).toContain('\\u{1b}[31mred\\u{1b}]0;title\\u{7}\\u{202e}backwards');
    const [, link = ''] = /href="(records\?period=all&amp;user=[^"]*)"/.exec(pages[3]!) ?? [];
    const found = await (await fetch(held.url + link.replaceAll('&amp;', '&'))).text();
    expect(found).toContain(uidOf(9));
    expect(EVIL).toContain('\u202e');
    await held.close();
    await evil.close();
  });
});
