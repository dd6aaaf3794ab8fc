/** The annotation that leads from a pod to its audit record, and from one pass to the one before. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Expected } from '../../src/results/expected.ts';
import type { Results } from '../../src/results/results.ts';
import { mapAt, type JsonMap } from '../pods.ts';
import { closeAll, start, type TestServer } from './harness.ts';
import { compliant, creating, debugging, patched, plainPod, requestFor, responseIn, reviewOf } from './reviews.ts';

const KEY = 'dropcap.dev/audit-record';
const EARLIER = 'aaaaaaaa-2222-4333-8444-555555555555';

let server: TestServer;
let expected: Expected[] = [];
// Not our module but the place of one: what the server tells, and when, is what is looked at.
const results = { expect: (one: Expected) => void expected.push(one), close: () => Promise.resolve() };

beforeAll(async () => {
  server = await start({ auditRecord: true, results: results as unknown as Results });
});
beforeEach(() => void (expected = []));
afterAll(closeAll);

const uidOf = (review: JsonMap): string => mapAt(review, 'request')['uid'] as string;

async function annotationsAfter(review: JsonMap, to = server): Promise<JsonMap> {
  const answer = responseIn((await to.post(review)).body);
  expect(answer.allowed).toBe(true);
  return mapAt(mapAt(patched(review, answer), 'metadata'), 'annotations');
}

const lastRecord = async () => (await server.records()).at(-1)!;

test('a hardened pod names the record of what was done to it', async () => {
  const review = creating(plainPod());
  expect(await annotationsAfter(review)).toEqual({ 'dropcap.dev/hardened': 'restricted', [KEY]: uidOf(review) });
  const record = await lastRecord();
  expect(record.uid).toBe(uidOf(review));
  expect(record).not.toHaveProperty('follows');
  expect(expected).toMatchObject([
    {
      uid: record.uid,
      recorded: record.time,
      namespace: 'team-a',
      name: 'web',
      annotated: true,
      proposed: [
        { container: 'app', rule: 'capabilities.drop', value: ['ALL'] },
        { container: 'app', rule: 'allowPrivilegeEscalation', value: false },
      ],
    },
  ]);
});

test('a pod that complies is not annotated, and nothing is expected of it', async () => {
  const answer = responseIn((await server.post(creating(plainPod({}, compliant())))).body);
  expect(answer).not.toHaveProperty('patch');
  expect(expected).toEqual([]);
});

test('a dry run leaves no record, so it names none', async () => {
  const review = creating(plainPod(), { dryRun: true });
  expect(await annotationsAfter(review)).toEqual({ 'dropcap.dev/hardened': 'restricted' });
  expect(expected).toEqual([]);
});

test('a second pass that patches names itself, and its record follows the first', async () => {
  const review = creating(plainPod({ annotations: { [KEY]: EARLIER } }));
  expect(await annotationsAfter(review)).toMatchObject({ [KEY]: uidOf(review) });
  expect(await lastRecord()).toMatchObject({ uid: uidOf(review), follows: EARLIER });
  expect(expected).toMatchObject([{ follows: EARLIER, annotated: true }]);
});

test('what is no uid is followed by nothing', async () => {
  for (const value of ['', 'x', `${EARLIER}\n`, EARLIER.toUpperCase(), `${EARLIER}0`]) {
    await annotationsAfter(creating(plainPod({ annotations: { [KEY]: value } })));
    expect(await lastRecord()).not.toHaveProperty('follows');
  }
});

test('ephemeral containers follow nothing: their pod bears what it was made with', async () => {
  const stored = plainPod({ uid: EARLIER, annotations: { [KEY]: EARLIER } }, compliant());
  await server.post(debugging(stored, { name: 'shell', image: 'busybox' }));
  const record = await lastRecord();
  expect(record).toMatchObject({ subResource: 'ephemeralcontainers' });
  expect(record).not.toHaveProperty('follows');
  expect(expected).toMatchObject([{ annotated: false, ephemeral: { podUid: EARLIER, names: ['shell'] } }]);
});

test('a template is not annotated, and no pod is expected of it', async () => {
  const kind = { group: 'apps', version: 'v1', kind: 'Deployment' };
  const deployment = { metadata: { name: 'web', annotations: { [KEY]: EARLIER } }, spec: { template: plainPod() } };
  const review = reviewOf(requestFor(deployment, { kind }));
  const answer = responseIn((await server.post(review)).body);
  expect(answer).toHaveProperty('patch');
  expect(JSON.stringify(patched(review, answer))).not.toContain(uidOf(review));
  expect(await lastRecord()).not.toHaveProperty('follows');
  expect(expected).toEqual([]);
});

test('without a store, or with --no-annotate, no record is named', async () => {
  for (const wishes of [{}, { auditRecord: true, annotate: false }]) {
    const other = await start(wishes);
    expect(await annotationsAfter(creating(plainPod()), other)).not.toHaveProperty([KEY]);
  }
});
