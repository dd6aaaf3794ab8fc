import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import type { AuditRecord } from '../../src/audit/record.ts';
import { blockUnder } from '../docs/blocks.ts';
import { ReportApi } from '../kube/report-api.ts';
import { audit, UNPRINTABLE } from './audit-command.ts';
import { corpusRecords, RECORDS, storeOf } from './audit-records.ts';
import { folderOf } from './command.ts';

jest.setTimeout(120_000);

interface Result {
  readonly policy: string;
  readonly rule?: string;
  readonly result: string;
  readonly message: string;
  readonly resources?: readonly object[];
  readonly properties: Readonly<Record<string, string>>;
}

interface Report {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly summary: Readonly<Record<string, number>>;
  readonly results: readonly Result[];
}

// The records are of a fixed day.
const SINCE = '--since 2026-11-01';

let store = '';
beforeAll(async () => {
  store = await storeOf();
});

async function reportsOf(records: readonly AuditRecord[], line = SINCE): Promise<readonly Report[]> {
  const { stdout, status } = await audit(await storeOf(records), `report -o json ${line}`);
  expect(status).toBe(0);
  return (JSON.parse(stdout) as { items: Report[] }).items;
}

/** A record like one of the others, but of another workload or call. */
const like = (record: AuditRecord, number: number, change: Partial<AuditRecord>): AuditRecord => ({
  ...record,
  uid: `${String(number).padStart(8, '0')}-0000-4000-8000-000000000000`,
  ...change,
});

describe('dropcap audit report', () => {
  test('prints what docs/reports.md shows', async () => {
    const { stdout, stderr } = await audit(store, `report ${SINCE} --namespace lab`);
    expect(stdout).toBe(blockUnder('docs/reports.md', 'Reports', 'yaml'));
    expect(stderr).toBe('1 report\n');
  });

  test('makes a Report for each namespace, with each outcome as its result', async () => {
    const { stdout } = await audit(store, `report ${SINCE}`);
    const reports = parseAllDocuments(stdout).map((document) => document.toJS() as Report);
    expect(reports.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual(
      ['batch', 'kube-system', 'lab', 'shop'].map((namespace) => `${namespace}/dropcap`),
    );
    const kinds = new Set(
      reports.flatMap(({ results }) => results.map(({ result, properties }) => `${properties['outcome']!} ${result}`)),
    );
    expect([...kinds].sort()).toEqual(
      ['audited warn', 'exempt skip', 'hardened pass', 'missed fail', 'skipped skip', 'unresolved fail'].sort(),
    );
    for (const { results, summary } of reports) {
      const counted = Object.groupBy(results, ({ result }) => result);
      for (const [result, number] of Object.entries(summary)) expect(counted[result]?.length ?? 0).toBe(number);
    }
  });

  test('adds the calls of a workload up, the ReplicaSets of a Deployment and the Jobs of a CronJob together', async () => {
    const owners = [
      'ReplicaSet/web-6d9f7c8b5',
      'ReplicaSet/web-7b4c9d5f68',
      'Job/nightly-29384010',
      'Job/nightly-29385450',
    ];
    const records = owners.map((owner, i) => like(RECORDS[0]!, i, { owner }));
    const [report] = await reportsOf([...records, like(RECORDS[0]!, 9, { owner: 'ReplicaSet/web-main' })]);
    const ofDrop = report!.results.filter(({ rule }) => rule === 'capabilities.drop');
    expect(ofDrop.map(({ properties: { workload, calls }, resources }) => [workload, calls, resources])).toEqual([
      ['Job/nightly-*', '2', [{ apiVersion: 'batch/v1', kind: 'Job', namespace: 'shop', name: 'nightly-29385450' }]],
      [
        'ReplicaSet/web-*',
        '2',
        [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace: 'shop', name: 'web-7b4c9d5f68' }],
      ],
      [
        'ReplicaSet/web-main',
        '1',
        [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace: 'shop', name: 'web-main' }],
      ],
    ]);
  });

  test('shows 200 results at most, failures first, counts all, and says how many more there are', async () => {
    const passes = Array.from({ length: 2_500 }, (_, i) =>
      like(RECORDS[6]!, i, { name: `pass-${i}`, namespace: 'shop' }),
    );
    const failures = Array.from({ length: 30 }, (_, i) =>
      like(RECORDS[2]!, 5_000 + i, { name: `fail-${i}`, namespace: 'shop' }),
    );
    const [report] = await reportsOf([...passes, ...failures]);
    const fails = report!.summary['fail']!;
    expect(fails).toBeGreaterThanOrEqual(30);
    expect(report!.summary).toMatchObject({ warn: 2_500, pass: 0 });
    expect(report!.results).toHaveLength(200);
    expect(report!.results.slice(0, fails).every(({ result }) => result === 'fail')).toBe(true);
    const left = 2_500 - (199 - fails);
    expect(report!.results.at(-1)).toMatchObject({
      result: 'warn',
      message: `${left} more results that the report has no room for: ${left} warn`,
      properties: { more: String(left) },
    });
  });

  test('has 200 KB at most, and nothing that moves a terminal, whatever pods are called', async () => {
    const name = `\u202E🔐\u001b[2J${'é'.repeat(250)}`;
    const records = Array.from({ length: 300 }, (_, i) => {
      const findings = RECORDS[2]!.findings.map((finding) => ({
        ...finding,
        container: name,
        policies: [`p${'x'.repeat(240)}`],
      }));
      return like(RECORDS[2]!, i, { owner: `${name}/${i}`, findings });
    });
    const file = await storeOf(records);
    for (const form of ['json', 'yaml']) {
      const { stdout } = await audit(file, `report -o ${form} ${SINCE}`);
      expect(stdout).not.toMatch(UNPRINTABLE);
    }
    const [report] = await reportsOf(records);
    expect(Buffer.byteLength(JSON.stringify(report))).toBeLessThanOrEqual(200_000);
    expect(report!.results.length).toBeGreaterThan(50);
    expect(report!.results.length).toBeLessThan(200);
    expect(report!.results.at(-1)).toMatchObject({ policy: 'dropcap', result: 'fail' });
  });

  test('of the corpus keeps every report within its bounds', async () => {
    const records = corpusRecords();
    const reports = await reportsOf(records);
    for (const report of reports) {
      expect(report.results.length).toBeLessThanOrEqual(200);
      expect(Buffer.byteLength(JSON.stringify(report))).toBeLessThanOrEqual(200_000);
    }
    expect(reports.length).toBe(new Set(records.map(({ namespace }) => namespace)).size);
  });

  test('says so where nothing is found', async () => {
    expect(await audit(store, 'report --namespace nowhere')).toMatchObject({
      stderr: 'no record matches\n',
      status: 0,
    });
  });

  test.each([
    ['--kubeconfig a', 'error: --kubeconfig: found no --apply, which it is for\n'],
    ['--apply', 'error: missing: --kubeconfig <file> (only in a pod is the cluster known)\n'],
    ['--apply --kubeconfig /nowhere', 'error: --kubeconfig: /nowhere: no such file or folder\n'],
  ])('refuses %s', async (line, stderr) => {
    expect(await audit(store, `report ${line}`)).toMatchObject({ stdout: '', stderr, status: 2 });
  });
});

