import { describe, expect, test } from '@jest/globals';
import { WorkQueue, type Job } from '../../src/server/work-queue.ts';

/** Keeps the event loop busy, as deciding does. */
const busy = (milliseconds: number): void => {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
};

const idle = (queue: WorkQueue): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (queue.length === 0) resolve();
      else setImmediate(look);
    };
    setImmediate(look);
  });

const MIB = 1024 * 1024;

describe('waiting requests', () => {
  const job = (done: string[], name: string, changes: Partial<Job> = {}): Job => ({
    bytes: 1_000,
    deadline: Infinity,
    run: () => void done.push(name),
    expire: () => void done.push(`${name} expired`),
    ...changes,
  });

  test('are decided in the order in which they came', async () => {
    const queue = new WorkQueue();
    const done: string[] = [];
    for (const name of ['a', 'b', 'c']) queue.push(job(done, name));
    expect(done).toEqual([]);
    await idle(queue);
    expect(done).toEqual(['a', 'b', 'c']);
  });

  test('are not worked on when their deadline passed before their turn', async () => {
    const queue = new WorkQueue();
    const done: string[] = [];
    queue.push(job(done, 'slow', { run: () => (busy(20), void done.push('slow')) }));
    queue.push(job(done, 'late', { deadline: performance.now() + 10 }));
    queue.push(job(done, 'patient', { deadline: performance.now() + 60_000 }));
    await idle(queue);
    expect(done).toEqual(['slow', 'late expired', 'patient']);
  });

  test('let the event loop read between slices of work', async () => {
    const queue = new WorkQueue();
    const order: string[] = [];
    for (let i = 0; i < 10; i++) queue.push(job(order, 'work', { run: () => (busy(5), void order.push('work')) }));
    setImmediate(() => setImmediate(() => order.push('read')));
    await idle(queue);
    expect(order.indexOf('read')).toBeGreaterThan(0);
    expect(order.indexOf('read')).toBeLessThan(10);
  });

  test('take their bytes with them when they are decided', async () => {
    const queue = new WorkQueue();
    const now = performance.now();
    queue.push(job([], 'a', { bytes: 60 * MIB }));
    expect(queue.isTooLate(10 * MIB, now + 1e9, now)).toBe(true);
    await idle(queue);
    expect(queue.isTooLate(10 * MIB, now + 1e9, now)).toBe(false);
  });
});

describe('a request that would wait past its deadline', () => {
  test('is told so, one that has the time is not', () => {
    const queue = new WorkQueue();
    const now = performance.now();
    expect(queue.isTooLate(1_000, now, now)).toBe(false);
    queue.push({ bytes: 10 * MIB, deadline: Infinity, run: () => undefined, expire: () => undefined });
    expect(queue.isTooLate(1_000, now + 10, now)).toBe(true);
    expect(queue.isTooLate(1_000, now + 10_000, now)).toBe(false);
  });

  test('is foreseen from how fast the ones before it were decided', async () => {
    const queue = new WorkQueue();
    const slow = (): Job => ({ bytes: 1_000, deadline: Infinity, run: () => busy(4), expire: () => undefined });
    const wouldWait = (): boolean => {
      const now = performance.now();
      return queue.isTooLate(1_000, now + 100, now);
    };
    for (let i = 0; i < 40; i++) queue.push(slow());
    expect(wouldWait()).toBe(false);
    await idle(queue);
    for (let i = 0; i < 80; i++) queue.push(slow());
    await idle(queue);
    for (let i = 0; i < 80; i++) queue.push(slow());
    expect(wouldWait()).toBe(true);
    await idle(queue);
  });
});
