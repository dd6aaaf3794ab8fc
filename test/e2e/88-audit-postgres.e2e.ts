/** The overlay `audit-postgres` on a real cluster, with a real PostgreSQL: both replicas' records, through an outage. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AuditRecord } from '../../src/audit/record.ts';
import { startPostgres, whyNoPostgres, type PostgresServer } from '../store/postgres-server.ts';
import { serverHost } from './api.ts';
import { count, remark } from './counts.ts';
import { servingPods, SYSTEM } from './dropcap.ts';
import { kubectl, until } from './kubectl.ts';
import { dropNamespaces, enforcing } from './namespaces.ts';
import { serverProcess } from './node.ts';
import { ownCluster } from './own.ts';
import { pod } from './pods.ts';
import {
  backToDefault,
  createAll,
  dropcap,
  forwarded,
  isReady,
  listed,
  markedPods,
  ofEach,
  restarts,
  statuses,
  untilKnown,
  useOverlay,
} from './trail.ts';

const missing = ownCluster === undefined ? 'the pods have to reach this machine' : whyNoPostgres();
// Said, and not passed over.
if (missing !== undefined) remark(`audit-postgres is skipped: ${missing}`);
const own = missing === undefined ? test : test.skip;

const PODS = 200;
const SECRET = 'dropcap-audit-postgres';
const ACCOUNT = { PGHOST: serverHost, PGUSER: 'dropcap', PGPASSWORD: "it's 100% # a password", PGDATABASE: 'trail' };
/** Root may do all from this machine; the pods need the password. */
const ADMITTED = 'local all all trust\nhost trail dropcap 0.0.0.0/0 scram-sha-256\n';

const several = (prefix: string): object[] =>
  Array.from({ length: PODS }, (_, i) => pod(`${prefix}-${i}`, {}, { schedulerName: 'nobody' }));

const folder = mkdtempSync(join(tmpdir(), 'dropcap-e2e-pg-'));
let server: PostgresServer;
let space = '';

if (missing === undefined) {
  beforeAll(async () => {
    space = await enforcing('restricted');
    writeFileSync(join(folder, 'pg_hba.conf'), ADMITTED);
    // PostgreSQL runs as a user of its own.
    chmodSync(folder, 0o755);
    server = await startPostgres(`hba_file=${join(folder, 'pg_hba.conf')}`, `listen_addresses=${serverHost}`);
    server.sql('postgres', `CREATE ROLE dropcap LOGIN PASSWORD '${ACCOUNT.PGPASSWORD.replaceAll("'", "''")}'`);
    server.sql('postgres', 'CREATE DATABASE trail OWNER dropcap');
    const literals = Object.entries({ ...ACCOUNT, PGPORT: String(server.port) });
    const args = literals.map(([name, value]) => `--from-literal=${name}=${value}`);
    await kubectl(['create', 'secret', 'generic', SECRET, '-n', SYSTEM, ...args]);
    await useOverlay('audit-postgres', space);
  });
  afterAll(async () => {
    await backToDefault(space);
    await kubectl(['delete', 'secret', SECRET, '-n', SYSTEM, '--ignore-not-found']);
    server.remove();
    rmSync(folder, { recursive: true });
    await dropNamespaces();
  });
}

/** The records of the namespace that are in the database, as the command exports them. */
async function exported(): Promise<AuditRecord[]> {
  const env = { ...ACCOUNT, PGPORT: String(server.port) };
  const args = ['audit', 'export', '--audit-store', 'postgres://', '--namespace', space];
  const { status, stdout, stderr } = await dropcap(args, env);
  if (status !== 0) throw new Error(`dropcap ${args.join(' ')}: exit ${status}: ${stderr}`);
  const lines = stdout.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as AuditRecord);
}

/** Waits for so many records, and expects them to be those that the pods name, each once. */
async function expectEachOnce(number: number): Promise<AuditRecord[]> {
  const records = await until(
    `${number} records in the database`,
    async () => {
      const found = await exported();
      return found.length >= number && found;
    },
    420,
  );
  const pods = await markedPods(space);
  expect(records.map(({ uid }) => uid).toSorted()).toEqual(pods.map(({ record }) => record).toSorted());
  return records;
}

own('the records of both replicas are in one database, each once, and each replica answers for both', async () => {
  await createAll(space, several('first'), 201);
  const records = await expectEachOnce(PODS);
  const instances = new Set(records.map(({ instance }) => instance));
  expect([...instances].toSorted()).toEqual((await servingPods()).map(({ metadata }) => metadata.name).toSorted());
  const answers = await ofEach((url) => untilKnown(PODS, () => listed(url, '--namespace', space)));
  expect(answers.map(statuses)).toEqual(answers.map(() => ({ admitted: PODS })));
  count('records of two replicas in one database, each once', records.length);
});

/** The pods of the namespace were hardened, all of them. */
async function expectMarked(number: number): Promise<void> {
  const pods = await markedPods(space);
  expect(pods.filter(({ record }) => record !== undefined)).toHaveLength(number);
}

/** Waits until a replica knows what became of all pods that it was asked about. */
async function untilSettled(name: string): Promise<void> {
  const isSettled = (url: string): Promise<boolean> =>
    fetch(`${url}/metrics`).then(async (answer) => /^dropcap_results_pending 0$/m.test(await answer.text()));
  await until(`${name} knows what became of its pods`, () => forwarded(name, isSettled));
}

own('while the database is down pods are hardened, and when it is back nothing is missing or double', async () => {
  server.stop('immediate');
  await createAll(space, several('meanwhile'), 201);
  const { name } = (await servingPods())[0]!.metadata;
  const restarted = await restarts(name);
  // One that starts without its database is not told what the one before it waited for.
  await untilSettled(name);
  process.kill(serverProcess(name), 'SIGKILL');
  await until('it is started again', async () => (await restarts(name)) > restarted);
  await until('it is ready without a database', () => isReady(name));
  await createAll(space, several('later'), 201);
  await expectMarked(3 * PODS);
  server.start();
  const records = await expectEachOnce(3 * PODS);
  count('pods made before and during an outage of the database, each with its one record', records.length);
});

own('replicas that end hand over what they have', async () => {
  await createAll(space, several('last'), 201);
  await kubectl(['rollout', 'restart', 'deployment/dropcap', '-n', SYSTEM]);
  await kubectl(['rollout', 'status', 'deployment/dropcap', '-n', SYSTEM, '--timeout=300s']);
  const records = await expectEachOnce(4 * PODS);
  // What the old ones did not see to its end the new ones do.
  const entries = await untilKnown(
    4 * PODS,
    async () => (await ofEach((url) => listed(url, '--namespace', space)))[0]!,
  );
  expect(statuses(entries)).toEqual({ admitted: 4 * PODS });
  count('records after both replicas were replaced, each once, each with its result', records.length);
});
