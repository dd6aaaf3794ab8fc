/** Every block of YAML in the documents is true of the code. */
import { describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { decideManifests } from '../../src/cli/decide.ts';
import { nameLabel } from '../../src/kube/source.ts';
import { openPolicies } from '../../src/cli/policies.ts';
import { readManifest } from '../../src/manifest/read.ts';
import { editManifest } from '../../src/manifest/edit.ts';
import { loadPolicies } from '../../src/policies/load.ts';
import { resolvePolicyFolder } from '../../src/policies/shipped.ts';
import { folderOf, TODAY } from '../policies/folder.ts';
import { blocksOf, blockUnder, DOCUMENTS, textOf, type Block } from './blocks.ts';

const yaml = DOCUMENTS.flatMap(blocksOf).filter(({ language }) => language === 'yaml');
const isPolicy = ({ text }: Block): boolean => /^apiVersion: dropcap\.dev\//m.test(text);

/** What tests the blocks that are not policies, by their documents. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'docs/audit.md': 'test/e2e/86-audit-access.e2e.ts',
  'docs/ci.md': 'test/docs/ci.test.ts',
  'docs/operations.md': 'test/manifests/operations.test.ts',
  'docs/reports.md': 'test/cli/audit-report.test.ts',
};

/** The decisions about a manifest, and what it becomes. */
function hardened(text: string, policies: readonly string[], labels: Readonly<Record<string, string>> = {}) {
  const manifest = readManifest(text, 'a.yaml');
  const namespace = 'shop';
  const [decided] = decideManifests([manifest], {
    set: openPolicies(policies, TODAY).set,
    today: TODAY,
    namespaces: new Map([[namespace, { ...labels, ...nameLabel(namespace) }]]),
  });
  const findings = decided!.templates.flatMap(({ decision }) => decision.findings);
  return { findings, problems: [...decided!.problems.values()], text: editManifest(manifest, decided!.patches).text };
}

describe('every block of YAML', () => {
  test.each(yaml)('of $document under "$heading" is YAML', ({ text }) => {
    expect(parseAllDocuments(text).flatMap(({ errors }) => errors)).toEqual([]);
  });

  test('is a policy, or tested here below, or by another test', () => {
    const others = yaml.filter((block) => !isPolicy(block) && ELSEWHERE[block.document] === undefined);
    expect(others.map(({ document, heading }) => `${document}: ${heading}`)).toEqual([
      'README.md: Opting out',
      'docs/policies.md: HardeningException',
      'docs/policies.md: HardeningException',
    ]);
    for (const [document, file] of Object.entries(ELSEWHERE)) expect(textOf(file)).toContain(document.split('/')[1]);
  });
});

describe('policies and exceptions', () => {
  const policies = yaml.filter(isPolicy);

  test('are in the documents', () => expect(policies.length).toBeGreaterThanOrEqual(5));

  test.each(policies)('of $document under "$heading" load without an error or a warning', ({ text }) => {
    // An exception alone protects nothing, which is an error: it is shown beside a policy.
    const beside = text.includes('kind: HardeningException') ? resolvePolicyFolder('restricted') : [];
    const { errors, warnings, documents } = loadPolicies([folderOf({ 'a.yaml': text }), beside].flat(), TODAY);
    expect({ errors, warnings }).toEqual({ errors: [], warnings: [] });
    expect(documents.length).toBe(beside.length > 0 ? 2 : 1);
  });
});

test('the pod of docs/policies.md becomes what is shown, under the exception above it', () => {
  const [exception, before, after] = [0, 1, 2].map((number) =>
    blockUnder('docs/policies.md', 'HardeningException', 'yaml', number),
  );
  const { text, problems } = hardened(before!, ['restricted', folderOf({ 'a.yaml': exception! })]);
  expect({ text, problems }).toEqual({ text: after, problems: [] });
});

describe('the opt-out of the README', () => {
  const annotated = `apiVersion: v1
kind: Pod
${blockUnder('README.md', 'Opting out', 'yaml').replace('metadata:', 'metadata:\n  name: web\n  namespace: shop')}spec:
  containers: [{ name: web }, { name: migrate }]
`;
  const outcomes = (labels: Readonly<Record<string, string>>) =>
    hardened(annotated, ['restricted'], labels)
      .findings.map(({ container, outcome }) => `${container} ${outcome}`)
      .sort();

  test('spares the container that it names, where the label of the namespace lets it', () => {
    expect(outcomes({ 'dropcap.dev/allow-opt-out': 'true' })).toEqual([
      'migrate exempt',
      'migrate exempt',
      'web hardened',
      'web hardened',
    ]);
  });

  test('and nothing elsewhere', () =>
    expect(outcomes({}).every((outcome) => outcome.endsWith(' hardened'))).toBe(true));
});

describe('the table at the beginning of the README', () => {
  const rows = [...textOf('README.md').matchAll(/^\| `securityContext\.([\w.]+)` \| (.*?) \| (.*?) \|$/gm)].flatMap(
    ([, field = '', before = '', after = '']) => {
      const values = (cell: string) => [...cell.matchAll(/unset|`([^`]*)`/g)].map(([, value]) => value);
      const results = values(after);
      return values(before).map((value, i) => ({ field, value, result: results[i] ?? results[0] }));
    },
  );

  test('has a row for each field', () => {
    expect([...new Set(rows.map(({ field }) => field))]).toEqual([
      'capabilities.drop',
      'capabilities.add',
      'allowPrivilegeEscalation',
    ]);
    expect(rows).toHaveLength(6);
  });

  test.each(rows)('$field of $value becomes $result', ({ field, value, result }) => {
    const [last, outer] = field.split('.').reverse();
    const given = value === undefined ? '{}' : `{ ${last}: ${value} }`;
    const context = outer === undefined ? given : `{ ${outer}: ${given} }`;
    const pod = `{ apiVersion: v1, kind: Pod, spec: { containers: [{ name: c, securityContext: ${context} }] } }`;
    const { documents } = readManifest(hardened(pod, ['restricted']).text, 'b.yaml');
    const read = (json: unknown, path: string): unknown =>
      path.split('.').reduce((at: unknown, key) => (at as Record<string, unknown> | undefined)?.[key], json);
    expect(read(documents[0]!.json, `spec.containers.0.securityContext.${field}`)).toEqual(
      parseAllDocuments(result!)[0]!.toJS(),
    );
  });
});
