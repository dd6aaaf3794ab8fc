import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { loadPolicies } from '../../src/policies/load.ts';
import type { PolicySource, Reload } from '../../src/policies/source.ts';
import { watchPolicies, type WatchOptions } from '../../src/policies/watch.ts';
import { exceptionOf, folderOf, GOOD, policyOf, TODAY } from './folder.ts';

const OTHER = policyOf('{ mode: audit, level: baseline }', 'other');
const BAD = policyOf('{ mode: x, level: baseline }', 'bad');

const open: PolicySource[] = [];
afterEach(() => open.splice(0).forEach((source) => source.close()));

/** Follows a folder; `next` is the next reload that is heard of. */
function follow(folder: string, options: WatchOptions = {}) {
  const reloads: Reload[] = [];
  const fast = { settleMs: 20, pollMs: 100, today: () => TODAY };
  const onReload = (reload: Reload) => reloads.push(reload);
  const source = watchPolicies([folder], loadPolicies([folder], TODAY), { ...fast, ...options, onReload });
  open.push(source);
  const next = async (): Promise<Reload> => {
    for (let i = 0; i < 500 && reloads.length === 0; i++) await wait(10);
    const reload = reloads.shift();
    if (!reload) throw new Error('no reload within five seconds');
    return reload;
  };
  return { source, next, reloads };
}

const namesIn = (source: PolicySource): string[] => source.current().policies.map(({ name }) => name);

test.each([
  ['heard of', { pollMs: 60_000 }],
  ['seen by looking', { pollMs: 30 }],
])('a change that is %s puts the new set into force', async (_, options) => {
  const folder = folderOf({ 'a.yaml': GOOD });
  const { source, next } = follow(folder, options);
  const before = source.version();
  writeFileSync(path.join(folder, 'b.yaml'), OTHER);
  expect(await next()).toMatchObject({ ok: true, errors: [], warnings: [] });
  expect(namesIn(source)).toEqual(['good', 'other']);
  expect(source.version()).not.toBe(before);
  expect(source.version()).toBe(loadPolicies([folder], TODAY).version);
});

test('the switch of ..data in a ConfigMap mount is one change', async () => {
  const folder = folderOf({ '..1/a.yaml': GOOD, '..1/b.yaml': OTHER });
  symlinkSync('..1', path.join(folder, '..data'));
  for (const name of ['a.yaml', 'b.yaml']) symlinkSync(`..data/${name}`, path.join(folder, name));
  const { source, next, reloads } = follow(folder, { pollMs: 60_000 });
  expect(namesIn(source)).toEqual(['good', 'other']);
  // As the kubelet does: a new folder, a new link beside the old one, and one rename.
  mkdirSync(path.join(folder, '..2'));
  writeFileSync(path.join(folder, '..2', 'a.yaml'), GOOD.replace('good', 'better'));
  writeFileSync(path.join(folder, '..2', 'b.yaml'), OTHER);
  symlinkSync('..2', path.join(folder, '..data_tmp'));
  renameSync(path.join(folder, '..data_tmp'), path.join(folder, '..data'));
  rmSync(path.join(folder, '..1'), { recursive: true });
  expect((await next()).ok).toBe(true);
  expect(namesIn(source)).toEqual(['better', 'other']);
  await wait(100);
  expect(reloads).toEqual([]);
});

