import { describe, expect, test } from '@jest/globals';
import type { Decision } from '../../src/engine/decision.ts';
import { evaluate } from '../../src/engine/evaluate.ts';
import type { HardeningPolicy } from '../../src/engine/policy.ts';
import { policySetOf } from '../../src/engine/policy-set.ts';
import { Unreadable } from '../../src/engine/unreadable.ts';
import { hasCorpus, readCorpus, templatesOf, type CorpusPart, type CorpusTemplate } from '../corpus.ts';
import { applied } from '../outcome.ts';
import { containersIn, deepFreeze, type Json, type JsonMap, type PodContainer } from '../pods.ts';
import { applyAsApiServer, refusals } from './models/api-server.ts';
import { CHECKS, passes } from './models/pod-security.ts';
import { RESTRICTED } from './restricted.ts';

const SIX = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'NET_BIND_SERVICE', 'SETGID', 'SETUID'];

const policy = (name: string, spec: Omit<HardeningPolicy['spec'], 'mode'>): HardeningPolicy => ({
  kind: 'HardeningPolicy',
  metadata: { name },
  spec: { mode: 'enforce', ...spec },
});

const POLICIES = [
  RESTRICTED,
  policy('compatible', {
    capabilities: { drop: ['ALL'], allowedAdd: SIX, defaultAdd: SIX },
    allowPrivilegeEscalation: false,
  }),
  policy('baseline', { level: 'baseline' }),
];

const decide = (
  pod: Json,
  { base, kind, namespace }: Pick<CorpusTemplate, 'base' | 'kind' | 'namespace'>,
  document: HardeningPolicy,
) =>
  evaluate(
    {
      operation: 'CREATE',
      subResource: '',
      namespace: namespace || 'default',
      namespaceLabels: {},
      user: undefined,
      object: pod,
      oldObject: undefined,
      base,
      workload: kind === 'Pod' ? undefined : kind,
    },
    policySetOf([document]),
    { today: '2026-09-01', annotate: true },
  );

/** What stands at a JSON pointer. */
const at = (document: Json, pointer: string): Json =>
  pointer
    .split('/')
    .slice(1)
    .reduce((value, key) => (value as JsonMap)[key]!, document);

interface Result {
  readonly decision: Decision;
  readonly before: Json;
  readonly after: Json;
}

/** Decides about a template, applies the patch in both ways, and decides again. */
function harden(template: CorpusTemplate, document: HardeningPolicy): Result {
  deepFreeze(template.document);
  const decision = decide(template.pod as Json, template, document);
  const hardened = applied(template.document, decision.patch);
  expect(applyAsApiServer(template.document, decision.patch)).toEqual(hardened);
  const after = at(hardened, template.base);
  expect(decide(after, template, document).patch).toEqual([]);
  return { decision, before: template.pod as Json, after };
}

const complies = ({ security }: PodContainer): boolean =>
  security.drop.includes('ALL') &&
  security.allowPrivilegeEscalation === false &&
  security.add.every((name) => name === 'NET_BIND_SERVICE' && !security.drop.includes(name));

function expectSound({ decision, before, after }: Result): void {
  const results = containersIn(after);
  containersIn(before).forEach((container, i) => {
    if (complies(container)) expect(results[i]!.json).toEqual(container.json);
    if (container.security.privileged) expect(results[i]!.security).toEqual(container.security);
  });
  if (refusals(before).length === 0) expect(refusals(after)).toEqual([]);
  if (decision.findings.some(({ outcome }) => outcome === 'skipped')) expect(after).toEqual(before);
  for (const check of CHECKS) if (passes(check, before)) expect(passes(check, after)).toBe(true);
}

const count = (counts: Map<string, number>, key: string): Map<string, number> =>
  counts.set(key, (counts.get(key) ?? 0) + 1);

const table = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, number]) => `  ${key.padEnd(44)}${String(number).padStart(6)}`)
    .join('\n');

/** Hardens every template; those with a wrong type are refused, and counted. */
function hardenAll(templates: readonly CorpusTemplate[], document: HardeningPolicy): Map<string, number> {
  const counts = new Map<string, number>();
  for (const template of templates)
    try {
      const result = harden(template, document);
      expectSound(result);
      count(counts, result.decision.patch.length > 0 ? 'templates changed' : 'templates unchanged');
      for (const { outcome, rule } of result.decision.findings) count(counts, `finding ${outcome} ${rule}`);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw new Error(`${template.file} ${template.base}`, { cause: error });
      count(counts, `refused ${error.code}`);
    }
  return counts;
}

