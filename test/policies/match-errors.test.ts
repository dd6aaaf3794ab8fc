import { describe, expect, test } from '@jest/globals';
import { saidOfMatch, saidOfPolicy } from './folder.ts';

const label = 'lower case letters, digits and -';
const subdomain = 'lower case letters, digits, - and .';

describe('a match that can never match', () => {
  test.each([
    ['{ namespaces: [] }', 'namespaces: found [], expected at least one entry'],
    ['{ namespaces: [Shop] }', `namespaces[0]: found Shop, expected a namespace: ${label}; did you mean shop?`],
    [
      '{ namespaces: [kube_system] }',
      `namespaces[0]: found kube_system, expected a namespace: ${label}; did you mean kube-system?`,
    ],
    ['{ namespaces: ["-*"] }', `namespaces[0]: found -*, expected a namespace: ${label}`],
    ['{ namespaces: [a.b] }', `namespaces[0]: found a.b, expected a namespace: ${label}`],
    ['{ namespaces: [""] }', `namespaces[0]: found "", expected a namespace: ${label}`],
    [`{ namespaces: [${'a'.repeat(64)}] }`, `namespaces[0]: found ${'a'.repeat(59)}…, expected at most 63 characters`],
    [
      '{ containers: [my_app] }',
      `containers[0]: found my_app, expected a container name: ${label}; did you mean my-app?`,
    ],
    [
      '{ serviceAccounts: [Builder] }',
      `serviceAccounts[0]: found Builder, expected a service account: ${subdomain}; did you mean builder?`,
    ],
    ['{ serviceAccounts: [a/b/c] }', 'serviceAccounts[0]: found a/b/c, expected name or namespace/name'],
    [
      '{ serviceAccounts: ["system:serviceaccount:ci:builder"] }',
      'serviceAccounts[0]: found system:serviceaccount:ci:builder, expected name or namespace/name; did you mean ci/builder?',
    ],
    [
      '{ workloads: [Deployments] }',
      'workloads[0]: found Deployments, expected Pod, PodTemplate, ReplicationController, Deployment, ReplicaSet, DaemonSet, StatefulSet, Job or CronJob; did you mean Deployment?',
    ],
    [
      '{ containerKinds: [initContainer] }',
      'containerKinds[0]: found initContainer, expected initContainers, containers or ephemeralContainers; did you mean initContainers?',
    ],
    ['{ users: [""] }', 'users[0]: found "", expected some text'],
    ['{ namespace: [a] }', 'namespace: unknown field; did you mean namespaces?'],
    ['{ images: [{}] }', 'images[0]: found {}, expected at least one of registry, repository, tag and digest'],
    [
      '{ images: [{ repository: nginx }] }',
      'images[0].repository: nginx never matches: on docker.io its name is library/nginx; for another registry, name it in registry',
    ],
    [
      '{ images: [{ registry: docker.io, repository: nginx }] }',
      'images[0].repository: nginx never matches: on docker.io its name is library/nginx',
    ],
    [
      '{ images: [{ repository: "nginx:1.25" }] }',
      'images[0].repository: found nginx:1.25, expected a repository alone: what follows the : belongs in tag; did you mean nginx?',
    ],
    [
      '{ images: [{ repository: "a.io:5000/b" }] }',
      'images[0].repository: found a.io:5000/b, expected a repository alone: a host with a port belongs in registry; did you mean b?',
    ],
    [
      '{ images: [{ repository: "a/b@sha256:0" }] }',
      'images[0].repository: found a/b@sha256:0, expected a repository alone: what follows the @ belongs in digest',
    ],
    [
      '{ images: [{ repository: Acme/App }] }',
      'images[0].repository: found Acme/App, expected a repository: lower case; did you mean acme/app?',
    ],
    [
      '{ images: [{ repository: a//b* }] }',
      'images[0].repository: found a//b*, expected a repository: lower case letters, digits, and . _ - / between them',
    ],
    [
      '{ images: [{ repository: ghcr.io/acme/app }] }',
      'images[0].repository: ghcr.io/acme/app never matches: write registry: ghcr.io and repository: acme/app',
    ],
    [
      '{ images: [{ registry: ghcr.io/acme }] }',
      'images[0].registry: found ghcr.io/acme, expected a registry alone: what follows the / belongs in repository; did you mean ghcr.io?',
    ],
    [
      '{ images: [{ registry: quay }] }',
      'images[0].registry: found quay, expected a registry with a dot or a port, or localhost: without one it is part of the repository',
    ],
    [
      '{ images: [{ registry: index.docker.io }] }',
      'images[0].registry: found index.docker.io, expected docker.io, as image references are read; did you mean docker.io?',
    ],
    ['{ images: [{ tag: 1.25 }] }', 'images[0].tag: found 1.25, expected text, in quotes'],
    ['{ images: [{ tag: ":latest" }] }', 'images[0].tag: found :latest, expected a tag alone; did you mean latest?'],
    [
      '{ images: [{ digest: "0123" }] }',
      'images[0].digest: found "0123", expected a digest with its algorithm, as in sha256:…',
    ],
    [
      '{ images: [{ tag: "", digest: "" }] }',
      'images[0]: never matches: an image without a digest has a tag, latest if no other',
    ],
    [
      '{ podSelector: { matchLabels: { "a b": c } } }',
      'podSelector.matchLabels["a b"]: found "a b", expected the key of a label: name or example.com/name, the name 63 characters at most',
    ],
    [
      '{ podSelector: { matchLabels: { a: true } } }',
      'podSelector.matchLabels.a: found true, expected text, in quotes',
    ],
    [
      '{ podSelector: { matchLabels: { a: -b } } }',
      'podSelector.matchLabels.a: found -b, expected the value of a label: 63 letters, digits and - _ . at most, a letter or digit at both ends',
    ],
    [
      '{ podSelector: { matchExpressions: [{ key: a, operator: In }] } }',
      'podSelector.matchExpressions[0].values: found nothing, expected the values for In',
    ],
    [
      '{ podSelector: { matchExpressions: [{ key: a, operator: NotIn, values: [] }] } }',
      'podSelector.matchExpressions[0].values: found [], expected at least one entry',
    ],
    [
      '{ podSelector: { matchExpressions: [{ key: a, operator: Exists, values: [b] }] } }',
      'podSelector.matchExpressions[0].values: found [b], expected no values with Exists',
    ],
    [
      '{ podSelector: { matchExpressions: [{ key: a, operator: in, values: [b] }] } }',
      'podSelector.matchExpressions[0].operator: found in, expected In, NotIn, Exists or DoesNotExist; did you mean In?',
    ],
  ])('%s', (match, error) => {
    expect(saidOfMatch(match)).toEqual([error]);
  });

  const contradiction = 'never matches: contradicts what is asked of the same label before';
  test.each([
    ['matchLabels: { a: b }, matchExpressions: [{ key: a, operator: NotIn, values: [b] }]', 0],
    ['matchLabels: { a: b }, matchExpressions: [{ key: a, operator: DoesNotExist }]', 0],
    ['matchLabels: { a: b }, matchExpressions: [{ key: a, operator: In, values: [c, d] }]', 0],
    ['matchExpressions: [{ key: a, operator: Exists }, { key: a, operator: DoesNotExist }]', 1],
    [
      'matchExpressions: [{ key: a, operator: In, values: [b, c] }, { key: a, operator: In, values: [c, d] }, { key: a, operator: NotIn, values: [c] }]',
      2,
    ],
  ])('a selector that contradicts itself: %s', (selector, at) => {
    const error = `namespaceSelector.matchExpressions[${at}]: ${contradiction}`;
    expect(saidOfMatch(`{ namespaceSelector: { ${selector} } }`)).toEqual([error]);
  });

  test.each([
    ['match: { namespaces: [a] }, exclude: {}', '{} excludes everything'],
    ['exclude: { namespaces: ["*"] }', 'excludes everything that match covers'],
    ['exclude: { podSelector: {} }', 'excludes everything that match covers'],
    ['match: { namespaces: [a, b] }, exclude: { namespaces: [b, a, c] }', 'excludes everything that match covers'],
    ['match: { namespaces: [team-a] }, exclude: { namespaces: [team-*] }', 'excludes everything that match covers'],
    ['match: { images: [{ tag: "1" }] }, exclude: { images: [{ tag: "1" }] }', 'excludes everything that match covers'],
  ])('an exclude that leaves nothing: %s', (scope, error) => {
    expect(saidOfPolicy(`{ mode: audit, level: baseline, ${scope} }`)).toEqual([`spec.exclude: ${error}`]);
  });
});