describe('a bad set', () => {
  test('keeps the last good one in force, is told once and counted', async () => {
    const folder = folderOf({ 'a.yaml': GOOD });
    const { source, next, reloads } = follow(folder);
    const [version, { loadedAt }, set] = [source.version(), source.status(), source.current()];
    writeFileSync(path.join(folder, 'b.yaml'), BAD);
    const { ok, errors } = await next();
    const line = `${path.join(folder, 'b.yaml')}:4:15: spec.mode: found x, expected enforce, audit or warn`;
    expect([ok, errors.map(({ field }) => field)]).toEqual([false, ['spec.mode']]);
    expect(source.current()).toBe(set);
    expect(source.version()).toBe(version);
    expect(source.status()).toEqual({ loadedAt, failures: 1, lastErrors: [line] });
    await wait(300);
    expect(reloads).toEqual([]);
  });

  test('is forgotten when a good one follows, be it the old one', async () => {
    const folder = folderOf({ 'a.yaml': GOOD });
    const { source, next } = follow(folder);
    const version = source.version();
    writeFileSync(path.join(folder, 'a.yaml'), BAD);
    expect((await next()).ok).toBe(false);
    writeFileSync(path.join(folder, 'a.yaml'), GOOD);
    expect((await next()).ok).toBe(true);
    expect(source.version()).toBe(version);
    expect(source.status()).toMatchObject({ failures: 1, lastErrors: [] });
  });

  test('a folder that goes away is one, and its return is seen though nothing listens to the new one', async () => {
    const folder = folderOf({ 'a.yaml': GOOD });
    const { source, next } = follow(folder);
    rmSync(folder, { recursive: true });
    const gone = await next();
    expect(gone.errors.map(({ message }) => message)).toEqual(['found nothing there, expected a folder of policies']);
    expect(namesIn(source)).toEqual(['good']);
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'a.yaml'), OTHER);
    let back = await next();
    if (!back.ok) back = await next();
    expect(back.ok).toBe(true);
    expect(namesIn(source)).toEqual(['other']);
  });

  test('cannot be the first', () => {
    const loaded = loadPolicies([folderOf({ 'a.yaml': BAD })], TODAY);
    expect(() => watchPolicies([], loaded)).toThrow('found x, expected enforce, audit or warn');
  });
});

test('contents that come back as they were are no reload', async () => {
  const folder = folderOf({ 'a.yaml': GOOD });
  const { reloads } = follow(folder, { settleMs: 20 });
  writeFileSync(path.join(folder, 'a.yaml'), GOOD);
  renameSync(path.join(folder, 'a.yaml'), path.join(folder, 'b.yaml'));
  await wait(400);
  expect(reloads).toEqual([]);
});

test('a file that grows is taken when it has stopped growing', async () => {
  const folder = folderOf({ 'a.yaml': GOOD });
  const { source, next } = follow(folder, { settleMs: 300, pollMs: 60_000 });
  for (const part of OTHER.match(/[^]{1,16}/g) ?? []) {
    writeFileSync(path.join(folder, 'b.yaml'), part, { flag: 'a' });
    await wait(100);
  }
  expect(await next()).toMatchObject({ ok: true });
  expect(namesIn(source)).toEqual(['good', 'other']);
});

test('the warnings of a reload are told', async () => {
  const folder = folderOf({ 'a.yaml': GOOD });
  const { next } = follow(folder);
  const spec = '{ match: { namespaces: [a] }, keep: [KILL], reason: r, owner: o, expires: 2026-02-28 }';
  writeFileSync(path.join(folder, 'b.yaml'), exceptionOf(spec));
  const { ok, warnings } = await next();
  expect([ok, warnings.map(({ message }) => message)]).toEqual([true, ['e ended on 2026-02-28: it is ignored']]);
});

test('a single file is followed though it is replaced', async () => {
  const folder = folderOf({ 'a.yaml': GOOD });
  const { source, next } = follow(path.join(folder, 'a.yaml'), { pollMs: 60_000 });
  writeFileSync(path.join(folder, 'new'), OTHER);
  renameSync(path.join(folder, 'new'), path.join(folder, 'a.yaml'));
  expect((await next()).ok).toBe(true);
  expect(namesIn(source)).toEqual(['other']);
});

test('after close nothing is followed, and the set stays', async () => {
  const folder = folderOf({ 'a.yaml': GOOD });
  const { source, reloads } = follow(folder, { pollMs: 20 });
  writeFileSync(path.join(folder, 'a.yaml'), OTHER);
  source.close();
  await wait(300);
  expect(reloads).toEqual([]);
  expect(namesIn(source)).toEqual(['good']);
});
