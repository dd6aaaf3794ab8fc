import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { policySetOf } from '../../src/engine/policy-set.ts';
import { evaluate } from '../../src/engine/evaluate.ts';
import { podTemplatesOf } from '../../src/engine/template.ts';
import { Unreadable } from '../../src/engine/unreadable.ts';
import { requests } from '../arbitraries.ts';
import type { Json, JsonMap } from '../pods.ts';
import { RESTRICTED } from './restricted.ts';

const set = policySetOf([RESTRICTED]);
const conditions = { today: '2026-09-01', annotate: true };

/** The fields that the engine reads, from the pod down. */
const POINTS: readonly (readonly (string | number)[])[] = [
  [],
  ['metadata'],
  ['metadata', 'labels'],
  ['metadata', 'annotations'],
  ['metadata', 'annotations', 'note'],
  ['spec'],
  ['spec', 'containers'],
  ['spec', 'initContainers'],
  ['spec', 'containers', 0],
  ['spec', 'containers', 0, 'name'],
  ['spec', 'containers', 0, 'image'],
  ['spec', 'containers', 0, 'securityContext'],
  ['spec', 'containers', 0, 'securityContext', 'privileged'],
  ['spec', 'containers', 0, 'securityContext', 'allowPrivilegeEscalation'],
  ['spec', 'containers', 0, 'securityContext', 'capabilities'],
  ['spec', 'containers', 0, 'securityContext', 'capabilities', 'add'],
  ['spec', 'containers', 0, 'securityContext', 'capabilities', 'drop'],
  ['spec', 'containers', 0, 'securityContext', 'capabilities', 'drop', 0],
  ['spec', 'os'],
  ['spec', 'os', 'name'],
  ['spec', 'nodeSelector'],
  ['spec', 'affinity'],
  ['spec', 'serviceAccountName'],
];

const STRANGE: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1e300,
  '',
  'ALL',
  [],
  [null],
  [[]],
  [1],
  {},
  { a: 1 },
  { length: 1 },
];

/** Puts a value where a path leads, making what is missing on the way. */
function put(target: Json, path: readonly (string | number)[], value: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (typeof key === 'number') {
    const list = Array.isArray(target) ? [...target] : [];
    list[key] = put(list[key] ?? null, rest, value);
    return list;
  }
  const map: JsonMap = typeof target === 'object' && target !== null && !Array.isArray(target) ? target : {};
  return { ...map, [key]: put(map[key] ?? null, rest, value) };
}

const refusalOf = (act: () => unknown): unknown => {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
};

describe('a wrong type', () => {
  test('is decided or refused as one, wherever it stands, and never crashes', () => {
    const spoilt = fc.record({
      request: requests({ windows: false }),
      path: fc.constantFrom(...POINTS),
      value: fc.oneof(fc.constantFrom(...STRANGE), fc.jsonValue() as fc.Arbitrary<Json>),
    });
    const property = fc.property(spoilt, ({ request, path, value }) => {
      const object = put(request.object as Json, path, value);
      const error = refusalOf(() => evaluate({ ...request, namespaceLabels: {}, object }, set, conditions));
      if (error !== undefined) expect(error).toMatchObject({ name: 'Unreadable', code: 'wrong-type' });
    });
    expect(() => fc.assert(property, { numRuns: 2000 })).not.toThrow();
  });

  const pod = (context: Json): Json => ({ spec: { containers: [{ name: 'app', securityContext: context }] } });
  const request = {
    operation: 'CREATE' as const,
    subResource: '',
    namespace: 'team-a',
    namespaceLabels: {},
    user: undefined,
    oldObject: undefined,
    base: '',
    workload: undefined,
  };

  test.each<[Json, string]>([
    [null, 'expected object, found null'],
    ['pod', 'expected object, found string'],
    [{ spec: [] }, '/spec: expected object, found array'],
    [{ spec: { containers: {} } }, '/spec/containers: expected array, found object'],
    [{ spec: { containers: [null] } }, '/spec/containers/0: expected object, found null'],
    [pod('x'), '/spec/containers/0/securityContext: expected object, found string'],
    [pod({ privileged: 'true' }), '/spec/containers/0/securityContext/privileged: expected boolean, found string'],
    [pod({ capabilities: [] }), '/spec/containers/0/securityContext/capabilities: expected object, found array'],
    [
      pod({ capabilities: { add: 'ALL' } }),
      '/spec/containers/0/securityContext/capabilities/add: expected array, found string',
    ],
    [
      pod({ capabilities: { drop: ['ALL', 7] } }),
      '/spec/containers/0/securityContext/capabilities/drop/1: expected string, found number',
    ],
    [{ metadata: { annotations: { a: true } } }, '/metadata/annotations/a: expected string, found boolean'],
  ])('in %j is named by its place', (object, message) => {
    const error = refusalOf(() => evaluate({ ...request, object }, set, conditions));
    expect(error).toBeInstanceOf(Unreadable);
    expect(error).toMatchObject({ code: 'wrong-type', message });
  });

  test('in a template is named from the top of its document', () => {
    const object = pod({ capabilities: 1 });
    const error = refusalOf(() => evaluate({ ...request, object, base: '/spec/template' }, set, conditions));
    expect(error).toMatchObject({
      message: '/spec/template/spec/containers/0/securityContext/capabilities: expected object, found number',
    });
  });

  test('is refused in manifests that hold no pod where one should be', () => {
    for (const document of [
      { kind: 'Deployment', spec: { template: 'x' } },
      { kind: 'Deployment', spec: 1 },
      { kind: 'Pod', spec: [] },
      { kind: 'Pod', apiVersion: 1, spec: {} },
    ])
      expect(refusalOf(() => podTemplatesOf(document))).toMatchObject({ code: 'wrong-type' });
  });
});
