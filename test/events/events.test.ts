import { beforeEach, describe, expect, test } from '@jest/globals';
import { Events } from '../../src/events/events.ts';
import type { ToldEvent } from '../../src/kube/events.ts';
import { eventually } from '../server/harness.ts';
import { decisionOf, loose, privileged, replicaSet } from './decided.ts';

const TIME = Date.parse('2026-11-22T12:00:00.250Z');
const UID = '0f4e2a1c-7f3a-4c0e-9d55-0a2f6f0e1b11';
const decided = { uid: UID, time: TIME, decision: decisionOf([loose('app'), privileged('agent')]) };
const hardened = { ...decided, decision: decisionOf([loose('app')]) };

let now = 0;
let written: ToldEvent[] = [];
let errors: string[] = [];
/** What the cluster does with an Event. */
let answer: () => Promise<void>;
let events: Events;

beforeEach(() => {
  now = 0;
  written = [];
  errors = [];
  answer = () => Promise.resolve();
  events = new Events({
    write: (event) => {
      written.push(event);
      return answer();
    },
    instance: 'replica-1',
    onError: ({ message }) => errors.push(message),
    now: () => now,
  });
});

const settled = (sent: number, failed = 0) =>
  eventually(
    () => events.counts(),
    (counts) => counts.sent === sent && counts.failed === failed,
  );

test('each cause is an Event, with a name that leads to the audit record', async () => {
  events.tell(replicaSet('web'), decided);
  expect(written).toEqual([
    {
      name: `dropcap.${UID}.capabilitiesdropped`,
      regarding: replicaSet('web'),
      reason: 'CapabilitiesDropped',
      type: 'Normal',
      note: 'Policy restricted: app: drop ALL, no SYS_ADMIN, no escalation',
      time: TIME,
      instance: 'replica-1',
    },
    expect.objectContaining({ name: `dropcap.${UID}.capabilitiesnotdropped`, type: 'Warning' }),
  ]);
  expect(await settled(2)).toEqual({ sent: 2, dropped: 0, failed: 0 });
});

test('an owner is told of the same once in ten minutes, and another owner of the same name is another', async () => {
  const other = [
    { ...replicaSet('web'), uid: 'another' },
    { ...replicaSet('web'), namespace: 'elsewhere' },
  ];
  for (const regarding of [replicaSet('web'), replicaSet('web'), ...other]) events.tell(regarding, hardened);
  now = 600_000;
  events.tell(replicaSet('web'), hardened);
  expect(await settled(4)).toEqual({ sent: 4, dropped: 1, failed: 0 });
});

test('what is too much is dropped, and counted', async () => {
  for (let i = 0; i < 20; i++) {
    events.tell(replicaSet(`web-${i}`), hardened);
    await settled(i + 1);
  }
  for (let i = 20; i < 100; i++) events.tell(replicaSet(`web-${i}`), hardened);
  expect(events.counts()).toEqual({ sent: 20, dropped: 80, failed: 0 });
});

describe('a cluster', () => {
  test('that does not answer has twenty Events at most to answer', () => {
    answer = () => new Promise(() => undefined);
    for (let i = 0; i < 100; i++) {
      now = i * 10_000;
      events.tell(replicaSet(`web-${i}`), hardened);
    }
    expect(written).toHaveLength(20);
    expect(events.counts()).toEqual({ sent: 0, dropped: 80, failed: 0 });
  });

  test('that refuses is complained of once for each outage, and every failure is counted', async () => {
    answer = () => Promise.reject(new Error('no such right'));
    for (let i = 0; i < 3; i++) events.tell(replicaSet(`a-${i}`), hardened);
    await settled(0, 3);
    expect(errors).toEqual(['no such right']);
    answer = () => Promise.resolve();
    events.tell(replicaSet('b'), hardened);
    await settled(1, 3);
    answer = () => Promise.reject(new Error('gone'));
    events.tell(replicaSet('c'), hardened);
    await settled(1, 4);
    expect(errors).toEqual(['no such right', 'gone']);
  });
});
