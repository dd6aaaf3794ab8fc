import { expect, test } from '@jest/globals';
import { Outbox } from '../../src/results/outbox.ts';
import { eventually } from '../server/harness.ts';

test('lines are written in order', async () => {
  const written: string[] = [];
  const outbox = new Outbox((line) => {
    written.push(line);
    return Promise.resolve();
  });
  const lines = Array.from({ length: 250 }, (_, i) => String(i));
  for (const line of lines) outbox.add(line);
  await outbox.close();
  expect(written).toEqual(lines);
  expect(outbox.lost).toBe(0);
});

test('what cannot be written is tried again', async () => {
  const written: string[] = [];
  let failures = 3;
  const outbox = new Outbox((line) => {
    if (failures-- > 0) return Promise.reject(new Error('disk full'));
    written.push(line);
    return Promise.resolve();
  }, 1);
  outbox.add('a');
  outbox.add('b');
  await eventually(
    () => written.length,
    (length) => length === 2,
  );
  await outbox.close();
  expect(written.sort()).toEqual(['a', 'b']);
  expect(outbox.lost).toBe(0);
});

test('what has no room while the disk fails, or is left at the end, is counted', async () => {
  const outbox = new Outbox(() => Promise.reject(new Error('disk full')));
  for (let i = 0; i < 10_050; i++) outbox.add(String(i));
  expect(outbox.lost).toBeGreaterThan(0);
  await outbox.close();
  expect(outbox.lost).toBe(10_050);
});