describe('dropcap audit report --apply', () => {
  let api: ReportApi;
  let line = '';

  beforeEach(async () => {
    api = await ReportApi.start();
    const kubeconfig = join(folderOf(), 'kubeconfig');
    writeFileSync(kubeconfig, api.kubeconfig());
    line = `report ${SINCE} --apply --kubeconfig ${kubeconfig}`;
    for (const namespace of ['batch', 'kube-system', 'lab', 'shop']) api.namespaces.add(namespace);
  });
  afterEach(() => api.stop());

  test('writes the reports that it prints, by server-side apply, and then only what differs', async () => {
    expect(await audit(store, line)).toMatchObject({
      stderr: '4 reports written, 0 unchanged\n',
      stdout: '',
      status: 0,
    });
    expect([...api.reports.values()]).toEqual(await reportsOf(RECORDS));
    expect(new Set(api.types)).toEqual(new Set(['application/apply-patch+yaml']));
    expect((await audit(store, line)).stderr).toBe('0 reports written, 4 unchanged\n');
    const more = await storeOf([...RECORDS, like(RECORDS[6]!, 99, { name: 'another' })]);
    expect((await audit(more, line)).stderr).toBe('1 report written, 3 unchanged\n');
  });

  test('empties the report of a namespace that has no records any more, and leaves others alone', async () => {
    await audit(store, line);
    const fewer = await storeOf(RECORDS.filter(({ namespace }) => namespace !== 'lab'));
    expect((await audit(fewer, `${line} --namespace shop`)).stderr).toBe('0 reports written, 1 unchanged\n');
    expect((await audit(fewer, line)).stderr).toBe('1 report written, 3 unchanged\n');
    expect(api.reports.get('lab')).toMatchObject({ results: [], summary: { warn: 0 } });
    expect((await audit(fewer, line)).stderr).toBe('0 reports written, 4 unchanged\n');
  });

  test('passes over namespaces that are gone or going', async () => {
    api.namespaces.delete('lab');
    api.ending.add('batch');
    const { stderr, status } = await audit(store, line);
    expect([stderr, status]).toEqual(['2 reports written, 0 unchanged, 2 namespaces no longer there\n', 0]);
  });

  test('says what is missing where the definitions are not installed', async () => {
    api.installed = false;
    const { stderr, status } = await audit(store, line);
    expect(stderr).toMatch(
      /^error: the cluster does not know openreports\.io\/v1alpha1: its CustomResourceDefinitions are not/,
    );
    expect(status).toBe(1);
  });

  test('ends with 1 where the cluster refuses, and says why', async () => {
    api.failing = 403;
    const { stderr, status } = await audit(store, line);
    expect([stderr, status]).toEqual(['error: Reports: HTTP 403 Forbidden: story of 403\n', 1]);
  });
});
