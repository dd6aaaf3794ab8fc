import { expect, test } from '@jest/globals';
import { parseImage } from '../../src/engine/image.ts';

const SHA = `sha256:${'0123456789abcdef'.repeat(4)}`;

test.each([
  ['nginx', 'docker.io', 'library/nginx', 'latest', ''],
  ['nginx:1.27', 'docker.io', 'library/nginx', '1.27', ''],
  ['grafana/grafana', 'docker.io', 'grafana/grafana', 'latest', ''],
  ['docker.io/nginx', 'docker.io', 'library/nginx', 'latest', ''],
  ['index.docker.io/library/nginx', 'docker.io', 'library/nginx', 'latest', ''],
  ['registry.k8s.io/pause:3.10', 'registry.k8s.io', 'pause', '3.10', ''],
  ['localhost/app', 'localhost', 'app', 'latest', ''],
  ['localhost:5000/app', 'localhost:5000', 'app', 'latest', ''],
  ['host:5000/a/b:tag', 'host:5000', 'a/b', 'tag', ''],
  [`ghcr.io/team/app@${SHA}`, 'ghcr.io', 'team/app', '', SHA],
  [`ghcr.io/team/app:1@${SHA}`, 'ghcr.io', 'team/app', '1', SHA],
  ['a__b/c-d.e', 'docker.io', 'a__b/c-d.e', 'latest', ''],
])('%s is parsed', (text, registry, repository, tag, digest) => {
  expect(parseImage(text)).toEqual({ registry, repository, tag, digest });
});

test.each([
  '',
  ' nginx',
  'No such',
  'ghcr.io/Team/app',
  'nginx:',
  'nginx:a b',
  'nginx@',
  'nginx@sha256:short',
  '/nginx',
  'ghcr.io/',
  'a//b',
  '-a',
  'https://ghcr.io/app',
  'nginx:tag:tag',
])('%j is no reference, so no pattern covers it', (text) => {
  expect(parseImage(text)).toBeUndefined();
});
