import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { HardeningException } from '../../src/engine/policy.ts';
import { loadPolicies } from '../../src/policies/load.ts';
import { resolvePolicyFolder } from '../../src/policies/shipped.ts';
import { dropcap } from '../cli/command.ts';
import type { Json } from '../pods.ts';
import { exceptions, sparedIn, type Place } from './exceptions-outcome.ts';
import { FIXTURES } from './exceptions-fixtures.ts';
import { folderOf, TODAY } from './folder.ts';

const FOLDER = resolvePolicyFolder('exceptions');
const files = globSync('*.yaml', { cwd: FOLDER }).sort();
const textOf = (file: string): string => readFileSync(path.join(FOLDER, file), 'utf8');
const named = exceptions.map((exception): [string, HardeningException] => [exception.metadata.name, exception]);
const docs = readFileSync(path.join(FOLDER, '../../docs/exceptions.md'), 'utf8');

describe('each file', () => {
  test.each(files)('%s names the schema, and says to a person what it is for', (file) => {
    const lines = textOf(file).split('\n');
    expect(lines[0]).toBe('# yaml-language-server: $schema=../schema.json');
    expect(lines[2]).toMatch(/^# \w.{40}/);
  });

  test.each(files)('%s gives each of its exceptions a source that cannot change', (file) => {
    const [, ...documents] = textOf(file).split('\n---\n');
    expect(documents.length).toBeGreaterThan(0);
    for (const document of documents)
      expect(document).toMatch(/^# Source: https:\/\/github\.com\/[\w-]+\/[\w-]+\/blob\/[0-9a-f]{12,40}\/\S+\n/);
  });

  test.each(files)('%s has its row in the documentation', (file) => {
    expect(docs).toContain(`| \`${file}\` |`);
  });
});

describe('each exception', () => {
  test.each(named)('%s names namespace, container and image, and nothing that stands for others', (_, { spec }) => {
    const { namespaces, namespaceSelector, containers = [], images = [] } = spec.match!;
    expect([namespaces, namespaceSelector].filter((given) => given !== undefined)).toHaveLength(1);
    const asked = Object.keys(namespaceSelector?.matchLabels ?? {}).length;
    const exist = namespaceSelector?.matchExpressions?.filter(({ operator }) => operator === 'Exists').length ?? 0;
    expect((namespaces?.length ?? 0) + asked + exist).toBeGreaterThan(0);
    expect(containers).not.toEqual([]);
    expect(images).not.toEqual([]);
    for (const image of images) expect(Object.keys(image)).toEqual(['registry', 'repository']);
    expect(JSON.stringify(spec.match)).not.toMatch(/[*?]/);
  });

  test.each(named)('%s says why and who, and has no end', (_, { spec: { reason, owner, expires } }) => {
    expect(reason.length).toBeGreaterThan(20);
    expect({ owner, expires }).toEqual({ owner: 'dropcap maintainers', expires: undefined });
  });

  test.each(named)(
    '%s frees no container from being judged by what it adds',
    (_, { spec: { keep = [], rules = [] } }) => {
      expect(rules).not.toContain('capabilities.add');
      expect(keep).toEqual(keep.toSorted());
    },
  );
});

/** A container that an exception covers, and all that is asked of it. */
interface Identity {
  readonly namespace: string;
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly list: string;
  readonly name: string;
  readonly image: string;
}

function identitiesOf({ spec }: HardeningException): Identity[] {
  const { namespaces = ['labelled'], namespaceSelector, containers = [], images = [], containerKinds } = spec.match!;
  const exist = namespaceSelector?.matchExpressions?.map(({ key }): [string, string] => [key, 'x']) ?? [];
  const namespaceLabels = { ...namespaceSelector?.matchLabels, ...Object.fromEntries(exist) };
  const list = containerKinds?.[0] ?? 'containers';
  return namespaces.flatMap((namespace) =>
    containers.flatMap((name) =>
      images.map(({ registry, repository }) => {
        return { namespace, namespaceLabels, list, name, image: `${registry!}/${repository!}:v1` };
      }),
    ),
  );
}

/** What is spared of a container that asks for all that the exception gives. */
function sparedBy({ spec: { keep } }: HardeningException, identity: Identity): ReadonlyMap<string, string> {
  const { name, image, list, namespace, namespaceLabels } = identity;
  const securityContext: Json = keep ? { capabilities: { add: [...keep] } } : { privileged: true };
  const pod: Json = { spec: { containers: [], [list]: [{ name, image, securityContext }] } };
  const place: Place = { namespace, namespaceLabels };
  return sparedIn(pod, place);
}

const OTHERS: readonly [string, (identity: Identity) => Partial<Identity>][] = [
  ['another namespace', () => ({ namespace: 'elsewhere', namespaceLabels: {} })],
  ['a container of a longer name', ({ name }) => ({ name: `${name}-evil` })],
  ['another registry', ({ image }) => ({ image: image.replace(/^[^/]+/, 'evil.example.com') })],
  ['a registry of a longer name', ({ image }) => ({ image: image.replace('/', '.evil.example.com/') })],
  ['a repository of a longer name', ({ image }) => ({ image: image.replace(':v1', '-evil:v1') })],
  ['a repository below another', ({ image }) => ({ image: image.replace('/', '/evil/') })],
];

describe('covers what it names', () => {
  test.each(named)('%s, whichever of its names are put together', (_, exception) => {
    for (const identity of identitiesOf(exception)) expect(sparedBy(exception, identity).size).toBe(1);
  });
});

describe.each(OTHERS)('%s is spared nothing', (_, other) => {
  test.each(named)('by %s', (__, exception) => {
    for (const identity of identitiesOf(exception))
      expect([...sparedBy(exception, { ...identity, ...other(identity) })]).toEqual([]);
  });
});

test.each(FIXTURES)('$name: what is asked stays, and nothing else', ({ place, pod, spared }) => {
  expect(Object.fromEntries(sparedIn(pod, place))).toEqual(spared);
});

describe('the command', () => {
  test('finds them good beside a policy', async () => {
    const { stdout, stderr, status } = await dropcap(['policy', 'validate', 'restricted', 'exceptions']);
    expect(stdout).toMatch(/^restricted, exceptions: good \(1 policy, \d\d exceptions, version [0-9a-f]{12}\)\n$/);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  });

  test.each(['compatible', 'baseline'])('takes them beside %s too', async (policy) => {
    expect((await dropcap(['policy', 'validate', policy, 'exceptions'])).status).toBe(0);
  });

  test('refuses them alone, and says what is missing', async () => {
    expect(await dropcap(['policy', 'validate', 'exceptions'])).toEqual({
      stdout: '',
      stderr: `error: ${FOLDER}: found exceptions only, expected at least one HardeningPolicy beside them, such as restricted\n`,
      status: 2,
    });
  });

  test('hardens with them, and says whom they spare', async () => {
    const speaker = {
      name: 'speaker',
      image: 'quay.io/metallb/speaker:v0.15.2',
      securityContext: { capabilities: { add: ['NET_RAW'] } },
    };
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 's', namespace: 'metallb-system' },
      spec: { containers: [speaker] },
    };
    const policies = ['--policy', 'restricted', '--policy', 'exceptions'];
    const { stdout, stderr, status } = await dropcap(
      ['harden', '-f', '-', '-o', 'json', ...policies],
      JSON.stringify(pod),
    );
    expect(JSON.parse(stdout)).toHaveProperty('spec.containers.0.securityContext', {
      allowPrivilegeEscalation: false,
      capabilities: { add: ['NET_RAW'], drop: ['ALL'] },
    });
    expect(stderr).toContain('exempt: capabilities.add: Spared by exception/metallb-speaker (');
    expect(status).toBe(0);
  });
});

test('the exceptions that the documentation shows load beside a policy and the shipped ones', () => {
  const blocks = [...docs.matchAll(/```yaml\n(.*?)```/gs)].map(([, block]) => block!);
  expect(blocks.length).toBeGreaterThan(0);
  for (const block of blocks) {
    const { errors, warnings } = loadPolicies(
      [folderOf({ 'a.yaml': block }), resolvePolicyFolder('restricted'), FOLDER],
      TODAY,
    );
    expect({ errors, warnings }).toEqual({ errors: [], warnings: [] });
  }
});
