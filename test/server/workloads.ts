/** Reviews that create workloads. */
import { mapAt, type Json, type JsonMap } from '../pods.ts';
import { creating } from './reviews.ts';

/** Kinds with a pod template: group, and the path to the template. */
export const WORKLOADS: readonly (readonly [kind: string, group: string, path: string])[] = [
  ['Deployment', 'apps', '/spec/template'],
  ['StatefulSet', 'apps', '/spec/template'],
  ['DaemonSet', 'apps', '/spec/template'],
  ['ReplicaSet', 'apps', '/spec/template'],
  ['Job', 'batch', '/spec/template'],
  ['CronJob', 'batch', '/spec/jobTemplate/spec/template'],
  ['ReplicationController', '', '/spec/template'],
  ['PodTemplate', '', '/template'],
];

/** A template of one container that says nothing of security. */
export const template = (metadata: JsonMap = {}, ...containers: JsonMap[]): JsonMap => ({
  metadata: { labels: { app: 'web' }, ...metadata },
  spec: { containers: containers.length > 0 ? containers : [{ name: 'app', image: 'nginx:1.29' }] },
});

const nested = (path: string, value: Json): JsonMap =>
  path
    .split('/')
    .slice(1)
    .reduceRight<Json>((inner, key) => ({ [key]: inner }), value) as JsonMap;

/** A workload with a template at the path of its kind. */
export const workload = (kind: string, pod: Json = template(), metadata: JsonMap = {}): JsonMap => {
  const [, group, path] = WORKLOADS.find(([name]) => name === kind)!;
  const apiVersion = group === '' ? 'v1' : `${group}/v1`;
  return { apiVersion, kind, metadata: { name: 'web', namespace: 'team-a', ...metadata }, ...nested(path, pod) };
};

/** A review that creates an object, as its kind and version say. */
export function creatingObject(object: JsonMap, changes: JsonMap = {}): JsonMap {
  const [version, group] = (object['apiVersion'] as string).split('/').reverse();
  const kind = { group: group ?? '', version: version!, kind: object['kind']! };
  const { name, namespace } = mapAt(object, 'metadata');
  return creating(object, { kind, requestKind: kind, name: name ?? '', namespace: namespace ?? 'default', ...changes });
}
