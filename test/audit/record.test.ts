import { describe, expect, test } from '@jest/globals';
import { isRecorded, recordOf } from '../../src/audit/record.ts';
import { circumstances, decision, writer } from './decisions.ts';

const optOut = { rules: [], containers: undefined, reason: 'r', until: '', honouredBy: [], ignored: [] };

describe('a record', () => {
  test('leaves out what there is not', () => {
    expect(recordOf(circumstances(0), decision, writer)).toEqual({
      time: '2023-11-14T22:13:20.000Z',
      uid: '0',
      dryRun: false,
      operation: 'CREATE',
      namespace: 'team-a',
      name: 'web',
      user: 'alice',
      policies: ['restricted'],
      findings: decision.findings,
      patch: decision.patch,
      durationMs: 1,
      policySet: 'v1',
      instance: 'replica-1',
      version: '1.2.3',
    });
  });

  test('says what there is', () => {
    const more = {
      ...circumstances(0),
      subResource: 'ephemeralcontainers',
      kind: 'CronJob',
      gate: 'denied' as const,
      refused: 'why',
      name: '',
      generateName: 'web-',
      owner: 'Job/x',
    };
    const record = recordOf(more, { ...decision, optOut, exceptionsExpired: ['old'] }, writer);
    expect(record).toMatchObject({
      subResource: 'ephemeralcontainers',
      kind: 'CronJob',
      gate: 'denied',
      refused: 'why',
      generateName: 'web-',
      owner: 'Job/x',
      optOut,
      exceptionsExpired: ['old'],
    });
    expect(JSON.stringify(record)).not.toContain('"name":');
  });

  test('gives the duration in milliseconds to the microsecond', () => {
    expect(recordOf({ ...circumstances(0), durationMs: 0.123456 }, decision, writer).durationMs).toBe(0.123);
  });
});

describe('is recorded', () => {
  const nothing = { ...decision, patch: [], findings: [] };
  test.each([
    ['a finding', true, decision],
    ['an opt-out that was ignored', true, { ...nothing, optOut: { ...optOut, ignored: [{ policy: 'p', why: 'w' }] } }],
    ['nothing to say', false, nothing],
    ['an opt-out that spares nothing', false, { ...nothing, optOut }],
    ['an expired exception on a pod that complies', false, { ...nothing, exceptionsExpired: ['old'] }],
  ])('%s: %s', (_, recorded, what) => {
    expect(isRecorded(what)).toBe(recorded);
  });
});
