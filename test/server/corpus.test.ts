import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { CORPUS, hasCorpus } from '../corpus.ts';
import { errorIn } from './client.ts';
import { closeAll, restricted, start, type TestServer } from './harness.ts';
import { podTemplatesOf } from '../../src/engine/template.ts';
import { containersIn, mapAt, type Json, type JsonMap } from '../pods.ts';
import { creating, operationsIn, patched, responseIn } from './reviews.ts';

/** AdmissionReviews that other projects test themselves with; not part of this repository. */
const REVIEWS = join(CORPUS, 'C-admission');
const files = hasCorpus ? globSync('**/*.json', { cwd: REVIEWS }).toSorted() : [];
if (!hasCorpus) process.stderr.write(`skipped: the corpus of AdmissionReviews is not at ${REVIEWS}\n`);

let server: TestServer;
beforeAll(async () => {
  server = await start({ policies: [restricted()] });
});
afterAll(closeAll);

const OURS = ['Pod', 'Deployment', 'CronJob'];

/** The pod of an object, which is one or has a template. */
const podOf = (object: Json): Json => podTemplatesOf(object)[0]!.pod as JsonMap;

type Expected = 'hardened' | 'untouched' | 'not-a-review' | 'unsupported-version' | 'wrong-type' | 'not-json';

/** What must become of a file, judged from its JSON by hand. */
function expectedOf(review: Json): Expected {
  const { apiVersion, kind } = review as JsonMap;
  if (apiVersion === 'admission.k8s.io/v1beta1') return 'unsupported-version';
  if (apiVersion !== 'admission.k8s.io/v1' || kind !== 'AdmissionReview') return 'not-a-review';
  const request = mapAt(review, 'request');
  if (typeof request['uid'] !== 'string') return 'not-a-review';
  const { kind: asked, version } = mapAt(request, 'kind');
  const isOurs = OURS.some((name) => name === asked) && version === 'v1' && request['operation'] === 'CREATE';
  if (!isOurs || request['subResource']) return 'untouched';
  return typeof mapAt(request, 'object')['spec'] === 'string' ? 'wrong-type' : 'hardened';
}

const found = new Map<Expected, number>();

(hasCorpus ? describe : describe.skip)('a review of another project', () => {
  test.each(files)('%s', async (file) => {
    const text = readFileSync(join(REVIEWS, file), 'utf8');
    const review = JSON.parse(text) as JsonMap;
    const expected = expectedOf(review);
    found.set(expected, (found.get(expected) ?? 0) + 1);
    const reply = await server.post(text);
    if (expected !== 'hardened' && expected !== 'untouched') {
      expect([relative('.', file), reply.status, errorIn(reply).code]).toEqual([file, 400, expected]);
      return;
    }
    expect(reply.status).toBe(200);
    const answer = responseIn(reply.body);
    expect(answer).toMatchObject({ uid: mapAt(review, 'request')['uid'], allowed: true });
    if (expected === 'untouched') expect(answer).not.toHaveProperty('patch');
    else {
      const containers = containersIn(podOf(patched(review, answer)));
      expect(containers.length).toBeGreaterThan(0);
      for (const { security } of containers)
        expect([security.privileged || security.drop.includes('ALL'), security.add]).toEqual([true, []]);
      expect(operationsIn(answer)).not.toEqual([]);
      const again = await server.post({
        ...review,
        request: { ...mapAt(review, 'request'), object: patched(review, answer) },
      });
      expect(operationsIn(responseIn(again.body))).toEqual([]);
    }
  });

  test('every kind of outcome is among them', () => {
    const kinds: Expected[] = ['hardened', 'not-a-review', 'unsupported-version', 'untouched', 'wrong-type'];
    expect([...found.keys()].toSorted()).toEqual(kinds);
  });

  test.each(files.filter((file) => file.endsWith('.v1.Pod.json')))(
    '%s, a pod with every field that there is, is hardened and keeps the rest',
    async (file) => {
      // Its containers are privileged, and those are left alone.
      const text = readFileSync(join(REVIEWS, file), 'utf8').replaceAll('"privileged": true', '"privileged": false');
      const pod = JSON.parse(text) as JsonMap;
      const review = creating(pod, { namespace: 'team-a' });
      const answer = responseIn((await server.post(review)).body);
      const after = patched(review, answer);
      const hardened = ['capabilities', 'allowPrivilegeEscalation'];
      const rest = (object: Json): string =>
        JSON.stringify({ ...(object as JsonMap), metadata: null }, (key, value: unknown) =>
          hardened.includes(key) ? null : value,
        );
      expect(operationsIn(answer)).not.toEqual([]);
      expect(rest(after)).toBe(rest(pod));
    },
  );
});
