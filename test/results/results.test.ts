/** The whole of it: requests, a cluster that is watched over TLS, and the lines that come of both. */
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { join } from 'node:path';
import type { ResultLine } from '../../src/audit/admission-result.ts';
import { recordOf, type AuditRecord } from '../../src/audit/record.ts';
import { Connection } from '../../src/kube/connection.ts';
import type { Expected } from '../../src/results/expected.ts';
import { startResults, type Results } from '../../src/results/results.ts';
import { circumstances, decision } from '../audit/decisions.ts';
import { PodApi } from '../kube/pod-api.ts';
import { eventually, temporaryFolder } from '../server/harness.ts';
import { expectedOf, uid } from './world.ts';

const KEY = 'dropcap.dev/audit-record';
const DROPS = { containers: [{ name: 'app', securityContext: { capabilities: { drop: ['ALL'] } } }] };
const HOLDS = { containers: [{ name: 'app' }] };

let api: PodApi;
let results: Results;
let lines: ResultLine[] = [];
const { folder, remove } = temporaryFolder();

async function begin(awaited: () => Promise<readonly AuditRecord[]> = () => Promise.resolve([])): Promise<void> {
  results = startResults({
    connection: new Connection(api.writeKubeconfig(join(folder, 'kubeconfig'))),
    append: (line) => {
      lines.push(JSON.parse(line) as ResultLine);
      return Promise.resolve();
    },
    awaited,
    onError: () => undefined,
    patienceMs: 100,
  });
  await eventually(
    () => api.watches,
    (watches) => watches === 1,
  );
}

beforeEach(async () => {
  lines = [];
  api = await PodApi.start();
});
afterEach(async () => {
  await results.close();
  await api.stop();
});
afterAll(remove);

const told = (number: number): Promise<readonly ResultLine[]> =>
  eventually(
    () => lines,
    ({ length }) => length === number,
  );

const request = (number: number, name: string): Expected => ({
  ...expectedOf(number, name, 0),
  recorded: new Date().toISOString(),
});

test('a pod that was made is read, and is admitted or altered', async () => {
  await begin();
  results.expect(request(1, 'web'));
  results.expect(request(2, 'db'));
  api.create('web', { [KEY]: uid(1) }, DROPS);
  api.create('db', { [KEY]: uid(2) }, HOLDS);
  const [admitted, altered] = [...(await told(2))].sort((a, b) => a.uid.localeCompare(b.uid));
  expect(admitted).toEqual({
    uid: uid(1),
    recorded: expect.any(String) as unknown,
    result: { status: 'admitted', time: expect.any(String) as unknown, pod: { name: 'web', uid: 'uid-of-web' } },
  });
  const alterations = [{ container: 'app', rule: 'capabilities.drop', proposed: ['ALL'], found: null }];
  expect(altered).toMatchObject({ result: { status: 'altered', pod: { name: 'db' }, alterations } });
  expect(results.counts()).toMatchObject({ statuses: { admitted: 1, altered: 1 }, pending: 0, lost: 0 });
});

test('a pod that did not come was not admitted, once the watch is beyond the time of it', async () => {
  api.bookmarks = false;
  await begin();
  results.expect(request(1, 'web'));
  // Something else happened meanwhile, which the watch has not shown while there is no bookmark.
  await eventually(
    () => api.asked,
    (asked) => asked.includes('/api/v1/pods?limit=1'),
  );
  api.bookmark();
  expect((await told(1))[0]).toMatchObject({ uid: uid(1), result: { status: 'not-admitted' } });
});

test('a pod that is gone before it is read was admitted all the same', async () => {
  await begin();
  results.expect(request(1, 'web'));
  api.create('web', { [KEY]: uid(1) }, DROPS);
  api.delete('web');
  const [{ result } = {}] = await told(1);
  expect(result).toMatchObject({ status: 'admitted', pod: { name: 'web' } });
});

test('what was not known when the server ended is looked for when it starts again', async () => {
  const patch = [{ op: 'add' as const, path: '/metadata/annotations/dropcap.dev~1audit-record', value: uid(1) }];
  const time = Date.now();
  const writer = { instance: 'a', version: '1' };
  const records = [1, 2].map((number) =>
    recordOf({ ...circumstances(0), uid: uid(number), time, namespace: 'shop' }, { ...decision, patch }, writer),
  );
  const template = { ...records[0]!, uid: uid(3), kind: 'Deployment' };
  api.create('web', { [KEY]: uid(1) }, DROPS);
  await begin(() => Promise.resolve([...records, template]));
  const [first] = await told(1);
  expect(first).toMatchObject({ uid: uid(1), recorded: records[0]!.time });
  expect(results.counts().pending).toBe(1);
});

test('where the records of before cannot be had, those of now are looked at', async () => {
  await begin(() => Promise.reject(new Error('no store')));
  results.expect(request(1, 'web'));
  api.create('web', { [KEY]: uid(1) }, DROPS);
  expect((await told(1))[0]).toMatchObject({ result: { status: 'admitted' } });
});
