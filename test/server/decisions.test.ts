import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { closeAll, exception, restricted, start, type TestServer } from './harness.ts';
import { containersIn, mapAt, type JsonMap } from '../pods.ts';
import { compliant, creating, debugging, operationsIn, patched, plainPod, responseIn } from './reviews.ts';

let server: TestServer;
beforeAll(async () => {
  server = await start();
});
afterAll(closeAll);

const answerTo = async (review: JsonMap) => {
  const reply = await server.post(review);
  expect(reply.status).toBe(200);
  expect(reply.headers['content-type']).toBe('application/json');
  return responseIn(reply.body);
};

describe('a pod that is made', () => {
  test('is hardened, and the answer carries the uid of its request', async () => {
    const review = creating(plainPod());
    const answer = await answerTo(review);
    expect(answer).toMatchObject({ allowed: true, patchType: 'JSONPatch', uid: mapAt(review, 'request')['uid'] });
    const pod = patched(review, answer);
    expect(containersIn(pod)[0]!.security).toMatchObject({ drop: ['ALL'], allowPrivilegeEscalation: false });
    expect(mapAt(mapAt(pod, 'metadata'), 'annotations')).toEqual({ 'dropcap.dev/hardened': 'restricted' });
  });

  test('is hardened without a name, which the API server gives it later', async () => {
    const { metadata, ...pod } = plainPod();
    const review = creating(
      { ...pod, metadata: { ...(metadata as JsonMap), name: null, generateName: 'web-' } },
      { name: '' },
    );
    const [container] = containersIn(patched(review, await answerTo(review)));
    expect(container!.security.drop).toEqual(['ALL']);
    const record = (await server.records()).at(-1)!;
    expect(record).toMatchObject({ generateName: 'web-' });
    expect(record).not.toHaveProperty('name');
  });

  test('gets neither a patch nor a patch type where it complies', async () => {
    const answer = await answerTo(creating(plainPod({}, compliant())));
    expect(answer).toEqual({ uid: answer.uid, allowed: true });
  });

  test('keeps a compliant container as it is when its sibling changes', async () => {
    const kept = {
      ...compliant('kept'),
      securityContext: { ...mapAt(compliant(), 'securityContext'), newerField: { x: 1 } },
    };
    const review = creating(plainPod({}, { name: 'app' }, kept));
    const pod = patched(review, await answerTo(review));
    expect(containersIn(pod)[1]!.json).toEqual(kept);
  });

  test('is patched at the right index when every list has containers', async () => {
    const pod = plainPod({}, compliant('a'), { name: 'b' });
    const spec = { ...mapAt(pod, 'spec'), initContainers: [compliant('i'), compliant('j'), { name: 'k' }] };
    const answer = await answerTo(creating({ ...pod, spec }));
    const places = operationsIn(answer).map(({ path }) => path.split('/securityContext')[0]!);
    expect(new Set(places.filter((path) => path.startsWith('/spec')))).toEqual(
      new Set(['/spec/initContainers/2', '/spec/containers/1']),
    );
  });

  test('cannot spare itself by writing the annotation that dropcap writes', async () => {
    const review = creating(plainPod({ annotations: { 'dropcap.dev/hardened': 'restricted' } }));
    expect(containersIn(patched(review, await answerTo(review)))[0]!.security.drop).toEqual(['ALL']);
  });

  test('is hardened though it has a deletionTimestamp', async () => {
    const review = creating(plainPod({ deletionTimestamp: '2026-01-01T00:00:00Z' }));
    expect(operationsIn(await answerTo(review))).not.toEqual([]);
  });
});

describe('ephemeral containers', () => {
  const old = plainPod();
  const first = { name: 'debug-1', image: 'busybox' };
  const running = { ...old, spec: { ...mapAt(old, 'spec'), ephemeralContainers: [first] } };

  test('are hardened only where they are new, and no annotation is written', async () => {
    const answer = await answerTo(debugging(running, first, { name: 'debug-2', image: 'busybox' }));
    const paths = operationsIn(answer).map(({ path }) => path);
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.every((path) => path.startsWith('/spec/ephemeralContainers/1/'))).toBe(true);
  });

  test('are told apart by name, not by place', async () => {
    const answer = await answerTo(debugging(running, { name: 'debug-2', image: 'busybox' }, first));
    expect(operationsIn(answer).every(({ path }) => path.startsWith('/spec/ephemeralContainers/0/'))).toBe(true);
    expect(operationsIn(answer)).not.toEqual([]);
  });
});

