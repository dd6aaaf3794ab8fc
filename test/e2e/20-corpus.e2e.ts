/** Real manifests, submitted as pods: nothing that the API server takes without dropcap is refused with it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hasCorpus, readCorpus, templatesOf, type CorpusTemplate } from '../corpus.ts';
import { mapAt, type Json } from '../pods.ts';
import { createPod, isHardenedIn, type Answer } from './api.ts';
import { count, remark } from './counts.ts';
import { apply, kubectl, until } from './kubectl.ts';
import { dropNamespaces, enforcing, namespace } from './namespaces.ts';
import type { StoredPod } from './pods.ts';
import { withoutDropcap } from './webhooks.ts';

afterAll(async () => {
  await dropNamespaces();
  await kubectl(['delete', 'priorityclass,runtimeclass', '-l', 'dropcap.test=e2e']);
});

const templates = hasCorpus ? templatesOf(readCorpus('A-manifests/')).templates : [];

const specOf = ({ pod: { spec } }: CorpusTemplate): Record<string, unknown> => spec as Record<string, unknown>;

/** The template's volumes, and an empty one for each that a StatefulSet would claim. */
function volumesOf(template: CorpusTemplate): unknown[] {
  const claims = mapAt(template.document, 'spec')['volumeClaimTemplates'];
  const names = Array.isArray(claims) ? claims.map((claim) => mapAt(claim, 'metadata')['name']) : [];
  const volumes = (specOf(template)['volumes'] ?? []) as readonly { readonly name: string }[];
  const missing = names.filter((name) => !volumes.some((volume) => volume.name === name));
  return [...volumes, ...missing.map((name) => ({ name, emptyDir: {} }))];
}

/** A template as a pod of its own. What only its own cluster has must be there, so that the fields are what is judged. */
const podOf = (template: CorpusTemplate, i: number): object => {
  const { labels, annotations } = mapAt(template.pod as Json, 'metadata');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `template-${i}`, labels, annotations },
    spec: { ...specOf(template), volumes: volumesOf(template), nodeName: undefined },
  };
};

/** What the tests made and take away. */
const TESTS = { 'dropcap.test': 'e2e' };

const isName = (value: unknown): value is string => typeof value === 'string' && value !== '';

const namesOf = (field: string): string[] => [
  ...new Set(templates.map((template) => specOf(template)[field]).filter(isName)),
];

/** What the pods refer to, and admission looks up. */
const makeWhatTheyNeed = (namespaces: readonly string[]): Promise<string> =>
  apply([
    ...namespaces.flatMap((space) =>
      [...namesOf('serviceAccountName'), ...namesOf('serviceAccount')].map((name) => ({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name, namespace: space },
      })),
    ),
    ...namesOf('priorityClassName')
      .filter((name) => !name.startsWith('system-'))
      .map((name) => ({
        apiVersion: 'scheduling.k8s.io/v1',
        kind: 'PriorityClass',
        metadata: { name, labels: TESTS },
        value: 1000,
      })),
    ...namesOf('runtimeClassName').map((name) => ({
      apiVersion: 'node.k8s.io/v1',
      kind: 'RuntimeClass',
      metadata: { name, labels: TESTS },
      handler: 'runc',
    })),
  ]);

async function submitAll(space: string): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let i = 0; i < templates.length; i += 8)
    answers.push(
      ...(await Promise.all(
        templates.slice(i, i + 8).map((template, k) => createPod(space, podOf(template, i + k), true)),
      )),
    );
  return answers;
}

const isTaken = ({ status }: Answer): boolean => status === 201;

const message = ({ body }: Answer): string => String(body['message']);

/** The fields that dropcap sets; of the rest, names of token volumes differ from answer to answer. */
const securityOf = ({ body }: Answer): string => {
  const { initContainers = [], containers } = (body as unknown as StoredPod).spec;
  return JSON.stringify([...initContainers, ...containers].map(({ securityContext }) => securityContext));
};

const policies = ['restricted', 'compatible', 'baseline'] as const;
const spaces = new Map<string, string>();
let without: Answer[] = [];

if (hasCorpus)
  beforeAll(async () => {
    for (const policy of policies) spaces.set(policy, await enforcing(policy));
    const bare = await namespace();
    await makeWhatTheyNeed([bare, ...spaces.values()]);
    without = await withoutDropcap(() => submitAll(bare));
    await until('dropcap is called again', () => isHardenedIn(spaces.get('restricted')!));
    count('templates', templates.length);
    count('accepted without dropcap', without.filter(isTaken).length);
    for (const answer of without.filter((one) => !isTaken(one))) remark(`refused without dropcap: ${message(answer)}`);
  });

(hasCorpus ? test : test.skip).each(policies)(
  'no pod that is accepted without dropcap is refused under %s',
  async (policy) => {
    const answers = await submitAll(spaces.get(policy)!);
    const newlyRefused = answers
      .filter((answer, i) => isTaken(without[i]!) && !isTaken(answer))
      .map((answer) => message(answer));
    expect(newlyRefused).toEqual([]);
    const changed = answers.filter((answer, i) => isTaken(answer) && securityOf(answer) !== securityOf(without[i]!));
    expect(changed.length).toBeGreaterThan(0);
    count(`accepted under ${policy}`, answers.filter(isTaken).length);
    count(`accepted, and changed by ${policy}`, changed.length);
  },
);