describe('a match that can match', () => {
  test.each([
    '{}',
    '{ namespaces: ["*", "team-?", kube-system] }',
    '{ serviceAccounts: [builder, "ci/*", "*/a.b", "*"] }',
    '{ users: ["system:serviceaccount:ci:*", "Jane Doe"], groups: ["oidc:x"] }',
    '{ workloads: [Pod, CronJob] }',
    '{ containers: ["istio-*"], containerKinds: [initContainers] }',
    '{ images: [{ repository: library/nginx }, { repository: "nginx*" }, { registry: "*", repository: nginx }] }',
    '{ images: [{ registry: ghcr.io, repository: app }, { registry: "localhost" }, { registry: "a:5000" }, { registry: "*.gcr.io" }] }',
    '{ images: [{ registry: mirror.local, repository: "ghcr.io/acme/*" }, { repository: "*/app" }] }',
    '{ images: [{ tag: latest }, { tag: "1.*" }, { tag: "" }, { digest: "sha256:*" }, { digest: "" }] }',
    `{ images: [{ digest: "sha256:${'0'.repeat(64)}" }] }`,
    '{ podSelector: {}, namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: x, empty: "" } } }',
    '{ podSelector: { matchLabels: { a: b }, matchExpressions: [{ key: a, operator: Exists }, { key: a, operator: NotIn, values: [c] }] } }',
  ])('%s', (match) => {
    expect(saidOfMatch(match)).toEqual([]);
  });

  test.each([
    'match: { namespaces: [a, b] }, exclude: { namespaces: [a] }',
    'match: { namespaces: ["*"] }, exclude: { namespaces: ["kube-*"] }',
    'match: { namespaces: [team-*] }, exclude: { namespaces: ["team-?"] }',
    'match: { namespaces: [a] }, exclude: { namespaces: [a], containers: [b] }',
  ])('with an exclude that leaves something: %s', (scope) => {
    expect(saidOfPolicy(`{ mode: audit, level: baseline, ${scope} }`)).toEqual([]);
  });
});
