import { expect, test } from '@jest/globals';
import { Proof } from '../../src/results/proof.ts';

/** A watch at a version, of a cluster at another. */
const cluster = (newest: number) => {
  const at = {
    version: '',
    newest: newest,
    asked: 0,
  };
  const watch = {
    get version() {
      return at.version;
    },
    newest: () => {
      at.asked++;
      return at.newest > 0 ? Promise.resolve(String(at.newest)) : Promise.reject(new Error('out of reach'));
    },
  };
  return { at, proof: new Proof(watch) };
};

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a time is proved when the watch is at the version that the cluster had then, and once', async () => {
  const { at, proof } = cluster(100);
  proof.seek(7);
  await settled();
  for (const version of ['', '9', '99']) {
    at.version = version;
    expect(proof.take()).toBeUndefined();
  }
  at.version = '100';
  expect(proof.take()).toBe(7);
  expect(proof.take()).toBeUndefined();
});

test('of several times the latest is proved that the watch has come to', async () => {
  const { at, proof } = cluster(100);
  for (const [time, newest] of [
    [0, 100],
    [6_000, 200],
    [12_000, 300],
  ] as const) {
    at.newest = newest;
    proof.seek(time);
    await settled();
  }
  at.version = '250';
  expect(proof.take()).toBe(6_000);
  at.version = '300';
  expect(proof.take()).toBe(12_000);
});

test('the cluster is not asked more often than every few seconds', async () => {
  const { at, proof } = cluster(100);
  for (let time = 0; time < 10_000; time += 1_000) {
    proof.seek(time);
    await settled();
  }
  expect(at.asked).toBe(2);
});

test('a cluster that does not answer proves nothing, and is asked again', async () => {
  const { at, proof } = cluster(0);
  proof.seek(0);
  await settled();
  at.newest = 5;
  proof.seek(6_000);
  await settled();
  at.version = '5';
  expect(proof.take()).toBe(6_000);
});
