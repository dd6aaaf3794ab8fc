import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { GRACE_MS, PATIENCE_MS, World, type Fate, type Told } from './world.ts';

const hardened = (name: string, outcome: Fate['outcome']): Fate => ({ name, outcome, isPatched: true });
const audited = (name: string, outcome: Fate['outcome']): Fate => ({ name, outcome, isPatched: false });

/** One request, all that comes of it, and what is told in the end. */
function toldOf(fate: Fate, between: (world: World) => void = () => undefined): Told[] {
  const world = new World();
  world.request(fate);
  between(world);
  world.land();
  world.show(Infinity);
  world.pass(PATIENCE_MS + 1);
  world.prove();
  return world.told;
}

const statuses = (told: readonly Told[]): string[] => told.map(({ status }) => status);

describe('a hardened pod', () => {
  test('is known by its annotation, whatever its name', () => {
    expect(statuses(toldOf(hardened('web', 'created')))).toEqual(['compare']);
    expect(statuses(toldOf(hardened('web-', 'created')))).toEqual(['compare']);
  });

  test('was not admitted where none came', () => {
    expect(statuses(toldOf(hardened('web', 'refused')))).toEqual(['not-admitted']);
    expect(statuses(toldOf(hardened('web-', 'refused')))).toEqual(['not-admitted']);
  });

  test('is not mistaken for siblings that have their own records', () => {
    const world = new World();
    for (const outcome of ['created', 'refused', 'created', 'refused'] as const)
      world.request(hardened('web-', outcome));
    for (let i = 0; i < 4; i++) world.land();
    world.show(Infinity);
    world.pass(PATIENCE_MS);
    world.prove();
    expect(statuses(world.told)).toEqual(['compare', 'compare', 'not-admitted', 'not-admitted']);
    expect(world.told.slice(0, 2).map(({ uid, pod }) => pod === world.truth.get(uid))).toEqual([true, true]);
  });

  test('is unknown where a pod of its name came without its annotation', () => {
    for (const outcome of ['stripped', 'restamped'] as const) {
      expect(statuses(toldOf(hardened('web', outcome)))).toEqual(['unknown']);
      expect(statuses(toldOf(hardened('web-', outcome)))).toEqual(['unknown']);
    }
  });

  test('is not mistaken for another that bears a copy of its annotation', () => {
    for (const copy of ['other', 'web-']) {
      const world = new World();
      const uid = world.request(hardened('web-', 'created'));
      world.land();
      world.pass(10_000);
      world.intrude(copy, 0);
      world.show(Infinity);
      expect(world.told).toMatchObject([{ uid, status: 'compare', pod: world.truth.get(uid) }]);
    }
  });
});

test('a pod of another name that bears a record of a pod that never was is not that pod', () => {
  const world = new World();
  const uid = world.request(hardened('web-', 'refused'));
  world.land();
  world.forge('other', uid);
  world.show(Infinity);
  world.pass(PATIENCE_MS);
  world.prove();
  expect(statuses(world.told)).toEqual(['not-admitted']);
});

describe('a second pass', () => {
  test('has the result of both where it patches', () => {
    const [told, ...more] = toldOf(hardened('web-', 'again'));
    expect(told).toMatchObject({ status: 'compare', uid: expect.stringMatching(/2$/) as unknown });
    expect(more).toEqual([]);
  });

  test('has the result of both where it finds nothing to patch', () => {
    expect(statuses(toldOf(hardened('web-', 'reviewed')))).toEqual(['compare']);
  });
});

describe('a pod without a patch', () => {
  test('is known by a fixed name', () => {
    expect(statuses(toldOf(audited('web', 'created')))).toEqual(['admitted']);
  });

  test('is unknown where its name is made by the API server, for the pod may be of another request', () => {
    expect(statuses(toldOf(audited('web-', 'created')))).toEqual(['unknown']);
  });

  test('is unknown by its name where it came late: it may be of another request', () => {
    expect(statuses(toldOf(audited('web', 'created'), (world) => world.pass(10_000)))).toEqual(['unknown']);
  });

  test('is unknown by its name after a gap, in which another may have come and gone', () => {
    const world = new World();
    world.request(audited('web', 'created'));
    world.land();
    world.delete('web');
    world.lose();
    world.intrude('web', 'none');
    world.show(Infinity);
    world.pass(PATIENCE_MS);
    world.prove();
    expect(statuses(world.told)).toEqual(['unknown']);
  });

  test('was not admitted where no pod of such a name came', () => {
    expect(statuses(toldOf(audited('web', 'refused')))).toEqual(['not-admitted']);
    expect(statuses(toldOf(audited('web-', 'refused')))).toEqual(['not-admitted']);
  });

  test('is unknown where several requests for its name were under way', () => {
    const told = toldOf(audited('web', 'refused'), (world) => {
      world.request(audited('web', 'created'));
      world.land();
    });
    expect(statuses(told)).toEqual(['unknown', 'unknown']);
  });
});

