import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encode, type Answer } from '../../src/admission/answer.ts';
import type { PatchOperation } from '../../src/engine/patch.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const response = (answer: Answer, uid = 'u-1') => JSON.parse(encode(uid, answer, base64)) as Record<string, unknown>;
const allowed = (changes: Partial<Extract<Answer, { allowed: true }>> = {}): Answer => ({
  allowed: true,
  patch: [],
  warnings: [],
  auditAnnotations: {},
  ...changes,
});
const denied = (message: string, said: Partial<Answer> = {}): Answer => ({
  ...{ warnings: [], auditAnnotations: {}, ...said },
  ...{ allowed: false, message },
});
const patch: PatchOperation[] = [{ op: 'add', path: '/spec/containers/0/securityContext', value: {} }];

describe('encode', () => {
  test('an answer that changes nothing has neither patch nor patch type nor anything else', () => {
    expect(response(allowed())).toEqual({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid: 'u-1', allowed: true },
    });
  });

  test('a patch goes with its type, as base64 of JSON in UTF-8', () => {
    const named: PatchOperation[] = [{ op: 'add', path: '/metadata/annotations/a~1b', value: 'Grüße 世界 😀' }];
    const { response: answer } = response(allowed({ patch: named })) as {
      response: { patchType: string; patch: string };
    };
    expect(answer.patchType).toBe('JSONPatch');
    expect(answer.patch).toMatch(/^[A-Za-z0-9+/]+=*$/);
    expect(JSON.parse(Buffer.from(answer.patch, 'base64').toString('utf8'))).toEqual(named);
  });

  test('warnings and audit annotations are there where there are some', () => {
    const answer = allowed({ patch, warnings: ['a'], auditAnnotations: { policies: 'restricted' } });
    expect(response(answer)).toMatchObject({
      response: { warnings: ['a'], auditAnnotations: { policies: 'restricted' } },
    });
    expect(response(allowed({ patch }))['response']).not.toHaveProperty('warnings');
    expect(response(allowed({ patch }))['response']).not.toHaveProperty('auditAnnotations');
  });

  test('a refusal gives its reason as status.message, which alone reaches the user, and no patch', () => {
    expect(response(denied('no "such" thing'))).toEqual({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid: 'u-1', allowed: false, status: { message: 'no "such" thing', reason: 'Forbidden', code: 403 } },
    });
  });

  test('a refusal carries warnings and audit annotations too, which the API server passes on', () => {
    const said = { warnings: ['a'], auditAnnotations: { gate: 'denied' } };
    expect(response(denied('no', said))).toMatchObject({ response: { allowed: false, ...said } });
  });

  test('is JSON whatever the texts, with the uid as it came, and patch and type both or neither', () => {
    const text = fc.string({ unit: 'binary' });
    const answers = fc.oneof(
      fc.record({
        allowed: fc.constant(false as const),
        message: text,
        warnings: fc.array(text),
        auditAnnotations: fc.dictionary(text, text),
      }),
      fc.record({
        allowed: fc.constant(true as const),
        patch: fc.array(fc.record({ op: fc.constant('add' as const), path: text, value: text })),
        warnings: fc.array(text),
        auditAnnotations: fc.dictionary(text, text),
      }),
    );
    fc.assert(
      fc.property(text, answers, (uid, answer) => {
        const { response: back } = response(answer, uid) as { response: Record<string, unknown> };
        expect([back['uid'], back['allowed']]).toEqual([uid, answer.allowed]);
        expect('patch' in back).toBe('patchType' in back);
        expect('patch' in back).toBe(answer.allowed && answer.patch.length > 0);
        expect(back).not.toHaveProperty('result');
      }),
      { numRuns: 500 },
    );
  });
});
