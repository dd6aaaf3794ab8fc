import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { excessOf, MAX_CONTAINERS, MAX_DEPTH, MAX_NODES, StructureScan } from '../../src/admission/bounds.ts';
import { Unreadable } from '../../src/engine/unreadable.ts';
import type { Json } from '../pods.ts';

/** A bound that random values can reach and pass. */
const SHALLOW = 100;

/** Why a text is refused when its bytes arrive in these pieces; empty where it is not. */
function refusal(text: string, cuts: readonly number[] = [], maxDepth = SHALLOW): string {
  const bytes = Buffer.from(text);
  const scan = new StructureScan(maxDepth);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  try {
    for (const [i, from] of places.slice(0, -1).entries()) scan.push(bytes.subarray(from, places[i + 1]));
    return '';
  } catch (error) {
    if (error instanceof Unreadable) return error.code;
    throw error;
  }
}

/** Levels and number of objects and lists, by walking the value. */
function measure(value: Json): { depth: number; nodes: number } {
  if (typeof value !== 'object' || value === null) return { depth: 0, nodes: 0 };
  const children = Object.values(value).map(measure);
  return {
    depth: 1 + Math.max(0, ...children.map(({ depth }) => depth)),
    nodes: 1 + children.reduce((sum, { nodes }) => sum + nodes, 0),
  };
}

const nested = (depth: number, around: Json): Json => {
  let value = around;
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { '"]}': value };
  return value;
};

describe('the scan of the structure', () => {
  test('refuses exactly what a walk over the parsed value would, however the bytes are cut', () => {
    const leaf = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;
    const strange = fc.constantFrom<Json>('"', '\\', '\\"', '[[[[', '{"a":[', '}]', 'é\\😀"', { '"[{': '\\\\"]' });
    const values = fc
      .oneof(leaf, strange, fc.array(strange))
      .chain((inner) => fc.integer({ min: 0, max: SHALLOW + 10 }).map((depth) => nested(depth, inner)));
    let refused = 0;
    fc.assert(
      fc.property(values, fc.array(fc.nat()), fc.boolean(), (value, cuts, spaced) => {
        const { depth } = measure(value);
        refused += Number(depth > SHALLOW);
        expect(refusal(JSON.stringify(value, null, spaced ? 2 : 0), cuts)).toBe(depth > SHALLOW ? 'too-deep' : '');
      }),
      { numRuns: 2_000 },
    );
    expect(refused).toBeGreaterThan(20);
  });

  test('allows the depth that is allowed, and no level more', () => {
    const lists = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(refusal(lists(MAX_DEPTH), [], MAX_DEPTH)).toBe('');
    expect(refusal(lists(MAX_DEPTH + 1), [], MAX_DEPTH)).toBe('too-deep');
  });

  test('allows the number of objects and lists that is allowed, and not one more', () => {
    const siblings = (number: number) =>
      `[${Array<string>(number - 1)
        .fill('{}')
        .join(',')}]`;
    expect(measure(JSON.parse(siblings(10)) as Json).nodes).toBe(10);
    expect(refusal(siblings(MAX_NODES))).toBe('');
    expect(refusal(siblings(MAX_NODES + 1))).toBe('too-large');
  });

  test.each([
    ['brackets in text', JSON.stringify('['.repeat(1_000))],
    ['an escaped quote before brackets', `"\\"${'['.repeat(1_000)}"`],
    ['an escaped backslash at the end of a text', `["\\\\"${',"\\\\"'.repeat(1_000)}]`],
    ['brackets in a key', `{${JSON.stringify('{'.repeat(1_000))}:1}`],
    ['brackets after characters of several bytes', JSON.stringify(`é世😀${'['.repeat(1_000)}`)],
  ])('is not confused by %s, byte by byte', (_, text) => {
    expect(() => JSON.parse(text) as unknown).not.toThrow();
    const everywhere = Array.from({ length: text.length }, (__, i) => i);
    expect(refusal(text, everywhere)).toBe('');
  });

  test('sees the brackets that follow a text which ends in an escaped backslash', () => {
    expect(refusal(`["\\\\",${'['.repeat(200)}`)).toBe('too-deep');
  });

  test('says no at the byte that is too much, before the rest has come', () => {
    const scan = new StructureScan();
    scan.push(Buffer.from('['.repeat(MAX_DEPTH)));
    expect(() => scan.push(Buffer.from('['))).toThrow(`body: nested deeper than ${MAX_DEPTH} levels`);
  });
});

describe('the bounds of a pod', () => {
  const pod = (lists: object) => ({ spec: lists });
  const many = (count: number) => Array.from({ length: count }, () => ({ name: 'c' }));
  const adding = (add: Json, count = 1) =>
    pod({ containers: Array.from({ length: count }, () => ({ securityContext: { capabilities: { add } } })) });

  test('count the containers of all three lists together', () => {
    const lists = (extra: number) =>
      pod({ containers: many(MAX_CONTAINERS - 3), initContainers: many(2), ephemeralContainers: many(1 + extra) });
    expect(excessOf(lists(0))).toBe('');
    expect(excessOf(lists(1))).toBe(`spec: ${MAX_CONTAINERS + 1} containers, at most ${MAX_CONTAINERS}`);
  });

  test('allow every capability that there is in both lists of two thousand containers’ worth of ordinary ones', () => {
    expect(excessOf(adding(['NET_BIND_SERVICE', 'ALL'], MAX_CONTAINERS))).toBe('');
    const all = Array.from({ length: 41 }, (_, i) => `CAP_CHECKPOINT_${i}`);
    expect(excessOf(pod({ containers: [{ securityContext: { capabilities: { add: all, drop: all } } }] }))).toBe('');
  });

  test('refuse lists of names that cost more to judge than to read', () => {
    expect(excessOf(adding(Array<string>(3_000).fill('')))).toMatch(/capability names in one container, at most/);
    expect(excessOf(adding(['X'.repeat(1_000_000)]))).toMatch(/capability names in one container, at most/);
    expect(excessOf(adding(['X'.repeat(1_000)], 1_000))).toMatch(/^spec: \d+ characters of capability names, at most/);
  });

  test.each<[unknown]>([
    [undefined],
    [null],
    ['text'],
    [7],
    [[]],
    [{ spec: null, metadata: null }],
    [{ spec: 'text', metadata: 'text' }],
    [{ spec: [], metadata: { annotations: 'text' } }],
    [{ spec: { containers: 'text', initContainers: { length: 1e9 } } }],
    [{ spec: { containers: [null, 'text', 7, { securityContext: 'x' }, { securityContext: { capabilities: [] } }] } }],
    [{ spec: { containers: [{ securityContext: { capabilities: { add: 'ALL', drop: [null, 7, {}] } } }] } }],
  ])('leave the judgement of types to where fields are read: %j', (object) => {
    expect(excessOf(object)).toBe('');
  });
});
