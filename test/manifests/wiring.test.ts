import { Command } from 'commander';
import { describe, expect, test } from '@jest/globals';
import { certificatesCommand } from '../../src/cli/certificates.ts';
import { serveCommand } from '../../src/cli/serve.ts';
import type { Context } from '../../src/cli/context.ts';
import { mutate } from '../../src/server/mutate.ts';
import { validate } from '../../src/server/validate.ts';
import { listAt, mapAt, type Json, type JsonMap } from '../pods.ts';
import { nameOf, objectOf, objects, onlyContainer, ownPods, textAt, webhooks } from './manifests.ts';

/** What the options of a command are where they are not given. */
function defaultsOf(add: (program: Command, context: Context) => void): Record<string, unknown> {
  const program = new Command();
  // Only running a command needs its context.
  add(program, {} as Context);
  return program.commands[0]!.opts();
}

const [mutating, validating, templates] = webhooks() as [JsonMap, JsonMap, JsonMap];
const serving = ownPods.find(({ kind }) => kind === 'Deployment')!.pod;
const service = objectOf('Service', 'dropcap-webhook');

describe('the webhooks', () => {
  test('call the paths that the server has, of our Service', () => {
    const called = (webhook: JsonMap): JsonMap => mapAt(webhook['clientConfig'], 'service');
    const ours = { namespace: 'dropcap-system', name: 'dropcap-webhook', port: 443 };
    expect(called(mutating)).toEqual({ ...ours, path: `/${mutate.path}` });
    expect(called(validating)).toEqual({ ...ours, path: `/${validate.path}` });
    expect(called(templates)).toEqual({ ...ours, path: `/${mutate.path}` });
  });

  test('name no authority, so that applying them again never takes away the one that was filled in', () => {
    for (const webhook of [mutating, validating, templates])
      expect(mapAt(webhook, 'clientConfig')).not.toHaveProperty('caBundle');
  });

  test('are sent new pods and new ephemeral containers by two rules, not by one that would send every update', () => {
    const rules = listAt(mutating, 'rules') as JsonMap[];
    expect(rules.map(({ operations, resources }) => [operations, resources])).toEqual([
      [['CREATE'], ['pods']],
      [['UPDATE'], ['pods/ephemeralcontainers']],
    ]);
  });

  test('judge the finished pod by the same rules, namespaces and conditions as they change it', () => {
    for (const field of ['rules', 'namespaceSelector', 'matchConditions', 'matchPolicy', 'failurePolicy'])
      expect(validating[field]).toEqual(mutating[field]);
    expect(templates['namespaceSelector']).toEqual(mutating['namespaceSelector']);
  });

  test('have conditions on new pods only, since what is sent about a running one may claim anything', () => {
    for (const condition of listAt(mutating, 'matchConditions'))
      expect(textAt(condition, 'expression')).toMatch(/^request\.operation != 'CREATE' \|\| !\(/);
  });

  test('leave alone the namespace that dropcap itself is in, and the one that starts the cluster', () => {
    expect(mutating['namespaceSelector']).toEqual({
      matchExpressions: [
        { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', 'dropcap-system'] },
      ],
    });
  });

  test('of workloads are asked about new ones only', () => {
    const rules = listAt(templates, 'rules') as JsonMap[];
    expect(rules.map(({ operations }) => operations)).toEqual([['CREATE'], ['CREATE'], ['CREATE']]);
    expect(rules.flatMap(({ resources }) => resources as Json[])).toEqual([
      ...['deployments', 'statefulsets', 'daemonsets', 'replicasets'],
      ...['jobs', 'cronjobs'],
      ...['replicationcontrollers', 'podtemplates'],
    ]);
  });

  test.each([mutating, validating, templates])('%# keep their word on side effects and time', (webhook) => {
    expect(webhook).toMatchObject({
      sideEffects: 'NoneOnDryRun',
      admissionReviewVersions: ['v1'],
      timeoutSeconds: 3,
      failurePolicy: 'Ignore',
    });
  });
});

describe('the way to the server', () => {
  const { port } = defaultsOf(serveCommand);

  test('goes from the Service to the port that it listens on', () => {
    expect(mapAt(service, 'spec')['ports']).toEqual([{ name: 'https', port: 443, targetPort: 'webhook' }]);
    expect(onlyContainer(serving)['ports']).toContainEqual({ name: 'webhook', containerPort: port });
  });

  test('selects the serving pods, and never those of the certificates', () => {
    const { matchLabels } = mapAt(mapAt(objectOf('Deployment', 'dropcap'), 'spec'), 'selector');
    for (const kind of ['Service', 'NetworkPolicy', 'PodDisruptionBudget']) {
      const spec = mapAt(objectOf(kind, kind === 'Service' ? 'dropcap-webhook' : 'dropcap'), 'spec');
      const selector = spec['podSelector'] ?? spec['selector'];
      expect({ kind, selector }).toEqual({ kind, selector: kind === 'Service' ? matchLabels : { matchLabels } });
    }
    for (const { kind, pod } of ownPods)
      expect(mapAt(pod['metadata'], 'labels')['app.kubernetes.io/component']).toBe(
        kind === 'Deployment' ? 'webhook' : 'certificates',
      );
  });

  test('is open to the webhook port for all, to the admin port for labelled namespaces, and the jobs hear nobody', () => {
    const portOf = (rule: Json): unknown => (listAt(rule, 'ports')[0] as JsonMap)['port'];
    const ingress = listAt(mapAt(objectOf('NetworkPolicy', 'dropcap'), 'spec'), 'ingress');
    expect(ingress.map((rule) => [portOf(rule), (rule as JsonMap)['from']])).toEqual([
      [port, undefined],
      [8080, [{ namespaceSelector: { matchLabels: { 'dropcap.dev/metrics': 'true' } } }]],
    ]);
    const jobs = mapAt(objectOf('NetworkPolicy', 'dropcap-certificates'), 'spec');
    expect(jobs['policyTypes']).toEqual(['Ingress', 'Egress']);
    expect(jobs).not.toHaveProperty('ingress');
    expect(jobs['egress']).toEqual(mapAt(objectOf('NetworkPolicy', 'dropcap'), 'spec')['egress']);
  });
});

describe('the rights', () => {
  const rulesOf = (kind: string, name: string): Json[] => listAt(objectOf(kind, name), 'rules');
  const bindings = objects.map(({ json }) => json).filter((json) => textAt(json, 'kind').endsWith('RoleBinding'));

  test('of the serving pods are to read namespaces', () => {
    expect(rulesOf('ClusterRole', 'dropcap')).toEqual([
      { apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'list', 'watch'] },
    ]);
  });

  test('of the jobs are on one Secret and two configurations, those that the command works on by default', () => {
    const { secret, service: called, webhookConfiguration } = defaultsOf(certificatesCommand);
    expect(rulesOf('Role', 'dropcap-certificates')).toEqual([
      { apiGroups: [''], resources: ['secrets'], resourceNames: [secret], verbs: ['get', 'update'] },
    ]);
    expect(rulesOf('ClusterRole', 'dropcap-certificates')).toEqual([
      {
        apiGroups: ['admissionregistration.k8s.io'],
        resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
        resourceNames: [webhookConfiguration],
        verbs: ['get', 'patch'],
      },
    ]);
    expect(called).toBe(nameOf(service));
    expect(mapAt(serving, 'spec')['volumes']).toContainEqual(
      expect.objectContaining({ secret: expect.objectContaining({ secretName: secret }) as object }),
    );
  });

  test('of serving pods that keep records are, besides, to read pods, and to ask who may read the records', () => {
    expect(rulesOf('ClusterRole', 'dropcap-audit')).toEqual([
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
      { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
    ]);
  });

  test('of an auditor are to read what the admin port shows of the records, and are bound to nobody', () => {
    expect(rulesOf('ClusterRole', 'dropcap-auditor')).toEqual([
      { nonResourceURLs: ['/audit', '/audit/*'], verbs: ['get'] },
    ]);
    expect(bindings.map((json) => textAt(json['roleRef'], 'name'))).not.toContain('dropcap-auditor');
  });

  test('of serving pods that write Events are, besides, to create them', () => {
    expect(rulesOf('ClusterRole', 'dropcap-events')).toEqual([
      { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create'] },
    ]);
  });

  test('are bound to our accounts in our namespace', () => {
    expect(bindings.length).toBe(5);
    const account = (name: string): Json[] => [{ kind: 'ServiceAccount', name, namespace: 'dropcap-system' }];
    for (const json of bindings) {
      expect(textAt(json['roleRef'], 'name')).toBe(nameOf(json));
      expect(json['subjects']).toEqual(account(nameOf(json).replace(/-(audit|events)$/, '')));
    }
  });
});

test('the Secret is shipped without data, so that applying it again never empties it', () => {
  const secret = objectOf('Secret', 'dropcap-tls');
  expect(Object.keys(secret).sort()).toEqual(['apiVersion', 'kind', 'metadata', 'type']);
});

test('cert-manager is asked for the name by which the API server calls, in the Secret that is mounted', () => {
  const spec = mapAt(objectOf('Certificate', 'dropcap-tls'), 'spec');
  expect(spec).toMatchObject({ secretName: 'dropcap-tls', dnsNames: ['dropcap-webhook.dropcap-system.svc'] });
});

test('our namespace enforces what its pods are', () => {
  const labels = mapAt(mapAt(objectOf('Namespace', 'dropcap-system'), 'metadata'), 'labels');
  for (const mode of ['enforce', 'audit', 'warn']) {
    expect(labels[`pod-security.kubernetes.io/${mode}`]).toBe('restricted');
    expect(labels[`pod-security.kubernetes.io/${mode}-version`]).toBe('latest');
  }
});
