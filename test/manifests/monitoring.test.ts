import { describe, expect, test } from '@jest/globals';
import { Metrics } from '../../src/server/metrics.ts';
import { listAt, mapAt, type JsonMap } from '../pods.ts';
import { objectOf, read, textAt } from './manifests.ts';

const { registry } = new Metrics({
  audit: () => ({ written: 0, lost: 0, backlog: 0 }),
  journalSegments: () => 0,
  filledAt: () => 0,
  results: () => ({
    statuses: { admitted: 0, altered: 0, 'not-admitted': 0, unknown: 0 },
    pending: 0,
    lost: 0,
    lists: 0,
    watches: 0,
  }),
  events: () => ({ sent: 0, dropped: 0, failed: 0 }),
  certificateExpiry: () => 0,
  policies: () => ({ version: '', policies: 0, exceptions: 0, failures: 0, loadedAt: 0 }),
});

const SUFFIXES = { histogram: ['_bucket', '_sum', '_count'] } as const;

/** Labels of each series of the server, by its name. */
const ours = new Map(
  registry.getMetricsAsArray().flatMap((metric) => {
    const { name, labelNames = [] } = metric as unknown as { name: string; labelNames?: readonly string[] };
    const isHistogram = metric.constructor.name === 'Histogram';
    return (isHistogram ? SUFFIXES.histogram : ['']).map((suffix) => [name + suffix, labelNames] as const);
  }),
);

/** Series of others, as the API server's and kube-state-metrics' own references name them. */
const THEIRS = new Map([
  ['apiserver_admission_webhook_fail_open_count', ['name', 'type']],
  ['apiserver_admission_webhook_rejection_count', ['name', 'type', 'operation', 'error_type', 'rejection_code']],
  ['apiserver_admission_webhook_request_total', ['name', 'type', 'operation', 'code', 'rejected']],
  ['apiserver_admission_webhook_admission_duration_seconds_bucket', ['name', 'type', 'operation', 'rejected']],
  ['kube_deployment_status_replicas_available', ['namespace', 'deployment']],
  ['up', []],
]);

/** What Prometheus itself puts on the series of a pod. */
const FROM_THE_TARGET = ['namespace', 'service', 'pod'];

const rules = listAt(mapAt(objectOf('PrometheusRule', 'dropcap'), 'spec'), 'groups').flatMap(
  (group) => listAt(group, 'rules') as JsonMap[],
);
const dashboard = JSON.parse(read('components/grafana/dropcap.json')) as JsonMap;
const panels = listAt(dashboard, 'panels') as JsonMap[];

const expressions = [
  ...rules.map((rule) => ({ of: textAt(rule, 'alert'), expression: textAt(rule, 'expr') })),
  ...panels.flatMap((panel) =>
    listAt(panel, 'targets').map((target) => ({ of: textAt(panel, 'title'), expression: textAt(target, 'expr') })),
  ),
];

const SERIES = /\b((?:dropcap|apiserver|kube|process|nodejs)_[a-z0-9_]+|up)\b(?:\{([^}]*)\})?/g;

describe.each(expressions)('$of: $expression', ({ expression }) => {
  const used = [...expression.matchAll(SERIES)].map(([, name, matchers = '']) => ({
    name: name!,
    labels: [...matchers.matchAll(/([a-z_]+)\s*[!=]/g)].map(([, label]) => label!),
  }));

  test('asks for series that exist, by labels that they have', () => {
    expect(used.length).toBeGreaterThan(0);
    for (const { name, labels } of used) {
      const known = ours.get(name) ?? THEIRS.get(name);
      expect({ name, known: known !== undefined }).toEqual({ name, known: true });
      expect(labels.filter((label) => ![...known!, ...FROM_THE_TARGET].includes(label))).toEqual([]);
    }
  });
});

test('there are alerts for an outage, a certificate that ends, bad policies and lost records', () => {
  const alerts = rules.map((rule) => textAt(rule, 'alert'));
  for (const alert of ['DropcapDown', 'DropcapFailedOpen', 'DropcapCertificateEnds', 'DropcapPoliciesRefused'])
    expect(alerts).toContain(alert);
  expect(new Set(alerts).size).toBe(alerts.length);
});

test('the panels of the dashboard do not overlap, and none has the number of another', () => {
  const cells = panels.flatMap((panel) => {
    const { x, y, w, h } = mapAt(panel, 'gridPos') as Record<'x' | 'y' | 'w' | 'h', number>;
    return Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`);
  });
  expect(new Set(cells).size).toBe(cells.length);
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
});
