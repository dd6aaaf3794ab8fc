/** Suggested exceptions, filled in and tried with the real loader and the real engine. */
import type { DecidedTemplate } from '../../src/cli/decide.ts';
import { decideManifests } from '../../src/cli/decide.ts';
import { containersIn, securityAfter } from '../../src/cli/launch.ts';
import type { Chosen } from '../../src/cli/explain-container.ts';
import type { Container } from '../../src/engine/pod.ts';
import type { HardeningException } from '../../src/engine/policy.ts';
import { policySetOf } from '../../src/engine/policy-set.ts';
import { readManifest, type Manifest } from '../../src/manifest/read.ts';
import { loadPolicies, loadSources, type Loaded } from '../../src/policies/load.ts';
import { formatProblem } from '../../src/policies/problem.ts';
import { resolvePolicyFolder } from '../../src/policies/shipped.ts';
import { CAPABILITIES } from '../../src/engine/capabilities.ts';
import { capabilitiesHeld, RUNTIMES } from '../runtimes.ts';
import { readSources } from '../../src/policies/sources.ts';

const TODAY = '2026-03-01';

/** A suggestion with reason and owner filled in, as a person does it. */
export const filled = (yaml: string): string =>
  yaml
    .replaceAll('  reason: ""', '  reason: "starts as root: it has to"')
    .replaceAll('  owner: ""', '  owner: team-web@example.com');

/** Loads a suggestion beside a shipped policy. */
export function loadBeside(policy: string, yaml: string): Loaded {
  const shipped = readSources([resolvePolicyFolder(policy)]);
  return loadSources(
    ['policies'],
    { ...shipped, files: [...shipped.files, { file: 'suggested.yaml', text: yaml }] },
    TODAY,
  );
}

/** What the loader has against a text, a line each. */
export const errorsIn = (policy: string, yaml: string): string[] => loadBeside(policy, yaml).errors.map(formatProblem);

/** The exceptions of a text that loads. Throws with what is wrong where it does not. */
export function exceptionsIn(policy: string, yaml: string): HardeningException[] {
  if (yaml === '') return [];
  const { documents, errors } = loadBeside(policy, yaml);
  if (errors.length > 0) throw new Error(`${errors.map(formatProblem).join('\n')}\n${yaml}`);
  return documents.filter((document) => document.kind === 'HardeningException');
}

/** Manifests decided under a shipped policy, beside some exceptions. */
export function decided(
  manifests: readonly Manifest[],
  policy: string,
  exceptions: readonly HardeningException[] = [],
): Chosen[] {
  const { documents } = loadPolicies([resolvePolicyFolder(policy)], TODAY);
  const set = policySetOf([...documents, ...exceptions]);
  const all = decideManifests(manifests, { set, today: TODAY, namespaces: new Map() });
  return all.flatMap(({ manifest: { file }, templates }) =>
    templates.flatMap((one: DecidedTemplate) =>
      containersIn(one).map((container) => ({ file, decided: one, container })),
    ),
  );
}

/** A manifest of some text. */
export const manifestOf = (text: string): Manifest => readManifest(text, 'deploy.yaml');

/** What a container holds on every runtime, before and after, by models that do not know the engine. */
export function heldBy({ decided: one, container }: Chosen): Readonly<Record<'before' | 'after', ReadonlySet<string>>> {
  const everywhere = (security: Container['security']): ReadonlySet<string> =>
    new Set(
      CAPABILITIES.filter((name) => RUNTIMES.every((runtime) => capabilitiesHeld(runtime, security).held.has(name))),
    );
  return { before: everywhere(container.security), after: everywhere(securityAfter(one, container)) };
}

/** What a container holds after on some runtime, and did not hold before. */
export function gainedBy({ decided: one, container }: Chosen): string[] {
  const after = securityAfter(one, container);
  return RUNTIMES.flatMap((runtime) => {
    const before = capabilitiesHeld(runtime, container.security).held;
    return [...capabilitiesHeld(runtime, after).held.difference(before)].map((name) => `${runtime} ${name}`);
  });
}
