import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { policySetOf } from '../../src/engine/policy-set.ts';
import { Tally } from '../../src/server/tally.ts';
import { ask } from './client.ts';
import { closeAll, exception, restricted, start, type TestServer } from './harness.ts';
import { compliant, creating, debugging, plainPod } from './reviews.ts';
import type { JsonMap } from '../pods.ts';

/** Each metric is read over HTTP after what it counts was made to happen: a metric nobody reads stays 0 for years. */
let server: TestServer;
beforeAll(async () => {
  server = await start({
    policies: [
      restricted({ optOut: { namespaces: ['team-a'] }, gate: { missed: 'enforce', unresolved: 'warn' } }),
      exception('used', { rules: ['capabilities.drop'], match: { containers: ['spared'] } }),
      exception('over', { rules: ['capabilities.drop'], match: { containers: ['app'] }, expires: '2020-01-01' }),
    ],
  });
});
afterAll(closeAll);

/** By how much a metric rises while something happens. */
async function rise(name: string, labels: Record<string, string>, during: () => Promise<unknown>): Promise<number> {
  const before = await server.metric(name, labels);
  await during();
  return (await server.metric(name, labels)) - before;
}

const send = (body: JsonMap | string) => () => server.post(body);
const optOut = { 'dropcap.dev/opt-out': 'true', 'dropcap.dev/opt-out-reason': 'measured' };

describe('requests by path, operation and outcome', () => {
  test.each<[string, string, string, JsonMap | string]>([
    ['mutate', 'changed', 'CREATE', creating(plainPod())],
    ['mutate', 'unchanged', 'CREATE', creating(plainPod({}, compliant()))],
    ['mutate', 'changed', 'UPDATE', debugging(plainPod(), { name: 'debug' })],
    ['mutate', 'ignored', 'DELETE', creating(null, { operation: 'DELETE' })],
    ['mutate', 'unreadable', '', '{'],
    ['validate', 'allowed', 'CREATE', creating(plainPod({}, compliant()))],
    ['validate', 'refused', 'CREATE', creating(plainPod())],
    ['validate', 'refused', 'UPDATE', debugging(plainPod(), { name: 'debug' })],
    ['validate', 'ignored', 'DELETE', creating(null, { operation: 'DELETE' })],
    ['validate', 'unreadable', '', '{'],
  ])('%s %s %s', async (path, outcome, operation, body) => {
    const during = () => server.post(body, `/${path}`);
    expect(await rise('dropcap_requests_total', { path, operation, outcome }, during)).toBe(1);
  });
});

describe('what the gate finds', () => {
  const privileged = { name: 'agent', securityContext: { privileged: true } };
  const labels = { policy: 'restricted', namespace: 'team-a', rule: 'capabilities.drop' };
  const ask = (body: JsonMap) => () => server.post(body, '/validate');

  test('by policy, rule, namespace and action', async () => {
    const denied = { ...labels, action: 'denied' };
    const two = plainPod({}, { name: 'a' }, { name: 'b' });
    expect(await rise('dropcap_gate_findings_total', denied, ask(creating(two)))).toBe(2);
    const warned = { ...labels, action: 'warned' };
    expect(await rise('dropcap_gate_findings_total', warned, ask(creating(plainPod({}, privileged))))).toBe(1);
  });

  test('is not counted among changes, for a dry run, nor where nothing violates', async () => {
    expect(await rise('dropcap_changes_total', {}, ask(creating(plainPod())))).toBe(0);
    expect(await rise('dropcap_gate_findings_total', {}, ask(creating(plainPod(), { dryRun: true })))).toBe(0);
    expect(await rise('dropcap_gate_findings_total', {}, ask(creating(plainPod({}, compliant()))))).toBe(0);
  });
});

test('the duration of requests is in seconds, with buckets up to the 10 seconds that a webhook may take', async () => {
  const during = send(creating(plainPod()));
  expect(await rise('dropcap_request_duration_seconds_count', {}, during)).toBe(1);
  expect(await rise('dropcap_request_duration_seconds_bucket', { le: '10' }, during)).toBe(1);
  const before = performance.now();
  const seconds = await rise('dropcap_request_duration_seconds_sum', {}, during);
  expect(seconds).toBeGreaterThan(0);
  // Milliseconds taken for seconds would be more than went by meanwhile.
  expect(seconds).toBeLessThan((performance.now() - before) / 1000);
});

describe('changes', () => {
  const labels = { policy: 'restricted', rule: 'capabilities.drop', namespace: 'team-a', outcome: 'hardened' };

  test('by policy, rule, namespace and outcome', async () => {
    expect(
      await rise('dropcap_changes_total', labels, send(creating(plainPod({}, { name: 'a' }, { name: 'b' })))),
    ).toBe(2);
  });

  test('are not counted for a dry run, nor where nothing changed', async () => {
    expect(await rise('dropcap_changes_total', {}, send(creating(plainPod(), { dryRun: true })))).toBe(0);
    expect(await rise('dropcap_changes_total', {}, send(creating(plainPod({}, compliant('kept')))))).toBe(0);
  });
});

test('opt-outs that count', async () => {
  const during = send(creating(plainPod({ annotations: optOut })));
  expect(await rise('dropcap_opt_outs_total', { policy: 'restricted', namespace: 'team-a' }, during)).toBe(1);
});

