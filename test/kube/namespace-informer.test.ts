import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { namespaceInformer } from '../../src/kube/namespace-informer.ts';
import type { NamespaceSource } from '../../src/kube/source.ts';
import { NamespaceApi } from './api-server.ts';

jest.setTimeout(30_000);

let api: NamespaceApi;
let folder: string;
let kubeconfig: string;
let errors: string[];
let source: NamespaceSource;

beforeEach(async () => {
  api = await NamespaceApi.make();
  await api.start();
  folder = mkdtempSync(join(tmpdir(), 'dropcap-kube-'));
  kubeconfig = api.writeKubeconfig(join(folder, 'config'));
  errors = [];
});
afterEach(async () => {
  await source.close();
  await api.stop();
  rmSync(folder, { recursive: true, force: true });
});

const open = (): NamespaceSource =>
  (source = namespaceInformer({ kubeconfig, retryMs: 100, onError: ({ message }) => errors.push(message) }));

async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!holds()) {
    if (performance.now() > end)
      throw new Error(`never came to be; errors: ${errors.join()}; asked: ${api.asked.join()}`);
    await sleep(5);
  }
}

const tier = (name: string): string | undefined => source.cached(name)?.['tier'];

describe('the namespaces of a cluster', () => {
  test('are all known once they were listed, with the label that holds their name', async () => {
    api.set('shop', { tier: 'front' });
    api.set('ledger', { tier: 'back' });
    open();
    expect(source.synced()).toBe(false);
    await until(() => source.synced());
    expect(source.cached('shop')).toEqual({ tier: 'front', 'kubernetes.io/metadata.name': 'shop' });
    expect(tier('ledger')).toBe('back');
    expect(source.cached('unknown')).toBeUndefined();
    expect(errors).toEqual([]);
  });

  test('are followed: made, labelled anew, and deleted', async () => {
    api.set('shop', { tier: 'front' });
    open();
    await until(() => api.asked.includes('GET /api/v1/namespaces?watch'));
    api.set('shop', { tier: 'back' });
    api.set('new', { tier: 'middle' });
    await until(() => tier('shop') === 'back' && tier('new') === 'middle');
    api.delete('new');
    await until(() => source.cached('new') === undefined);
  });

  test('go on being followed after the server ends the watch', async () => {
    api.set('shop', { tier: 'front' });
    open();
    await until(() => api.asked.includes('GET /api/v1/namespaces?watch'));
    api.endWatches();
    await until(() => api.asked.filter((what) => what.endsWith('?watch')).length > 1);
    await until(() => {
      api.set('shop', { tier: 'back' });
      return tier('shop') === 'back';
    });
  });

  test('nothing is ever asked but to list, watch and get namespaces', async () => {
    api.set('shop', {});
    open();
    await until(() => source.synced() && api.asked.length >= 2);
    await source.fetch('shop');
    expect(new Set(api.asked)).toEqual(
      new Set(['GET /api/v1/namespaces', 'GET /api/v1/namespaces?watch', 'GET /api/v1/namespaces/shop']),
    );
  });
});

describe('a namespace that was made a moment ago', () => {
  test('is fetched', async () => {
    open();
    await until(() => source.synced());
    api.hidden.add('new');
    api.set('new', { tier: 'front' });
    expect(source.cached('new')).toBeUndefined();
    expect(await source.fetch('new')).toEqual({ tier: 'front', 'kubernetes.io/metadata.name': 'new' });
  });

  test('is an error where there is none', async () => {
    open();
    await until(() => source.synced());
    await expect(source.fetch('none')).rejects.toThrow(/^namespaces: HTTP 404$/);
  });

  test('is no other path, whatever it is called', async () => {
    open();
    await until(() => api.watches > 0);
    api.asked.length = 0;
    await expect(source.fetch('../secrets/x?watch=true')).rejects.toThrow('HTTP 404');
    expect(api.asked).toEqual(['GET /api/v1/namespaces/..%2Fsecrets%2Fx%3Fwatch%3Dtrue']);
  });
});

describe('a cluster that cannot be reached', () => {
  test('at the start leaves the source unsynced; it recovers when the cluster does', async () => {
    await api.stop();
    open();
    await until(() => errors.length >= 2);
    expect(source.synced()).toBe(false);
    expect(source.cached('shop')).toBeUndefined();
    await expect(source.fetch('shop')).rejects.toThrow(/^namespaces: /);
    api.set('shop', { tier: 'front' });
    await api.start();
    await until(() => source.synced());
    expect(tier('shop')).toBe('front');
  });

  test('later leaves what was known, and what changed meanwhile is seen afterwards', async () => {
    api.set('shop', { tier: 'front' });
    open();
    await until(() => api.asked.includes('GET /api/v1/namespaces?watch'));
    await api.stop();
    await until(() => errors.length > 0);
    expect(tier('shop')).toBe('front');
    expect(source.synced()).toBe(true);
    api.set('shop', { tier: 'back' });
    await api.start();
    await until(() => {
      api.set('shop', { tier: 'back' });
      return tier('shop') === 'back';
    });
  });

  test('that refuses is reported in one short line without the token', async () => {
    api.failing = 403;
    open();
    await until(() => errors.length >= 2);
    expect(new Set(errors)).toEqual(new Set(['namespaces: HTTP 403']));
    await expect(source.fetch('shop')).rejects.toThrow(/^namespaces: HTTP 403$/);
    expect(source.synced()).toBe(false);
  });

  test('is asked one thing at a time, at the interval, however often it fails', async () => {
    api.failing = 500;
    open();
    await until(() => errors.length >= 1);
    api.asked.length = 0;
    const begin = performance.now();
    await until(() => api.asked.length >= 4);
    // Timers are never early: two tries in one interval would be two loops.
    expect(performance.now() - begin).toBeGreaterThan(250);
    api.failing = 0;
    await until(() => source.synced());
  });

  test('is not asked any more after closing', async () => {
    api.failing = 500;
    open();
    await until(() => errors.length >= 1);
    await source.close();
    const { length } = api.asked;
    await sleep(300);
    expect(api.asked).toHaveLength(length);
  });
});

test('closing while the first list is under way leaves no watch open, which would keep the process alive', async () => {
  for (let i = 0; i < 10; i++) {
    open();
    const before = api.asked.length;
    await until(() => api.asked.length > before);
    await sleep(i % 4);
    await source.close();
  }
  await sleep(300);
  await until(() => api.watches === 0);
});

test('a kubeconfig that cannot be read is an error at once', () => {
  open();
  writeFileSync(join(folder, 'broken'), '{');
  expect(() => namespaceInformer({ kubeconfig: join(folder, 'missing'), onError: () => undefined })).toThrow('ENOENT');
  expect(() => namespaceInformer({ kubeconfig: join(folder, 'broken'), onError: () => undefined })).toThrow();
});