describe('what dropcap does not decide', () => {
  const linesAbout = (what: string) => server.log.filter((line) => line['what'] === what);
  const deployment = { kind: { group: 'apps', version: 'v1', kind: 'Deployment' } };
  const service = { kind: { group: '', version: 'v1', kind: 'Service' } };

  test.each<[string, string, JsonMap]>([
    [
      'the update of a plain pod, whose security cannot change',
      'UPDATE v1/Pod',
      { operation: 'UPDATE', oldObject: plainPod() },
    ],
    ['the deletion of a pod', 'DELETE v1/Pod', { operation: 'DELETE', object: null, oldObject: plainPod() }],
    ['another kind', 'CREATE v1/Service', service],
    [
      'a workload in another version than the stable one',
      'CREATE apps/v1beta1/Deployment',
      { kind: { group: 'apps', version: 'v1beta1', kind: 'Deployment' } },
    ],
    [
      'the update of a workload, which would roll out its pods anew',
      'UPDATE apps/v1/Deployment',
      { operation: 'UPDATE', oldObject: plainPod(), ...deployment },
    ],
    [
      'another subresource',
      'UPDATE v1/Pod/resize',
      { operation: 'UPDATE', subResource: 'resize', oldObject: plainPod() },
    ],
    [
      'an operation that is none',
      'CONNECT v1/PodExecOptions/exec',
      { operation: 'CONNECT', subResource: 'exec', kind: { group: '', version: 'v1', kind: 'PodExecOptions' } },
    ],
  ])('%s is allowed untouched and logged once', async (_, what, changes) => {
    for (let time = 0; time < 3; time++) {
      const answer = await answerTo(creating(plainPod(), changes));
      expect(answer).toEqual({ uid: answer.uid, allowed: true });
    }
    expect(linesAbout(what)).toHaveLength(1);
    expect(linesAbout(what)[0]).toMatchObject({ level: 'warn' });
  });
});

describe('a dry run', () => {
  test('is answered like any other, leaves no audit record and no count, and one line in the log', async () => {
    const before = await server.records();
    const changes = await server.metric('dropcap_changes_total');
    const review = creating(plainPod(), { dryRun: true });
    expect(operationsIn(await answerTo(review))).not.toEqual([]);
    expect(await server.records()).toEqual(before);
    expect(await server.metric('dropcap_changes_total')).toBe(changes);
    const uid = mapAt(review, 'request')['uid'];
    expect(server.log.filter((line) => line['uid'] === uid)).toEqual([
      expect.objectContaining({ level: 'info', message: expect.stringContaining('dry run') }),
    ]);
  });
});

describe('warnings', () => {
  test('say what a policy in warn mode would change, and change nothing', async () => {
    const other = await start({ policies: [restricted({ mode: 'warn' })] });
    const answer = responseIn((await other.post(creating(plainPod()))).body);
    expect(answer).not.toHaveProperty('patch');
    expect(answer.warnings).toEqual(
      expect.arrayContaining(['dropcap: restricted wants capabilities.drop of app to be [ALL]']),
    );
  });

  test('say that an exception has expired, which then spares nothing', async () => {
    const expired = exception('old', { rules: ['capabilities.drop'], expires: '2020-01-01' });
    const other = await start({ policies: [restricted(), expired] });
    const review = creating(plainPod());
    const answer = responseIn((await other.post(review)).body);
    expect(answer.warnings).toEqual(['dropcap: exception old has expired']);
    expect(containersIn(patched(review, answer))[0]!.security.drop).toEqual(['ALL']);
  });
});

test('--no-annotate leaves out the annotation and nothing else', async () => {
  const other = await start({ annotate: false });
  const review = creating(plainPod());
  const pod = patched(review, responseIn((await other.post(review)).body));
  expect(mapAt(pod, 'metadata')).toEqual({ name: 'web', namespace: 'team-a' });
  expect(containersIn(pod)[0]!.security.drop).toEqual(['ALL']);
});