test('a pod without a patch is not known by its name any more once a pod came that may have been it', () => {
  const world = new World();
  world.request(audited('web', 'refused'));
  world.land();
  world.pass(PATIENCE_MS - 1_000);
  world.request(audited('web', 'created'));
  world.land();
  world.show(Infinity);
  world.pass(1_000);
  world.prove();
  expect(statuses(world.told)).toEqual(['unknown']);
  world.delete('web');
  world.intrude('web', 'none');
  world.show(Infinity);
  expect(statuses(world.told)).toEqual(['unknown']);
  world.pass(PATIENCE_MS);
  world.prove();
  expect(statuses(world.told)).toEqual(['unknown', 'unknown']);
});

describe('the watch', () => {
  test('that has not shown all of the time proves nothing', () => {
    const world = new World();
    world.request(hardened('web', 'refused'));
    world.land();
    world.prove();
    world.pass(PATIENCE_MS + GRACE_MS - 1);
    expect(world.told).toEqual([]);
    world.pass(1);
    expect(world.told).toMatchObject([{ status: 'unknown', reason: 'the watch of pods did not come so far in time' }]);
  });

  test('finds a pod again after a gap', () => {
    const world = new World();
    world.request(hardened('web-', 'created'));
    world.land();
    world.lose();
    expect(statuses(world.told)).toEqual(['compare']);
  });

  test('with a gap does not know of what it does not find', () => {
    const told = toldOf(hardened('web-', 'refused'), (world) => world.lose());
    expect(told).toMatchObject([{ status: 'unknown', reason: 'the watch of pods had a gap' }]);
  });
});

test('more requests than there is room for are unknown', () => {
  const world = new World(2);
  for (let i = 0; i < 3; i++) world.request(hardened('web-', 'created'));
  expect(world.told).toMatchObject([{ status: 'unknown', reason: 'too many requests were waiting for their pods' }]);
  for (let i = 0; i < 3; i++) world.land();
  world.show(Infinity);
  expect(statuses(world.told)).toEqual(['unknown', 'compare', 'compare']);
});

const name = fc.constantFrom('web', 'db', 'web-', 'db-');
const generated = fc.constantFrom('web-', 'db-');

/** What may happen. Pods without records get generated names or an annotation: by a fixed name alone nobody can tell them apart. */
const happening: fc.Arbitrary<(world: World) => void> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({
        name,
        isPatched: fc.boolean(),
        outcome: fc.constantFrom<Fate['outcome'][]>(
          'refused',
          'refused',
          'created',
          'created',
          'created',
          'stripped',
          'restamped',
          'again',
          'reviewed',
        ),
      })
      .map((fate) => (world: World) => void world.request(fate)),
  },
  { weight: 6, arbitrary: fc.constant((world: World) => world.land()) },
  { weight: 4, arbitrary: fc.nat(5).map((events) => (world: World) => world.show(events)) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(1, 300, 2_000, 6_000, 30_000).map((time) => (world: World) => world.pass(time)),
  },
  { weight: 2, arbitrary: fc.constant((world: World) => world.prove()) },
  { weight: 1, arbitrary: fc.constant((world: World) => world.lose()) },
  { weight: 1, arbitrary: name.map((of) => (world: World) => world.delete(of)) },
  {
    weight: 1,
    arbitrary: fc.tuple(name, fc.nat(20)).map(
      ([of, at]) =>
        (world: World) =>
          world.intrude(of, at),
    ),
  },
  { weight: 1, arbitrary: name.map((of) => (world: World) => world.intrude(of, 'own')) },
  { weight: 1, arbitrary: generated.map((of) => (world: World) => world.intrude(of, 'none')) },
);

/** What is told that is not so. */
function falsehoods({ told, truth }: World): Told[] {
  return told.filter(({ uid, status, pod }) => {
    if (status === 'unknown') return false;
    return status === 'not-admitted' ? truth.get(uid) !== undefined : truth.get(uid) !== pod || pod === undefined;
  });
}

test('whatever happens, no result is false, and each request has exactly one', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60, size: 'max' }), (happenings) => {
      const world = new World();
      for (const happen of happenings) happen(world);
      // Twice: the last to land may bring about a second pass.
      world.pass(PATIENCE_MS);
      world.pass(PATIENCE_MS);
      world.prove();
      world.pass(PATIENCE_MS + GRACE_MS);
      expect(falsehoods(world)).toEqual([]);
      expect(world.waiting).toBe(0);
      expect(world.told.map(({ uid }) => uid).sort()).toEqual([...world.truth.keys()].sort());
      for (const { status } of world.told) seen.set(status, (seen.get(status) ?? 0) + 1);
    }),
    { numRuns: 10_000 },
  );
  for (const status of ['compare', 'admitted', 'not-admitted', 'unknown'])
    expect([status, (seen.get(status) ?? 0) > 200]).toEqual([status, true]);
});
