/** Sidecars that another webhook injects: hardened where dropcap is called again, caught by the gate where it is not. */
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { createPod, type Answer } from './api.ts';
import { count } from './counts.ts';
import { recordsWhere } from './dropcap.ts';
import { until } from './kubectl.ts';
import { dropNamespaces, enforcing, namespace } from './namespaces.ts';
import { inject, sidecar, type Injector, type Mutates } from './injector.ts';
import { ownCluster } from './own.ts';
import { HARDENED, pod, type StoredPod } from './pods.ts';

afterAll(dropNamespaces);

// The injectors run here, and the API server has to reach them.
const own = ownCluster === undefined ? test.skip : test;

const ADDS = { securityContext: { capabilities: { add: ['NET_ADMIN'] } } };

const injectors: Injector[] = [];
afterEach(async () => {
  await Promise.all(injectors.splice(0).map((injector) => injector.remove()));
});

/** Registers an injector, and waits until the API server calls it. */
async function injecting(name: string, space: string, mutates: Mutates): Promise<void> {
  const injector = await inject(name, space, mutates);
  injectors.push(injector);
  await until(`${name} is called`, async () => {
    await createPod(space, pod('probe'), true);
    return injector.calls() > 0;
  });
}

const contextsOf = ({ body }: Answer): [string, unknown][] =>
  (body as unknown as StoredPod).spec.containers.map(({ name, securityContext }) => [name, securityContext]);

own('a sidecar injected after us is hardened by our second call', async () => {
  const space = await enforcing('restricted');
  await injecting('zzz-injector', space, sidecar(ADDS));
  const answer = await createPod(space, pod('meshed'));
  expect(contextsOf(answer)).toEqual([
    ['main', HARDENED],
    ['sidecar', HARDENED],
  ]);
  const passes = await recordsWhere(
    'of both passes',
    ({ name, namespace: at }) => at === space && name === 'meshed',
    2,
  );
  const containers = passes.map(({ findings }) => [...new Set(findings.map(({ container }) => container))]);
  expect(containers.toSorted()).toEqual([['main'], ['sidecar']]);
  count('sidecars injected after us, and hardened by reinvocation', 1);
});

const TOUCHED = 'dropcap.test/touched';

const isTouched = ({ metadata }: StoredPod): boolean => metadata.annotations?.[TOUCHED] !== undefined;

/** Writes an annotation, so that every webhook before it is called a second time, and there is no third. */
const touch: Mutates = (found) =>
  isTouched(found)
    ? []
    : [{ op: 'add', path: '/metadata/annotations', value: { ...found.metadata.annotations, [TOUCHED]: 'yes' } }];

own('a sidecar injected after our last call is refused by the gate, which says what to do', async () => {
  const space = await enforcing('restricted');
  await injecting('zzz-injector', space, sidecar(ADDS, isTouched));
  await injecting('zzzz-touch', space, touch);
  const { status, body } = await createPod(space, pod('late'));
  expect(status).toBe(403);
  const message = body['message'] as string;
  expect(message).toContain('admission webhook "validate.dropcap.dev" denied the request');
  expect(message).toContain('sidecar');
  expect(message).toContain('capabilities.add');
  const [record] = await recordsWhere('of the denial', (one) => one.namespace === space && one.refused !== undefined);
  expect(record!.patch).toEqual([]);
  expect(record!.findings.map(({ container, outcome }) => `${container} ${outcome}`)).toContain('sidecar missed');
  count('late sidecars refused by the gate', message);
});

own('the gate refuses nothing where no policy enforces', async () => {
  const space = await namespace();
  await injecting('zzz-injector', space, sidecar(ADDS, isTouched));
  await injecting('zzzz-touch', space, touch);
  const { status } = await createPod(space, pod('late'));
  expect(status).toBe(201);
});
