import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AuditRecord } from '../../src/audit/record.ts';
import { fieldsOf, headOf, placeOf, recordOf, shapeOf, textOf, type Body } from '../../src/audit/body.ts';
import { awkward, record } from './record-texts.ts';

/** The parts of any text, be its shape JSON or not. */
function bodyOf(text: string): Body {
  const place = placeOf(text);
  return place ? { head: headOf(text, place), shape: shapeOf(text, place) } : { head: text, shape: '' };
}

describe('the text of a record', () => {
  test('is put together again as it was', () => {
    fc.assert(
      fc.property(record, (written) => {
        const text = JSON.stringify(written);
        expect(textOf(bodyOf(text))).toBe(text);
        expect(recordOf(bodyOf(text))).toEqual(JSON.parse(text));
      }),
      { numRuns: 2_000 },
    );
  });

  test('has its fields in one part or the other', () => {
    fc.assert(
      fc.property(record, (written) => {
        const text = JSON.stringify(written);
        const { head, shape } = bodyOf(text);
        const read = JSON.parse(text) as AuditRecord;
        const fields = shape === '' ? {} : fieldsOf(shape);
        expect({ ...(JSON.parse(head) as AuditRecord), ...fields, patch: [] }).toEqual({ ...read, patch: [] });
      }),
      { numRuns: 2_000 },
    );
  });

  test('that is none of ours is kept whole', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), awkward), (text) => {
        expect(textOf(bodyOf(text))).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  test('shares its shape with that of the next pod of the same template, which has another uid, name and time', () => {
    const of = (uid: string, name: string, time: string): string =>
      JSON.stringify({
        time,
        uid,
        namespace: 'shop',
        name,
        policies: ['restricted'],
        findings: [{ container: 'app' }],
        patch: [{ op: 'add', path: '/metadata/annotations', value: { 'dropcap.dev/audit-record': uid } }],
        durationMs: Math.random(),
        version: '1.0.0',
      });
    const [one, other] = [
      bodyOf(of('11111111-7f3a-4c0e-9d55-0a2f6f0e1b11', 'a', '2026-11-22T12:00:00.000Z')),
      bodyOf(of('22222222-7f3a-4c0e-9d55-0a2f6f0e1b11', 'b', '2026-11-22T12:00:01.000Z')),
    ];
    expect(one.shape).not.toBe('');
    expect(one.shape).toBe(other.shape);
    expect(one.head).not.toBe(other.head);
  });
});
