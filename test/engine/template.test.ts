import { describe, expect, test } from '@jest/globals';
import { podTemplateOf, podTemplatesOf, WORKLOADS } from '../../src/engine/template.ts';

const pod = { spec: { containers: [] } };
const places = (document: unknown): string[] => podTemplatesOf(document).map(({ kind, base }) => `${kind}:${base}`);

describe('podTemplatesOf', () => {
  test.each([
    ['Pod', 'v1', pod, ['Pod:']],
    ['PodTemplate', 'v1', { template: pod }, ['PodTemplate:/template']],
    ['ReplicationController', 'v1', { spec: { template: pod } }, ['ReplicationController:/spec/template']],
    ['Deployment', 'apps/v1', { spec: { template: pod } }, ['Deployment:/spec/template']],
    ['Deployment', 'extensions/v1beta1', { spec: { template: pod } }, ['Deployment:/spec/template']],
    ['StatefulSet', 'apps/v1', { spec: { template: pod } }, ['StatefulSet:/spec/template']],
    ['DaemonSet', 'apps/v1', { spec: { template: pod } }, ['DaemonSet:/spec/template']],
    ['ReplicaSet', 'apps/v1', { spec: { template: pod } }, ['ReplicaSet:/spec/template']],
    ['Job', 'batch/v1', { spec: { template: pod } }, ['Job:/spec/template']],
    [
      'CronJob',
      'batch/v1beta1',
      { spec: { jobTemplate: { spec: { template: pod } } } },
      ['CronJob:/spec/jobTemplate/spec/template'],
    ],
    ['Job', 'example.com/v1', { spec: { template: pod } }, []],
    ['Service', 'v1', { spec: {} }, []],
    ['Deployment', 'apps/v1', {}, []],
    ['Deployment', 'apps/v1', { spec: { template: null } }, []],
    ['Pod', 'v1', {}, []],
    ['constructor', 'v1', pod, []],
  ])('%s of %s', (kind, apiVersion, rest, expected) => {
    expect(places({ kind, apiVersion, ...rest })).toEqual(expected);
  });

  test('walks lists, lists of lists and typed lists, and passes over what holds no pod', () => {
    const items = [
      { kind: 'Pod', ...pod },
      { kind: 'ConfigMap' },
      null,
      { kind: 'PodList', apiVersion: 'v1', items: [pod, pod] },
    ];
    expect(places({ kind: 'List', apiVersion: 'v1', items })).toEqual([
      'Pod:/items/0',
      'Pod:/items/3/items/0',
      'Pod:/items/3/items/1',
    ]);
    expect(places({ kind: 'List' })).toEqual([]);
  });

  test('says who holds the pod', () => {
    const metadata = { generateName: 'web-', namespace: 'team-a' };
    expect(podTemplatesOf({ kind: 'Pod', metadata, ...pod })).toMatchObject([{ name: 'web-', namespace: 'team-a' }]);
  });

  test.each([null, undefined, 1, 'Pod', [], [{ kind: 'Pod' }]])('finds nothing in %j', (document) => {
    expect(podTemplatesOf(document)).toEqual([]);
  });
});

describe('workloads', () => {
  test('are known by their group and stable version, as reviews name them; pods are none', () => {
    expect(Object.fromEntries(WORKLOADS)).toEqual({
      'v1/PodTemplate': 'PodTemplate',
      'v1/ReplicationController': 'ReplicationController',
      'apps/v1/Deployment': 'Deployment',
      'apps/v1/ReplicaSet': 'ReplicaSet',
      'apps/v1/DaemonSet': 'DaemonSet',
      'apps/v1/StatefulSet': 'StatefulSet',
      'batch/v1/Job': 'Job',
      'batch/v1/CronJob': 'CronJob',
    });
  });

  test('have one template, whatever kind the object says it is', () => {
    const object = { kind: 'List', items: [{ kind: 'Pod', ...pod }], spec: { template: pod } };
    expect(podTemplateOf(object, 'Deployment')).toMatchObject({ base: '/spec/template', kind: 'Deployment' });
    expect(podTemplateOf({ kind: 'Deployment' }, 'Deployment')).toBeUndefined();
  });
});
