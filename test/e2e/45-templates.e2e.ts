/** The overlay that hardens the templates of workloads: what their authors see, and that no controller is confused by it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { count } from './counts.ts';
import { manifests, recordsWhere, untilServing } from './dropcap.ts';
import { runCertificates } from './jobs.ts';
import { apply, kubectl, kubectlJson, until } from './kubectl.ts';
import { dropNamespaces, enforcing } from './namespaces.ts';
import { container, HARDENED, type ContainerFields, type StoredPod } from './pods.ts';

let space = '';

interface Template {
  readonly spec: StoredPod['spec'];
}
interface Workload {
  readonly spec: { readonly template: Template };
}
interface CronJob {
  readonly spec: { readonly jobTemplate: Workload };
}

const template = (app: string, fields: ContainerFields): object => ({
  metadata: { labels: { app } },
  spec: { terminationGracePeriodSeconds: 0, containers: [container('main', fields)] },
});
const deployment = (name: string, fields: ContainerFields = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: space },
  spec: { replicas: 1, selector: { matchLabels: { app: name } }, template: template(name, fields) },
});

const contextOf = ({ spec }: Template): unknown => spec.containers[0]!.securityContext;
const stored = async (name: string): Promise<unknown> =>
  contextOf((await kubectlJson<Workload>('get', 'deployment', name, '-n', space)).spec.template);

beforeAll(async () => {
  space = await enforcing('restricted');
  await apply([deployment('older')]);
  await kubectl(['apply', '-k', manifests('templates')]);
  // The new webhook is to be trusted as the others are.
  await runCertificates();
  await untilServing();
  await until('templates are hardened', async () => {
    const made = await kubectl(
      ['create', '--dry-run=server', '-o', 'json', '-f', '-'],
      JSON.stringify(deployment('probe')),
    );
    return contextOf((JSON.parse(made) as Workload).spec.template) !== undefined;
  });
});

afterAll(async () => {
  await kubectl(['apply', '-k', manifests()]);
  await dropNamespaces();
});

test('a new workload is stored with a hardened template, and recorded by its kind and name', async () => {
  await apply([
    deployment('newer', { securityContext: { capabilities: { add: ['SYS_ADMIN'] } } }),
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'nightly', namespace: space },
      spec: {
        schedule: '0 0 1 1 *',
        jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [container('main')] } } } },
      },
    },
  ]);
  expect(await stored('newer')).toEqual(HARDENED);
  const { spec } = await kubectlJson<CronJob>('get', 'cronjob', 'nightly', '-n', space);
  expect(contextOf(spec.jobTemplate.spec.template)).toEqual(HARDENED);
  const [record] = await recordsWhere(
    'of the Deployment',
    ({ namespace, name }) => namespace === space && name === 'newer',
  );
  expect(record).toMatchObject({ kind: 'Deployment', operation: 'CREATE' });
  count('kinds of templates hardened', 'Deployment, CronJob');
});

test('its pods run, and its controller is content with one ReplicaSet', async () => {
  await kubectl(['rollout', 'status', 'deployment/newer', '-n', space, '--timeout=180s']);
  await kubectl(['rollout', 'restart', 'deployment/older', '-n', space]);
  await kubectl(['rollout', 'status', 'deployment/older', '-n', space, '--timeout=180s']);
  interface Owned {
    metadata: { ownerReferences: readonly { name: string }[] };
  }
  const { items } = await kubectlJson<{ items: Owned[] }>('get', 'replicasets', '-n', space);
  const of = (name: string): number =>
    items.filter(({ metadata }) => metadata.ownerReferences[0]!.name === name).length;
  // The older one was rolled out once before and once now, with a template that nobody touched.
  expect({ newer: of('newer'), older: of('older') }).toEqual({ newer: 1, older: 2 });
  expect(await stored('older')).toBeUndefined();
  count('ReplicaSets of a Deployment whose template was hardened', of('newer'));
});

test('an update of a workload is left as it is sent', async () => {
  await kubectl(['set', 'env', 'deployment/older', '-n', space, 'CHANGED=yes']);
  expect(await stored('older')).toBeUndefined();
  await kubectl(['rollout', 'status', 'deployment/older', '-n', space, '--timeout=180s']);
});