const print = (title: string, lines: string): boolean => process.stdout.write(`${title}\n${lines}\n`);

const summary = (part: CorpusPart, templates: number): string =>
  `${part.files} files, ${part.documents.length} documents, ${templates} pod templates, ${part.unparsable.length} unparsable files`;

(hasCorpus ? describe : describe.skip)('the corpus', () => {
  const real = hasCorpus ? readCorpus('A-manifests/') : { files: 0, documents: [], unparsable: [] };
  const { templates } = templatesOf(real);

  test.each(POLICIES)('real manifests under $metadata.name', (document) => {
    const counts = hardenAll(templates, document);
    print(`${document.metadata.name}: ${summary(real, templates.length)}`, table(counts));
    expect(templates.length).toBeGreaterThan(300);
    expect([...counts.keys()].filter((key) => key.startsWith('refused'))).toEqual([]);
  });

  test.each(['B-peers/', 'C-admission/'])('%s: never a crash', (folder) => {
    const part = readCorpus(folder);
    const found = templatesOf(part);
    for (const document of POLICIES) {
      const counts = hardenAll(found.templates, document);
      if (document === RESTRICTED) print(`${folder} ${summary(part, found.templates.length)}`, table(counts));
    }
    expect(found.templates.length).toBeGreaterThanOrEqual(30);
  });

  const OURS = /\/fail\/(?:capabilities_restricted|capabilities_baseline|allowprivilegeescalation)\d\.yaml$/;
  const peers = hasCorpus ? templatesOf(readCorpus('B-peers/psa-testdata/')).templates : [];
  const named = peers.map((template): [string, CorpusTemplate] => [
    template.file.replace(/.*psa-testdata\//, ''),
    template,
  ]);

  test.each(named.filter(([name]) => OURS.test(name) && name.startsWith('restricted/')))(
    '%s satisfies the two checks afterwards',
    (_, template) => {
      const { before, after } = harden(template, RESTRICTED);
      expect(
        ['capabilities_baseline', 'capabilities_restricted', 'allowPrivilegeEscalation'].every((check) =>
          passes(check as 'privileged', before),
        ),
      ).toBe(false);
      for (const check of CHECKS) expect([check, passes(check, after)]).toEqual([check, true]);
    },
  );

  test('no pod that passes Pod Security is changed for the worse', () => {
    const passing = named.filter(([name]) => name.includes('/pass/'));
    for (const [name, template] of passing) {
      const { decision, before, after } = harden(template, RESTRICTED);
      for (const check of CHECKS) if (passes(check, before)) expect([name, passes(check, after)]).toEqual([name, true]);
      if (name.startsWith('restricted/')) expect([name, decision.patch]).toEqual([name, []]);
    }
    expect(passing.length).toBeGreaterThan(50);
  });

  test('objects with every field of the API set keep every one of them', () => {
    const full = templatesOf(readCorpus('C-admission/kubernetes-api-testdata/')).templates;
    for (const template of full) {
      // Every flag in them is true, so they are privileged: nothing may change, then everything but the three fields.
      expect(harden(template, RESTRICTED).decision.patch).toEqual([]);
      const unprivileged = JSON.parse(
        JSON.stringify(template.document)
          .replaceAll('"privileged":true', '"privileged":false')
          .replaceAll('"name":"nameValue"},"hostPID', '"name":"linux"},"hostPID'),
      ) as Json;
      const result = harden(
        { ...template, document: unprivileged, pod: at(unprivileged, template.base) as JsonMap },
        RESTRICTED,
      );
      expectSound(result);
      const own = /"(?:add|drop|dropcap\.dev\/hardened)":(?:\[[^\]]*\]|"[^"]*"),?|"allowPrivilegeEscalation":\w+,?/g;
      const bare = (json: Json): string => JSON.stringify(sorted(json)).replaceAll(own, '').replaceAll(',}', '}');
      expect(bare(result.after)).toBe(bare(result.before));
      expect(result.decision.patch.length).toBeGreaterThan(0);
    }
    expect(full.length).toBeGreaterThan(15);
  });
});

/** The same JSON with the keys of every map in order. */
function sorted(json: Json): Json {
  if (Array.isArray(json)) return json.map(sorted);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(
    Object.keys(json)
      .sort()
      .map((key) => [key, sorted(json[key]!)]),
  );
}