test('opt-outs that do not count', async () => {
  const during = send(creating(plainPod({ annotations: optOut }), { namespace: 'team-b' }));
  expect(await rise('dropcap_opt_outs_ignored_total', { policy: 'restricted', namespace: 'team-b' }, during)).toBe(1);
});

test('exceptions that spared something', async () => {
  const during = send(creating(plainPod({}, { name: 'spared' })));
  expect(await rise('dropcap_exceptions_used_total', { exception: 'used' }, during)).toBe(1);
});

test('expired exceptions that were met, by a pod that complies too', async () => {
  const labels = { exception: 'over' };
  expect(await rise('dropcap_exceptions_expired_total', labels, send(creating(plainPod())))).toBe(1);
  expect(await rise('dropcap_exceptions_expired_total', labels, send(creating(plainPod({}, compliant()))))).toBe(1);
});

test('the version of the policy set, its size, and reloads that failed', async () => {
  expect(await server.metric('dropcap_policy_set_info', { version: 'v1' })).toBe(1);
  expect([await server.metric('dropcap_policies'), await server.metric('dropcap_exceptions')]).toEqual([1, 2]);
  expect(await server.metric('dropcap_policy_last_load_timestamp_seconds')).toBe(1_700_000_000);
  const before = { ...server.policies };
  server.policies.set = policySetOf([restricted(), restricted({}, 'second')]);
  server.policies.version = 'v2';
  server.policies.failures = 3;
  expect(await server.metric('dropcap_policy_set_info', { version: 'v2' })).toBe(1);
  expect(await server.metric('dropcap_policy_set_info')).toBe(1);
  expect([await server.metric('dropcap_policies'), await server.metric('dropcap_exceptions')]).toEqual([2, 0]);
  expect(await server.metric('dropcap_policy_reload_failures_total')).toBe(3);
  expect(await server.metric('dropcap_policy_reload_failures_total')).toBe(3);
  Object.assign(server.policies, before);
});

test('when the certificate ends', async () => {
  expect(await server.metric('dropcap_certificate_expiry_timestamp_seconds')).toBeGreaterThan(Date.now() / 1000);
});

test('audit records written, waiting and lost', async () => {
  await server.records();
  expect(await server.metric('dropcap_audit_backlog_records')).toBe(0);
  const { length: before } = await server.records();
  expect(await server.metric('dropcap_audit_written_total')).toBe(before);
  await server.post(creating(plainPod()));
  expect(await server.records()).toHaveLength(before + 1);
  expect(await server.metric('dropcap_audit_written_total')).toBe(before + 1);
  expect(await server.metric('dropcap_audit_lost_total')).toBe(0);
});

test('the delay of the event loop', async () => {
  expect(await server.metric('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
});

test('a reload of the policies shows in readyz with the first error', async () => {
  server.policies.lastErrors = ['policies/a.yaml:3:5: spec.mode: found enforced, expected enforce'];
  const { body } = await ask({ port: server.adminPort, path: '/readyz', plain: true });
  server.policies.lastErrors = [];
  expect(JSON.parse(body)).toMatchObject({
    ready: true,
    checks: { policies: { detail: expect.stringContaining('a newer set is bad: policies/a.yaml:3:5: spec.mode') } },
  });
});

describe('the whole page', () => {
  test('is Prometheus text in which every total is a counter', async () => {
    const { body, headers } = await ask({ port: server.adminPort, path: '/metrics', plain: true });
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    const types = [...body.matchAll(/^# TYPE (dropcap_\w+) (\w+)$/gm)].map(([, name, type]) => [name!, type!] as const);
    expect(types.length).toBeGreaterThan(15);
    const wrong = types.filter(([name, type]) => (type === 'counter') !== name.endsWith('_total'));
    expect(wrong).toEqual([]);
  });

  test('has no label for a pod', async () => {
    await server.post(creating(plainPod({ name: 'named-pod-7' }), { name: 'named-pod-7' }));
    expect((await ask({ port: server.adminPort, path: '/metrics', plain: true })).body).not.toContain('named-pod-7');
  });
});

describe('series', () => {
  const page = async (registry: Registry) =>
    (await registry.metrics()).split('\n').filter((line) => /^x_total[ {]/.test(line));

  test('add up between readings', async () => {
    const registry = new Registry();
    const tally = new Tally(registry, 'x_total', 'X.', ['a', 'b']);
    tally.add('1', '2');
    tally.add('1', '2');
    expect(await page(registry)).toEqual(['x_total{a="1",b="2"} 2']);
    tally.add('1', '2');
    tally.add('1', '3');
    expect(await page(registry)).toEqual(['x_total{a="1",b="2"} 3', 'x_total{a="1",b="3"} 1']);
  });

  test('past a thousand share one, so that made-up namespaces fill no memory', async () => {
    const registry = new Registry();
    const tally = new Tally(registry, 'x_total', 'X.', ['namespace']);
    for (let i = 0; i < 5_000; i++) tally.add(`n${i}`);
    tally.add('n1');
    const lines = await page(registry);
    expect(lines).toHaveLength(1_001);
    expect(lines).toContain('x_total{namespace="_other"} 4000');
    expect(lines).toContain('x_total{namespace="n1"} 2');
  });
});
