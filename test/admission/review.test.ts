import { describe, expect, test } from '@jest/globals';
import { decode, isOurs, type Review } from '../../src/admission/review.ts';
import { Unreadable } from '../../src/engine/unreadable.ts';
import type { Json } from '../pods.ts';

const request = {
  uid: 'u-1',
  kind: { group: '', version: 'v1', kind: 'Pod' },
  operation: 'CREATE',
  namespace: 'team-a',
  name: 'web',
  userInfo: { username: 'alice', groups: ['dev'], extra: { x: ['y'] } },
  object: { metadata: { name: 'web' } },
  oldObject: null,
  dryRun: true,
};
const review = (changes: object = {}, outer: object = {}) => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: { ...request, ...changes },
  ...outer,
});

/** Why a body is refused: the code and the message. */
function refusal(body: unknown): string {
  try {
    decode(body);
  } catch (error) {
    if (error instanceof Unreadable) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'none';
}

describe('decode', () => {
  test('takes from a review what deciding and recording need, the object untouched', () => {
    const body = review();
    const decoded = decode(body);
    expect(decoded).toEqual({
      uid: 'u-1',
      kind: 'v1/Pod',
      operation: 'CREATE',
      subResource: '',
      namespace: 'team-a',
      name: 'web',
      user: { username: 'alice', groups: ['dev'] },
      dryRun: true,
      object: request.object,
      oldObject: null,
    });
    expect(decoded.object).toBe(body.request.object);
  });

  test('takes absent and null for the same', () => {
    const { uid } = request;
    const empty = { ...review(), request: { uid } };
    const nulls = review({
      kind: null,
      operation: null,
      namespace: null,
      name: null,
      userInfo: null,
      object: null,
      dryRun: null,
    });
    expect(decode(nulls)).toEqual({ ...decode({ ...empty, request: { uid: 'u-1', object: null, oldObject: null } }) });
    expect(decode(empty)).toMatchObject({
      kind: '',
      operation: '',
      name: '',
      dryRun: false,
      user: { username: '', groups: [] },
    });
  });

  test('says which version it expects when it gets an older one', () => {
    expect(refusal(review({}, { apiVersion: 'admission.k8s.io/v1beta1' }))).toBe(
      'unsupported-version: apiVersion: found admission.k8s.io/v1beta1, expected admission.k8s.io/v1',
    );
  });

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'not-a-review: expected an AdmissionReview of admission.k8s.io/v1'],
    ['null', null, 'not-a-review: expected an AdmissionReview of admission.k8s.io/v1'],
    ['a list', [review()], 'not-a-review: expected an AdmissionReview of admission.k8s.io/v1'],
    ['text', 'review', 'not-a-review: expected an AdmissionReview of admission.k8s.io/v1'],
    [
      'another API',
      review({}, { apiVersion: 'v1' }),
      'not-a-review: expected an AdmissionReview of admission.k8s.io/v1',
    ],
    ['another kind', review({}, { kind: 'Pod' }), 'not-a-review: expected an AdmissionReview of admission.k8s.io/v1'],
    [
      'no apiVersion',
      review({}, { apiVersion: undefined }),
      'not-a-review: expected an AdmissionReview of admission.k8s.io/v1',
    ],
    [
      'an apiVersion that is no text',
      review({}, { apiVersion: 1 }),
      'not-a-review: expected an AdmissionReview of admission.k8s.io/v1',
    ],
    ['no request', review({}, { request: undefined }), 'not-a-review: request: missing'],
    ['a request that is a list', review({}, { request: [] }), 'wrong-type: request: expected object, found array'],
    ['no uid', review({ uid: undefined }), 'not-a-review: request/uid: missing'],
    ['a uid that is a number', review({ uid: 5 }), 'wrong-type: request/uid: expected string, found number'],
    [
      'an operation that is a list',
      review({ operation: ['CREATE'] }),
      'wrong-type: request/operation: expected string, found array',
    ],
    ['a kind that is text', review({ kind: 'Pod' }), 'wrong-type: request/kind: expected object, found string'],
    [
      'a group that is a number',
      review({ kind: { group: 1 } }),
      'wrong-type: request/kind/group: expected string, found number',
    ],
    [
      'a user that is text',
      review({ userInfo: 'alice' }),
      'wrong-type: request/userInfo: expected object, found string',
    ],
    [
      'groups that are text',
      review({ userInfo: { groups: 'x' } }),
      'wrong-type: request/userInfo/groups: expected array, found string',
    ],
    [
      'a group that is null within',
      review({ userInfo: { groups: [{}] } }),
      'wrong-type: request/userInfo/groups/0: expected string, found object',
    ],
    [
      'a dry run that is text',
      review({ dryRun: 'false' }),
      'wrong-type: request/dryRun: expected boolean, found string',
    ],
  ])('refuses %s', (_, body, expected) => {
    expect(refusal(body)).toBe(expected);
  });
});

describe('isOurs', () => {
  const base = decode(review());
  test.each<[boolean, Partial<Review>]>([
    [true, {}],
    [true, { operation: 'UPDATE', subResource: 'ephemeralcontainers' }],
    [false, { operation: 'UPDATE' }],
    [false, { operation: 'DELETE' }],
    [false, { operation: 'CREATE', subResource: 'binding' }],
    [false, { operation: 'CREATE', subResource: 'ephemeralcontainers' }],
    [false, { operation: 'UPDATE', subResource: 'resize' }],
    [false, { kind: 'apps/v1/Deployment' }],
    [false, { kind: 'example.org/v1/Pod' }],
    [false, { kind: '' }],
  ])('is %s for %j', (ours, changes) => {
    expect(isOurs({ ...base, ...changes })).toBe(ours);
  });

  test('a kind in a group is never taken for the core one', () => {
    const kind = (value: Json) => decode(review({ kind: value })).kind;
    expect(kind({ group: '', version: 'v1', kind: 'Pod' })).toBe('v1/Pod');
    expect(kind({ group: 'example.org', version: 'v1', kind: 'Pod' })).toBe('example.org/v1/Pod');
  });
});
