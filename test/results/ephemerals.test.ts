import { expect, test } from '@jest/globals';
import { containersOf, type Container } from '../../src/engine/pod.ts';
import { Ephemerals } from '../../src/results/ephemerals.ts';
import type { Result } from '../../src/results/expectations.ts';
import type { Reading } from '../../src/results/reader.ts';
import { expectedOf, PATIENCE_MS, uid } from './world.ts';

const DROPS = { securityContext: { capabilities: { drop: ['ALL'] } } };
const shells = (...names: string[]): Container[] =>
  containersOf({ ephemeralContainers: names.map((name) => ({ name, ...DROPS })) });

const POD = { namespace: 'shop', name: 'web', uid: uid(7), generateName: '', created: 0, auditRecord: '' };

/** Requests for ephemeral containers of one pod, of which a test says what reading it finds. */
class Debugged {
  readonly told: (readonly [number, Result])[] = [];
  reads = 0;
  pod: Reading = { ...POD, containers: [] };
  /** Answer nothing until `answer` is called. */
  isSlow = false;
  readonly #waiting: (() => void)[] = [];
  readonly #ephemerals = new Ephemerals({
    patienceMs: PATIENCE_MS,
    capacity: 3,
    tell: ({ uid: of }, result) => void this.told.push([Number(of.slice(-3)), result]),
    read: (_, done) => {
      this.reads++;
      const { pod } = this;
      if (this.isSlow) this.#waiting.push(() => done(pod));
      else done(pod);
    },
  });

  ask(number: number, names: readonly string[] = ['shell'], podUid = POD.uid): void {
    const proposed = names.map((container) => ({ container, rule: 'capabilities.drop' as const, value: ['ALL'] }));
    const ephemeral = { podUid, names };
    this.#ephemerals.expect(expectedOf(number, 'web', 0, { annotated: false, proposed, ephemeral }), 0);
  }

  changes(pod: Reading): void {
    this.pod = pod;
    this.#ephemerals.saw(POD);
  }

  answer(): void {
    this.#waiting.shift()!();
  }

  ends(): void {
    this.#ephemerals.tick(PATIENCE_MS);
  }

  get waiting(): number {
    return this.#ephemerals.size;
  }
}

const found = { name: 'web', uid: POD.uid };

test('a container that is in the pod was admitted', () => {
  const debugged = new Debugged();
  debugged.ask(1);
  debugged.changes({ ...POD, containers: [] });
  expect(debugged.told).toEqual([]);
  debugged.changes({ ...POD, containers: shells('shell') });
  expect(debugged.told).toEqual([[1, { status: 'admitted', pod: found }]]);
  expect(debugged.waiting).toBe(0);
});

test('a container that is there with other fields was altered', () => {
  const debugged = new Debugged();
  debugged.ask(1);
  debugged.changes({ ...POD, containers: containersOf({ ephemeralContainers: [{ name: 'shell' }] }) });
  expect(debugged.told).toMatchObject([
    [1, { status: 'altered', alterations: [{ container: 'shell', proposed: ['ALL'], found: null }] }],
  ]);
});

test('a container of another kind is not the one', () => {
  const debugged = new Debugged();
  debugged.ask(1);
  debugged.changes({ ...POD, containers: containersOf({ containers: [{ name: 'shell', ...DROPS }] }) });
  debugged.ends();
  expect(debugged.told).toEqual([[1, { status: 'not-admitted' }]]);
});

test('a container that is not there when the request has had its time was not admitted, and not before', () => {
  const debugged = new Debugged();
  debugged.ask(1);
  debugged.isSlow = true;
  debugged.changes({ ...POD, containers: [] });
  debugged.ends();
  // This was read too early.
  debugged.answer();
  expect(debugged.told).toEqual([]);
  debugged.answer();
  expect(debugged.told).toEqual([[1, { status: 'not-admitted' }]]);
  expect(debugged.reads).toBe(2);
});

test('it is not known of a pod that is gone, is another, or cannot be read', () => {
  for (const pod of [undefined, { ...POD, uid: uid(8), containers: shells('shell') }, new Error('HTTP 403')]) {
    const debugged = new Debugged();
    debugged.ask(1);
    debugged.pod = pod;
    debugged.ends();
    expect(debugged.told).toMatchObject([[1, { status: 'unknown' }]]);
  }
});

test('it is not known whose a container is that two requests asked for', () => {
  const debugged = new Debugged();
  debugged.ask(1);
  debugged.ask(2, ['shell', 'other']);
  debugged.ask(3, ['third']);
  debugged.changes({ ...POD, containers: shells('shell', 'other', 'third') });
  expect(debugged.told).toMatchObject([
    [1, { status: 'unknown', reason: 'several requests for a container of this name were under way' }],
    [2, { status: 'unknown' }],
    [3, { status: 'admitted' }],
  ]);
});

test('it is not known of a request that is there in part', () => {
  const debugged = new Debugged();
  debugged.ask(1, ['shell', 'other']);
  debugged.changes({ ...POD, containers: shells('shell') });
  expect(debugged.told).toEqual([]);
  debugged.ends();
  expect(debugged.told).toMatchObject([[1, { status: 'unknown', reason: 'only some of its containers are there' }]]);
});

test('where the pod of a record is not known by its uid, it has to be older than the record', () => {
  for (const [created, status] of [
    [0, 'admitted'],
    [Date.parse('2027-01-01'), 'unknown'],
  ] as const) {
    const debugged = new Debugged();
    debugged.ask(1, ['shell'], '');
    debugged.changes({ ...POD, created, containers: shells('shell') });
    expect(debugged.told).toMatchObject([[1, { status }]]);
  }
});

test('what has no room, or names no container, is unknown at once', () => {
  const debugged = new Debugged();
  debugged.ask(1, []);
  for (let i = 2; i < 6; i++) debugged.ask(i, [`shell-${i}`]);
  expect(debugged.told).toMatchObject([
    [1, { status: 'unknown', reason: 'the record names no container to look for' }],
    [5, { status: 'unknown', reason: 'too many requests were waiting for their containers' }],
  ]);
});
