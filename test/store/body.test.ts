import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AuditRecord } from '../../src/audit/record.ts';
import { fieldsOf, headOf, placeOf, recordOf, shapeOf, textOf, type Body } from '../../src/store/body.ts';
import { Shapes } from '../../src/store/shapes.ts';

/** Texts that look like the places at which a record is parted. */
const awkward = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(',"policies":[', ',"durationMs":', '{"time":"', '\u0001', '$&', '"', '\\', '","uid":"'),
);

/** A record as it is written, whatever its texts are. */
const record = fc
  .record({
    uid: fc.oneof(fc.uuid(), awkward),
    namespace: awkward,
    name: fc.option(awkward, { nil: undefined }),
    refused: fc.option(awkward, { nil: undefined }),
    policies: fc.array(awkward, { maxLength: 3 }),
    reason: awkward,
    user: awkward,
    instance: awkward,
  })
  .map(({ uid, namespace, name, refused, policies, reason, user, instance }) => ({
    time: '2026-11-22T12:00:00.000Z',
    uid,
    dryRun: false,
    operation: 'CREATE',
    namespace,
    name,
    user,
    refused,
    policies,
    findings: [{ container: reason, reason }],
    patch: [{ op: 'add', path: '/metadata/annotations/dropcap.dev~1audit-record', value: uid }],
    durationMs: 1.5,
    policySet: 'x',
    instance,
    version: '1.0.0',
  }));

/** Records of few templates: their uids differ, and now and then stand where another's shape has something else. */
const alike = fc
  .tuple(record, record, fc.array(fc.tuple(fc.nat(3), fc.boolean()), { minLength: 1, maxLength: 12 }))
  .map(([one, other, drawn]) =>
    drawn.map(([number, isOne]) => {
      const of = isOne ? one : other;
      const uid = `0000000${number}-0000-4000-8000-000000000000`;
      const [patch] = of.patch;
      return JSON.stringify({ ...of, uid, patch: [{ ...patch, value: number === 3 ? one.uid : uid }] });
    }),
  );

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

  test('is put together again from a shape that another record has, too', () => {
    fc.assert(
      fc.property(alike, (texts) => {
        const shapes = new Shapes();
        for (const text of texts) {
          const { head, shape } = shapes.part(text);
          expect(textOf({ head, shape: shape?.text ?? '' })).toBe(text);
          if (shape) expect({ ...(JSON.parse(head) as object), ...shape.fields }).toMatchObject(fieldsOf(shape.text));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('of one template has one shape', () => {
    const shapes = new Shapes();
    const text = (uid: string): string =>
      `{"time":"x","uid":"${uid}","policies":["a"],"patch":[{"value":"${uid}"},{"value":"${uid}"}],"durationMs":1}`;
    const [first, second] = [1, 2].map((i) => shapes.part(text(`0000000${i}-0000-4000-8000-000000000000`)));
    expect(first!.shape).toBeDefined();
    expect(second!.shape).toBe(first!.shape);
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
