import { describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import jsonPatch from 'fast-json-patch';
import { parse } from 'yaml';
import { writeCertificate } from '../certificate.ts';
import { dropcap, folderOf } from '../cli/command.ts';
import { listAt, mapAt, type Json, type JsonMap } from '../pods.ts';
import { MANIFESTS, objectOf, onlyContainer, read, textAt } from './manifests.ts';

/** The Deployment as a component makes it. */
function deploymentWith(component: string): JsonMap {
  const operations = parse(read(`components/${component}/deployment.yaml`)) as never;
  return jsonPatch.applyPatch(structuredClone(objectOf('Deployment', 'dropcap')), operations, true).newDocument;
}

const specOf = (deployment: JsonMap): JsonMap => mapAt(mapAt(deployment['spec'], 'template'), 'spec');
const named = (list: readonly Json[], name: string): JsonMap =>
  list.find((one) => textAt(one, 'name') === name) as JsonMap;

describe.each(['audit-store', 'audit-postgres'])('the component %s', (component) => {
  const spec = specOf(deploymentWith(component));
  const container = onlyContainer({ spec });
  const args = listAt(container, 'args').map(String);

  test('keeps its records on a volume of the pod, which is bounded, and where its options say', () => {
    const { mountPath } = named(listAt(container, 'volumeMounts'), 'audit');
    expect(args.join('\n')).toContain(`=${mountPath as string}/`);
    expect(named(listAt(spec, 'volumes'), 'audit')).toMatchObject({ emptyDir: { sizeLimit: expect.any(String) } });
  });

  test('gives options that the command knows', async () => {
    const folder = folderOf();
    await writeCertificate(folder);
    const here = args.map((arg) =>
      arg
        .replace('/etc/dropcap/policies', join(MANIFESTS, 'base', 'policies'))
        .replace('/etc/dropcap/tls', folder)
        .replace('/var/lib/dropcap', folder),
    );
    const { stderr, status } = await dropcap(here);
    expect(stderr).not.toContain('unknown option');
    expect(stderr).toContain('the labels of namespaces are needed');
    expect(status).toBe(2);
  });

  test('watches pods', () => {
    expect(args).toContain('--watch-pods');
  });
});

test('the component events asks for Events, and changes nothing else', () => {
  const argsOf = (deployment: JsonMap): Json[] => listAt(onlyContainer({ spec: specOf(deployment) }), 'args');
  expect(argsOf(deploymentWith('events'))).toEqual([...argsOf(objectOf('Deployment', 'dropcap')), '--events']);
});

test('the password of the database is in a Secret, and not among the arguments', () => {
  const container = onlyContainer({ spec: specOf(deploymentWith('audit-postgres')) });
  expect(container['envFrom']).toEqual([{ secretRef: { name: 'dropcap-audit-postgres' } }]);
  expect(listAt(container, 'args')).toContain('--audit-store=postgres://');
});

test('a store in a volume is pruned before the volume is full', () => {
  const spec = specOf(deploymentWith('audit-store'));
  const [, most] = /--audit-max-size=(\d+)Gi/.exec(listAt(onlyContainer({ spec }), 'args').map(String).join('\n'))!;
  const [, room] = /^(\d+)Gi$/.exec(textAt(named(listAt(spec, 'volumes'), 'audit')['emptyDir'], 'sizeLimit'))!;
  expect(2 * Number(most)).toBeLessThanOrEqual(Number(room));
});
